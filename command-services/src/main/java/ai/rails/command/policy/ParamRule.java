package ai.rails.command.policy;

import java.util.List;
import java.util.Map;

/// What a grant demands of one disclosed parameter. Amounts are whole numbers.
public sealed interface ParamRule {
  /// Whether the parameter may be missing.
  boolean optional();

  /// The rule as policy data.
  Map<String, Object> json();

  /// One of a closed list.
  record OneOf(List<Object> values, boolean optional) implements ParamRule {
    public OneOf {
      values = List.copyOf(values);
    }

    @Override
    public Map<String, Object> json() {
      return Map.of("kind", "enum", "values", values, "optional", optional);
    }
  }

  /// At most this much.
  record AtMost(long max, boolean optional) implements ParamRule {
    @Override
    public Map<String, Object> json() {
      return Map.of("kind", "max", "max", max, "optional", optional);
    }
  }

  /// Between two amounts, both included.
  record Between(long min, long max, boolean optional) implements ParamRule {
    @Override
    public Map<String, Object> json() {
      return Map.of("kind", "range", "min", min, "max", max, "optional", optional);
    }
  }

  /// Must be disclosed, whatever it is.
  record Present() implements ParamRule {
    @Override
    public boolean optional() {
      return false;
    }

    @Override
    public Map<String, Object> json() {
      return Map.of("kind", "present");
    }
  }
}
