package ai.rails.platform.opa;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.Limits;

/// A closed form of JSON, read from lines `path type`.
///
/// A path's parts are joined by dots; `[]` after a part means a list, `?` after a path that it may
/// be missing, and `*` any member. Types: `id`, `host` (may be empty), `field` (a disclosed value),
/// `count`, `time`, `flag`, or `=one|another`.
final class Shape {
  private static final int MAX_ITEMS = 64;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

  private final Map<String, Shape> members = new LinkedHashMap<>();
  private String type = "";
  private boolean optional;
  private boolean list;

  private Shape() {}

  static Shape of(String lines) {
    Shape root = new Shape();
    lines.lines().forEach(root::add);
    return root;
  }

  private void add(String line) {
    int space = line.indexOf(' ');
    Shape at = this;
    for (String part : List.of(line.substring(0, space).split("\\."))) {
      String name = part.replaceAll("[\\[\\]?]", "");
      at = at.members.computeIfAbsent(name, _ -> new Shape());
      at.list |= part.contains("[]");
      at.optional |= part.endsWith("?");
    }
    at.type = line.substring(space + 1);
  }

  /// Where a value does not fit; empty if it fits.
  Optional<String> misfit(@Nullable Object value) {
    return misfit("", value);
  }

  private Optional<String> misfit(String path, @Nullable Object value) {
    if (!list) {
      return single(path, value);
    }
    if (!(value instanceof List<?> items) || items.size() > MAX_ITEMS) {
      return Optional.of(path);
    }
    return items.stream()
        .map(item -> single(path + "[]", item))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> single(String path, @Nullable Object value) {
    if (members.isEmpty()) {
      return fits(value) ? Optional.empty() : Optional.of(path);
    }
    if (!(value instanceof Map<?, ?> map) || map.size() > MAX_ITEMS) {
      return Optional.of(path);
    }
    Shape any = members.get("*");
    return any == null ? closed(path, map) : open(path, map, any);
  }

  private Optional<String> closed(String path, Map<?, ?> map) {
    for (Object name : map.keySet()) {
      if (!members.containsKey(String.valueOf(name))) {
        return Optional.of(path + "." + name);
      }
    }
    for (Map.Entry<String, Shape> member : members.entrySet()) {
      String at = path + "." + member.getKey();
      if (!map.containsKey(member.getKey())) {
        if (!member.getValue().optional) {
          return Optional.of(at);
        }
        continue;
      }
      Optional<String> misfit = member.getValue().misfit(at, map.get(member.getKey()));
      if (misfit.isPresent()) {
        return misfit;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> open(String path, Map<?, ?> map, Shape any) {
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!(member.getKey() instanceof String name) || !NAME.matcher(name).matches()) {
        return Optional.of(path + ".*");
      }
      if (any.misfit(path, member.getValue()).isPresent()) {
        return Optional.of(path + "." + name);
      }
    }
    return Optional.empty();
  }

  private boolean fits(@Nullable Object value) {
    return switch (type) {
      case "id" -> value instanceof String text && ID.matcher(text).matches();
      case "host" -> value instanceof String text && (text.isEmpty() || ID.matcher(text).matches());
      case "field" -> isField(value);
      case "flag" -> value instanceof Boolean;
      case "count", "time" ->
          (value instanceof Long || value instanceof Integer) && ((Number) value).longValue() >= 0;
      default ->
          value instanceof String text && Set.of(type.substring(1).split("\\|")).contains(text);
    };
  }

  private static boolean isField(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case String text -> text.length() <= Limits.DISCLOSED_CHARACTERS;
      case Double number -> !number.isNaN() && !number.isInfinite();
      case Long _ -> true;
      case Integer _ -> true;
      case Boolean _ -> true;
      default -> false;
    };
  }
}
