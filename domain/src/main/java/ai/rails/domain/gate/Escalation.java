package ai.rails.domain.gate;

import java.time.Instant;

/// Who is asked from `at` on if nobody has decided by then.
///
/// @param role of those who are asked then, and of nobody else
/// @param quorum approvals needed of them
public record Escalation(Instant at, String role, int quorum) {}
