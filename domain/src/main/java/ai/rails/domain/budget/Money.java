package ai.rails.domain.budget;

/// An amount in billionths of a currency unit: a model's price per token is a fraction of a
/// millionth.
///
/// @param currency ISO 4217, for example `USD`
/// @param nanos billionths of one unit, never negative
public record Money(String currency, long nanos) {
  public Money {
    if (nanos < 0 || currency.length() != 3) {
      throw new IllegalArgumentException("not an amount: %s %d".formatted(currency, nanos));
    }
  }

  public static Money zero(String currency) {
    return new Money(currency, 0);
  }

  /// @throws IllegalArgumentException if the currencies differ
  /// @throws ArithmeticException beyond nine billion units
  public Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException("%s plus %s".formatted(currency, other.currency));
    }
    return new Money(currency, Math.addExact(nanos, other.nanos));
  }
}
