package ai.rails.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.workflow.Workflow.Field;

/// What a connector can do: parameters in, declared requests, result out.
///
/// @param parameters JSON Schema of the parameters
/// @param result JSON Schema of the result
/// @param disclosable parameters that may leave the seal, and their closed types
/// @param requests in order; empty for an action that runs in the worker
/// @param output template of the result
/// @param vendorRef text template of the other side's own id for what was done
/// @param redact names of members that evidence never shows, at any depth
/// @param recovery how an unknown effect of class Q is looked up
/// @param model how a model's answer is read
public record Action(
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) Effect effect,
    @JsonProperty(required = true) Risk risk,
    @JsonProperty(value = "class", required = true) IdempotencyClass idempotencyClass,
    @JsonProperty(required = true) JsonNode parameters,
    @JsonProperty(required = true) JsonNode result,
    Map<String, Field> disclosable,
    List<RequestTemplate> requests,
    Optional<JsonNode> output,
    Optional<String> vendorRef,
    List<String> redact,
    @JsonProperty(required = true) Limits limits,
    Optional<Recovery> recovery,
    Optional<ModelRules> model) {
  public Action {
    disclosable = Defaults.of(disclosable);
    requests = Defaults.of(requests);
    output = Defaults.given(output);
    redact = Defaults.of(redact);
  }

  /// What an action does to the world.
  public enum Effect {
    READ,
    WRITE,
    MODEL
  }

  /// How much harm a wrong call could do, from none to what can not be taken back.
  public enum Risk {
    R0,
    R1,
    R2,
    R3
  }

  /// Bounds of each request.
  ///
  /// @param seconds for one request, from the first byte of the connection to the last
  /// @param maxUp most bytes to the host
  /// @param maxDown most bytes from the host
  public record Limits(
      @JsonProperty(required = true) int seconds,
      @JsonProperty(required = true) long maxUp,
      @JsonProperty(required = true) long maxDown) {
    public Limits {
      if (seconds < 1 || seconds > 300 || maxUp < 1 || maxDown < 1) {
        throw new IllegalArgumentException("limits are positive, and seconds at most 300");
      }
    }
  }

  /// How an unknown effect is looked up.
  ///
  /// @param settleSeconds how long a change may take to be seen
  /// @param negativeQueryIsAuthoritative whether not found means not done
  public record Recovery(int settleSeconds, boolean negativeQueryIsAuthoritative) {}

  /// How a model's answer is read; pointers into the body of the request `ask`.
  ///
  /// @param answer name of the extracted text that holds the JSON answer
  /// @param answerSchema template of the answer's JSON Schema for these parameters
  /// @param responseModel pointer of the model that answered
  /// @param inputIncludesCached whether the vendor counts cached tokens inside the input
  /// @param maxOutput pointer of the most output tokens in the parameters
  public record ModelRules(
      @JsonProperty(required = true) String provider,
      @JsonProperty(required = true) String answer,
      @JsonProperty(required = true) JsonNode answerSchema,
      @JsonProperty(required = true) String responseModel,
      @JsonProperty(required = true) String input,
      @JsonProperty(required = true) String cachedInput,
      Optional<String> cacheWrite,
      @JsonProperty(required = true) String output,
      Optional<String> reasoning,
      boolean inputIncludesCached,
      @JsonProperty(required = true) String maxOutput) {}
}
