package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Sealed;

/// Turns what became of a call into what the control plane may know: evidence sealed, texts of the
/// other side only where they are ids.
final class Outcomes {
  /// Kind of evidence that holds the action's output, so that a step can be completed after a
  /// crash.
  static final String OUTPUT = "output";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,63}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  private Outcomes() {}

  static ReportOutcome report(Work work, Result result) {
    var evidence = new TreeMap<String, Sealed>();
    result.evidence().forEach((kind, bytes) -> evidence.put(kind, seal(work, kind, bytes)));
    result.output().ifPresent(output -> evidence.put(OUTPUT, seal(work, OUTPUT, json(output))));
    return new ReportOutcome(
        work.attempt(),
        result.outcome().name(),
        CODE.matcher(result.code()).matches() ? result.code() : "UNNAMED",
        result.retryable(),
        result.retryAfterMillis(),
        result.httpStatus(),
        id(result.vendorRef()),
        result.requests(),
        result.verified(),
        result.adopted(),
        result.model().map(Outcomes::checked),
        evidence);
  }

  /// The output that an earlier attempt recorded with its outcome.
  ///
  /// @throws StepRefused with OUTPUT_LOST if the claim does not carry it
  static JsonNode recordedOutput(Work work) {
    Pattern ref = Pattern.compile(Pattern.quote(work.claimed().step()) + "/evidence/\\d+/output");
    for (Map.Entry<String, String> content : work.claimed().contents().entrySet()) {
      if (ref.matcher(content.getKey()).matches()) {
        return work.content().openJson(content.getKey(), content.getValue());
      }
    }
    throw new StepRefused(
        "OUTPUT_LOST",
        "step %s had its effect, and the claim lacks the evidence %s"
            .formatted(work.claimed().step(), OUTPUT));
  }

  static JsonNode noOutput() {
    return ContentJson.MAPPER.createObjectNode();
  }

  static byte[] json(JsonNode value) {
    try {
      return CanonicalJson.bytes(value);
    } catch (IllegalArgumentException e) {
      // Another system's numbers need no canonical form: they are kept as they were read.
      return value.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static Sealed seal(Work work, String kind, byte[] bytes) {
    return work.content().seal(work.evidenceRef(kind), bytes);
  }

  private static ModelUse checked(ModelUse use) {
    return new ModelUse(
        id(use.provider()),
        id(use.model()),
        id(use.responseModel()),
        use.inputTokens(),
        use.cachedInputTokens(),
        use.cacheWriteTokens(),
        use.outputTokens(),
        use.reasoningTokens(),
        use.cost());
  }

  private static String id(String text) {
    return ID.matcher(text).matches() ? text : "";
  }
}
