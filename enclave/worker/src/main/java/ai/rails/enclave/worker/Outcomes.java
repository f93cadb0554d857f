package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.run.Reasons;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.RunContent;
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

  private static final long RETRY_AFTER_MAX = Duration.ofDays(1).toMillis();
  private static final Set<String> RESERVED =
      Set.of(
          Reasons.POLICY_UNAVAILABLE,
          Reasons.THROTTLED,
          Reasons.BUDGET_EXCEEDED,
          Reasons.LEASE_EXPIRED);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,63}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  private Outcomes() {}

  static ReportOutcome report(Work work, Result result) {
    var evidence = new TreeMap<String, Sealed>();
    result.evidence().forEach((kind, bytes) -> evidence.put(kind, seal(work, kind, bytes)));
    result
        .output()
        .map(Outcomes::json)
        .filter(output -> output.length <= RunContent.BYTES_MAX)
        .ifPresent(output -> evidence.put(OUTPUT, seal(work, OUTPUT, output)));
    return new ReportOutcome(
        work.attempt(),
        result.outcome().name(),
        code(result.code()),
        result.retryable(),
        result.retryAfterMillis().map(millis -> Math.clamp(millis, 0, RETRY_AFTER_MAX)),
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

  /// Of evidence that is too large its digest is kept: an outcome must not fail on its evidence.
  private static Sealed seal(Work work, String kind, byte[] bytes) {
    byte[] kept =
        bytes.length <= RunContent.BYTES_MAX
            ? bytes
            : "{\"omittedBytes\":%d,\"sha256\":\"%s\"}"
                .formatted(bytes.length, CanonicalJson.sha256(bytes))
                .getBytes(StandardCharsets.UTF_8);
    return work.content().seal(work.evidenceRef(kind), kept);
  }

  /// The other side's words are not the control plane's: its own codes use up no attempt.
  private static String code(String code) {
    if (!CODE.matcher(code).matches()) {
      return "UNNAMED";
    }
    return RESERVED.contains(code) ? "VENDOR_" + code : code;
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
