package ai.rails.app.run;

import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;

/// Disclosed fields on one line, by name.
public final class Disclosed {
  private Disclosed() {}

  public static String line(JsonNode members) {
    var sorted = new TreeMap<String, String>();
    members.propertyStream().forEach(each -> sorted.put(each.getKey(), each.getValue().asText()));
    return sorted.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(" "));
  }
}
