package ai.rails.domain.budget;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A scope's limits as its events made them; what is spent are counters.
///
/// @param monthly what [BudgetEvent.BudgetLimitSet] set; absent before the first limit
/// @param limits period and unit to the cap
/// @param exhausted period and unit to the last window that was told of
public record Budget(
    Optional<Money> monthly, Map<String, Long> limits, Map<String, String> exhausted) {
  /// Before the first event.
  public static final Budget NONE = new Budget(Optional.empty(), Map.of(), Map.of());

  public Budget {
    limits = Map.copyOf(limits);
    exhausted = Map.copyOf(exhausted);
  }

  Optional<Long> limit(Period period, String unit) {
    return Optional.ofNullable(limits.get(key(period, unit)));
  }

  Optional<String> exhausted(Period period, String unit) {
    return Optional.ofNullable(exhausted.get(key(period, unit)));
  }

  Budget monthly(Optional<Money> amount) {
    return new Budget(amount, limits, exhausted);
  }

  Budget limited(Period period, String unit, Optional<Long> limit) {
    Map<String, Long> changed = new HashMap<>(limits);
    limit.ifPresentOrElse(
        amount -> changed.put(key(period, unit), amount), () -> changed.remove(key(period, unit)));
    return new Budget(monthly, changed, exhausted);
  }

  Budget told(Period period, String unit, String window) {
    Map<String, String> changed = new HashMap<>(exhausted);
    changed.put(key(period, unit), window);
    return new Budget(monthly, limits, changed);
  }

  private static String key(Period period, String unit) {
    return period + " " + unit;
  }
}
