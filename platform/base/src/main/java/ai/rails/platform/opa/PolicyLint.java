package ai.rails.platform.opa;

import java.util.List;
import java.util.Map;

import ai.rails.platform.http.Unavailable;

/// Says what policy finds odd about a thing before it is used.
@FunctionalInterface
public interface PolicyLint {
  /// @param input of `airails/workflow_lint`
  /// @return the worst first
  /// @throws Unavailable if policy can not be asked, or what it says is not understood
  List<Finding> workflow(Map<String, Object> input);

  /// What is odd.
  ///
  /// @param error whether the thing is not to be used; else its author would want to know
  /// @param code for example `write.ungated`
  /// @param at for example `steps.write`
  record Finding(boolean error, String code, String at) {}
}
