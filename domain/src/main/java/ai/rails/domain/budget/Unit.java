package ai.rails.domain.budget;

import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.domain.Refused;

/// What a budget counts: money of one currency or GPU-hours, in billionths, or runs, calls, tokens.
///
/// @param name ISO 4217 in capitals, or `runs`, `calls`, `tokens`, `gpu-hours`
public record Unit(String name) {
  private static final Set<String> QUOTAS = Set.of("runs", "calls", "tokens", "gpu-hours");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  public static final Unit RUNS = new Unit("runs");
  public static final Unit CALLS = new Unit("calls");
  public static final Unit TOKENS = new Unit("tokens");
  public static final Unit GPU_HOURS = new Unit("gpu-hours");

  /// @throws Refused with INVALID for any other name
  public Unit {
    if (!QUOTAS.contains(name) && !CURRENCY.matcher(name).matches()) {
      throw new Refused(
          Refused.Code.INVALID,
          "a budget counts runs, calls, tokens, gpu-hours or money of a currency such as USD");
    }
  }

  public boolean isMoney() {
    return !QUOTAS.contains(name);
  }

  /// Billionths of a GPU-hour, rounded up, so that many short uses do not add up to nothing.
  ///
  /// @param millis of one GPU's time
  /// @throws ArithmeticException beyond some thousand years
  public static long gpuHours(long millis) {
    return Math.ceilDiv(Math.multiplyExact(millis, 2_500L), 9L);
  }

  private boolean isFraction() {
    return isMoney() || equals(GPU_HOURS);
  }

  /// An amount for people.
  public String words(long amount) {
    return isFraction()
        ? "%s %s"
            .formatted(
                java.math.BigDecimal.valueOf(amount, 9).stripTrailingZeros().toPlainString(), name)
        : "%s %s".formatted(amount, name);
  }
}
