package ai.rails.platform.opa;

import java.util.Map;

/// A question to policy.
///
/// @param entryPoint for example `airails/tool_action/guarded`
/// @param input maps, lists, text, numbers and booleans, by the entry point's schema; without
///   `request_id` and `input_sha256`, which the client adds; metadata only
public record DecisionRequest(String entryPoint, Map<String, Object> input) {
  public DecisionRequest {
    input = Map.copyOf(input);
  }
}
