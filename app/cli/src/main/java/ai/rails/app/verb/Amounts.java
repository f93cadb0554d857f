package ai.rails.app.verb;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;

/// Money as people read it. The API counts billionths of one unit.
public final class Amounts {
  private static final int NANOS = 9;
  private static final int CENTS = 2;

  private Amounts() {}

  /// For example `0.0132 USD`; nothing lost, nothing rounded.
  public static String of(String currency, long nanos) {
    BigDecimal amount = BigDecimal.valueOf(nanos, NANOS).stripTrailingZeros();
    return amount.setScale(Math.max(CENTS, amount.scale())).toPlainString() + " " + currency;
  }

  /// A list with one amount for each currency; `0` when there is none.
  public static String of(JsonNode amounts) {
    List<String> texts = new ArrayList<>();
    amounts.forEach(
        each -> texts.add(of(each.path("currency").asText(), each.path("nanos").asLong())));
    return texts.isEmpty() ? "0" : String.join(" + ", texts);
  }
}
