package ai.rails.domain.run;

/// A limit that a call has run into before anything of it was intended.
///
/// @param code which kind of limit, for example `BUDGET_EXCEEDED`, `OVER_RATE`
/// @param subject whose limit, for example a budget's or an instance's id
/// @param unit what is counted
/// @param asked how much this call needs
/// @param used how much is used and set aside
/// @param waitMillis at least until it is asked about again
public record Hold(
    String code, String subject, String unit, long asked, long used, long limit, long waitMillis) {}
