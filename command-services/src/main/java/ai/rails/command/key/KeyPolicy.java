package ai.rails.command.key;

import java.time.Instant;
import java.util.Map;

import ai.rails.domain.policy.Decision;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;

/// Asks policy whether a worker may have keys (`airails.key_release/1`): metadata only.
///
/// @param cell id of this cell
public record KeyPolicy(PolicyDecisionPoint point, String cell) {
  private static final String ENTRY_POINT = "airails/key_release/guarded";
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /// What was found out about a worker.
  ///
  /// @param kind of evidence, for example `DEVELOPMENT`
  /// @param at when the evidence was verified
  record Attested(String kind, String verdict, String measurement, Instant at) {}

  Decision decide(WorkerIdentity worker, Workflow workflow, Attested attested, Instant now) {
    return point.decide(
        new DecisionRequest(
            ENTRY_POINT,
            Map.of(
                "schema", "airails.key_release/1",
                "env", worker.environment(),
                "clock", Map.of("now_ns", nanos(now)),
                "tenant", Map.of("id", worker.tenant(), "cell", cell),
                "worker", Map.of("id", worker.worker()),
                "workflow",
                    Map.of(
                        "id", workflow.id(),
                        "version", workflow.version(),
                        "artifact_digest", worker.artifactDigest(),
                        "author", workflow.author()),
                "attestation",
                    Map.of(
                        "kind", attested.kind(),
                        "verdict", attested.verdict(),
                        "measurement", attested.measurement(),
                        "at_ns", nanos(attested.at())))));
  }

  private static long nanos(Instant time) {
    return Math.multiplyExact(time.toEpochMilli(), NANOS_PER_MILLI);
  }
}
