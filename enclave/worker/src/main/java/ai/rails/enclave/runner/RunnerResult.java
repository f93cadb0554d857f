package ai.rails.enclave.runner;

import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;

/// What became of a call, as a runner keeps it and hands it in. Content stands in it as text: its
/// form is the other side's.
///
/// @param output JSON of the action's output
/// @param evidence kind to bytes, base64
record RunnerResult(
    Outcome outcome,
    String code,
    boolean retryable,
    Optional<Long> retryAfterMillis,
    int httpStatus,
    String vendorRef,
    int requests,
    boolean verified,
    boolean adopted,
    Optional<ModelUse> model,
    Optional<String> output,
    Map<String, String> evidence) {
  RunnerResult {
    evidence = Map.copyOf(evidence);
  }

  static RunnerResult of(Result result) {
    var evidence = new TreeMap<String, String>();
    result
        .evidence()
        .forEach((kind, bytes) -> evidence.put(kind, Base64.getEncoder().encodeToString(bytes)));
    return new RunnerResult(
        result.outcome(),
        result.code(),
        result.retryable(),
        result.retryAfterMillis(),
        result.httpStatus(),
        result.vendorRef(),
        result.requests(),
        result.verified(),
        result.adopted(),
        result.model(),
        result.output().map(JsonNode::toString),
        evidence);
  }

  /// An outcome that nobody knows.
  static RunnerResult ambiguous(String code) {
    return of(Result.bare(Outcome.AMBIGUOUS, code, true));
  }

  RunnerResult withoutEvidence() {
    return new RunnerResult(
        outcome,
        code,
        retryable,
        retryAfterMillis,
        httpStatus,
        vendorRef,
        requests,
        verified,
        adopted,
        model,
        output,
        Map.of());
  }

  /// @throws IllegalArgumentException if a part is not what it should be
  Result result() {
    var bytes = new TreeMap<String, byte[]>();
    evidence.forEach((kind, text) -> bytes.put(kind, Base64.getDecoder().decode(text)));
    return new Result(
        outcome,
        code,
        retryable,
        retryAfterMillis,
        httpStatus,
        vendorRef,
        requests,
        verified,
        adopted,
        model,
        output.map(RunnerResult::json),
        bytes);
  }

  private static JsonNode json(String text) {
    try {
      return ContentJson.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException("the output is no JSON", e);
    }
  }

  @Override
  public String toString() {
    return "RunnerResult[%s %s]".formatted(outcome, code);
  }
}
