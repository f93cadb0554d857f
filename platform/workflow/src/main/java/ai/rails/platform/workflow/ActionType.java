package ai.rails.platform.workflow;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.workflow.Workflow.Field;

/// What the compiler knows of a connector's action.
///
/// @param parameters JSON Schema of the parameters
/// @param result JSON Schema of the result
/// @param risk `R0` to `R4`
/// @param disclosable parameters that leave the seal, and their closed types
/// @param requests how many requests one call makes, at most 8
public record ActionType(
    JsonNode parameters,
    JsonNode result,
    Effect effect,
    IdempotencyClass idempotencyClass,
    String risk,
    Map<String, Field> disclosable,
    int requests) {
  public ActionType {
    disclosable = Map.copyOf(disclosable);
  }

  /// What an action does to the world.
  public enum Effect {
    READ,
    WRITE,
    MODEL
  }
}
