package ai.rails.standin.servicenow;

import java.util.List;
import java.util.Map;

import ai.rails.standin.MalformedRequest;

/// The query parameters that shape an answer. `fields` is empty when every column is wanted;
/// unknown names in it are ignored silently.
record ViewOptions(
    List<String> fields, Display display, boolean excludeLinks, int limit, int offset) {
  enum Display {
    FALSE,
    TRUE,
    ALL
  }

  private static final int DEFAULT_LIMIT = 10_000;

  ViewOptions {
    fields = List.copyOf(fields);
  }

  static ViewOptions of(Map<String, String> query) {
    String fields = query.getOrDefault("sysparm_fields", "");
    return new ViewOptions(
        fields.isBlank() ? List.of() : List.of(fields.strip().split("\\s*,\\s*")),
        switch (query.getOrDefault("sysparm_display_value", "false")) {
          case "true" -> Display.TRUE;
          case "all" -> Display.ALL;
          default -> Display.FALSE;
        },
        query.getOrDefault("sysparm_exclude_reference_link", "false").equals("true"),
        number(query, "sysparm_limit", DEFAULT_LIMIT),
        number(query, "sysparm_offset", 0));
  }

  private static int number(Map<String, String> query, String name, int standard) {
    String text = query.getOrDefault(name, "");
    if (text.isEmpty()) {
      return standard;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below, like a negative number
    }
    throw new MalformedRequest("Invalid value '" + text + "' for " + name);
  }
}
