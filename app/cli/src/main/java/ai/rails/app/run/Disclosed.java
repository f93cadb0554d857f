package ai.rails.app.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;

/// Disclosed fields on one line, by name.
public final class Disclosed {
  private static final int DECIMALS = 3;
  private static final Pattern LONG = Pattern.compile("-?\\d{1,12}\\.\\d{4,40}");

  private static final Pattern OPAQUE = Pattern.compile("\\b([0-9a-f]{8})[0-9a-f]{24,}\\b");

  private Disclosed() {}

  public static String line(JsonNode members) {
    var sorted = new TreeMap<String, String>();
    members.propertyStream().forEach(each -> sorted.put(each.getKey(), each.getValue().asText()));
    return sorted.entrySet().stream()
        .map(each -> each.getKey() + "=" + value(each.getValue()))
        .collect(Collectors.joining(" "));
  }

  /// The same for a table: ids that nobody reads are cut.
  static String brief(JsonNode members) {
    return OPAQUE.matcher(line(members)).replaceAll("$1..");
  }

  /// A number with more decimals than anybody reads, rounded; anything else as it is.
  public static String value(String text) {
    return LONG.matcher(text).matches()
        ? new BigDecimal(text).setScale(DECIMALS, RoundingMode.HALF_UP).toPlainString()
        : text;
  }
}
