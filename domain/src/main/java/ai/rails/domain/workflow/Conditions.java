package ai.rails.domain.workflow;

import java.util.Map;

/// Evaluates `when` conditions over disclosed fields; pure and total: the compiler has checked
/// types.
public interface Conditions {
  /// @param inputs disclosed inputs by name
  /// @param steps step id to its disclosed output fields
  boolean holds(String cel, Map<String, String> inputs, Map<String, Map<String, String>> steps);
}
