package ai.rails.connector;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// What an absent member of a manifest means. Maps keep the order of the file.
final class Defaults {
  private Defaults() {}

  static <T> List<T> of(@Nullable List<T> given) {
    return given == null ? List.of() : List.copyOf(given);
  }

  static <V> Map<String, V> of(@Nullable Map<String, V> given) {
    return given == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(given));
  }

  /// Jackson reads an absent tree as JSON null.
  static Optional<JsonNode> given(Optional<JsonNode> tree) {
    return tree.filter(each -> !each.isNull());
  }
}
