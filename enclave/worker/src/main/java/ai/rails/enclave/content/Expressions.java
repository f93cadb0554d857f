package ai.rails.enclave.content;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.workflow.Value;

/// Evaluates a workflow's values and rules over a [Scope]; pure.
public interface Expressions {
  /// @throws ContentRefused with EXPRESSION_FAILED if a pointer or expression has no value
  JsonNode value(Value value, JsonNode scope);

  /// @throws ContentRefused with EXPRESSION_FAILED if the rule is not a boolean
  boolean holds(String cel, JsonNode scope);
}
