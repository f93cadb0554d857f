package ai.rails.domain.budget;

import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.domain.Refused;

/// What a budget counts: money of one currency in billionths, runs, calls or tokens.
///
/// @param name ISO 4217 in capitals, or `runs`, `calls`, `tokens`
public record Unit(String name) {
  private static final Set<String> QUOTAS = Set.of("runs", "calls", "tokens");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  public static final Unit RUNS = new Unit("runs");
  public static final Unit CALLS = new Unit("calls");
  public static final Unit TOKENS = new Unit("tokens");

  /// @throws Refused with INVALID for any other name
  public Unit {
    if (!QUOTAS.contains(name) && !CURRENCY.matcher(name).matches()) {
      throw new Refused(
          Refused.Code.INVALID,
          "a budget counts runs, calls, tokens or money of a currency such as USD");
    }
  }

  public boolean isMoney() {
    return !QUOTAS.contains(name);
  }

  /// An amount for people.
  public String words(long amount) {
    return isMoney()
        ? "%s %s"
            .formatted(
                java.math.BigDecimal.valueOf(amount, 9).stripTrailingZeros().toPlainString(), name)
        : "%s %s".formatted(amount, name);
  }
}
