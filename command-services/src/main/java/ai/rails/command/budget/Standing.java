package ai.rails.command.budget;

import java.time.Duration;
import java.time.Instant;

import ai.rails.domain.Refused;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.domain.run.Hold;
import ai.rails.domain.run.Reasons;

/// How a budget stands in a window.
///
/// @param used settled
/// @param reserved set aside by calls on their way
/// @param set whether somebody set the limit; otherwise it is the installation's
public record Standing(
    Scope scope, Period period, Unit unit, long used, long reserved, long limit, boolean set) {
  private static final Duration SHORTEST = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  boolean lacks(long amount) {
    return amount > limit - used - reserved;
  }

  /// What a person reads, and can do.
  public Refused refused(long amount, Instant at) {
    return new Refused(Refused.Code.BUDGET_EXCEEDED, words(amount, at));
  }

  private String words(long amount, Instant at) {
    return "the budget of %s for the %s %s covers %s; %s are used, %s set aside and %s were asked for: an admin raises it with PUT /v1/budgets (rails cost budget set), or wait until %s"
        .formatted(
            scope.words(),
            period.name().toLowerCase(java.util.Locale.ROOT),
            period.window(at),
            unit.words(limit),
            unit.words(used),
            unit.words(reserved),
            unit.words(amount),
            period.end(at));
  }

  /// Why a call is asked about again later. Somebody may raise the limit at any time, so it is
  /// looked at every few minutes, and at the end of the window at the latest.
  public Hold hold(long amount, Instant at) {
    Duration left = Duration.between(at, period.end(at));
    Duration wait = left.compareTo(LONGEST) < 0 ? left : LONGEST;
    boolean freed = reserved > 0 && amount <= limit - used;
    Duration least = freed || wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait;
    return new Hold(
        Reasons.BUDGET_EXCEEDED,
        scope.budget(),
        period + " " + unit.name(),
        amount,
        used + reserved,
        limit,
        least.toMillis());
  }
}
