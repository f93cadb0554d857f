package ai.rails.projection;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.platform.http.Json;

/// Small JSON columns, with sorted members: folding again gives the same text.
public final class JsonText {
  private JsonText() {}

  public static String of(Map<String, String> members) {
    return text(new TreeMap<>(members));
  }

  public static String of(List<String> items) {
    return text(items);
  }

  /// What a column holds, for an answer.
  public static JsonNode tree(String text) {
    return Json.tree(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }
}
