package ai.rails.command.key;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import ai.rails.attestation.verdict.Claims;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.worker.AttestedEvidence;
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

  /// Asks about proved evidence.
  ///
  /// @param lease how long the keys would be good for
  Decision decide(
      WorkerIdentity worker,
      Workflow workflow,
      EvidenceCheck.Proved proved,
      Duration lease,
      Instant now) {
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
                        "author", workflow.author(),
                        "demands_gpu", workflow.workers().confidentialGpu()),
                "attestation", attestation(proved, lease))));
  }

  private static Map<String, Object> attestation(EvidenceCheck.Proved proved, Duration lease) {
    AttestedEvidence evidence = proved.evidence();
    Map<String, Object> facts = new HashMap<>();
    facts.put("kind", proved.kind());
    facts.put("verdict", proved.verdict());
    facts.put("measurement", proved.measurement());
    facts.put("at_ns", nanos(evidence.verifiedAt()));
    facts.put("tcb_status", evidence.tcbStatus());
    facts.put("advisories", evidence.advisories());
    facts.put("evaluation_number", (long) evidence.evaluationNumber());
    evidence.tcbDate().ifPresent(date -> facts.put("tcb_date_ns", nanos(date)));
    facts.put("attributes", evidence.attributes());
    facts.put("platform", evidence.platform());
    facts.put("valid_until_ns", nanos(evidence.validUntil()));
    facts.put("gpu", proved.gpu().name());
    facts.put("lease_until_ns", nanos(evidence.verifiedAt().plus(lease)));
    if (proved.accepted().claims() instanceof Claims.Snp snp) {
      snp.reportedTcbParts()
          .ifPresent(tcb -> {
            facts.put("svn_boot_loader", (long) tcb.bootLoader());
            facts.put("svn_tee", (long) tcb.tee());
            facts.put("svn_snp", (long) tcb.snp());
            facts.put("svn_microcode", (long) tcb.microcode());
          });
      snp.product().ifPresent(product -> facts.put("product", product));
    }
    return facts;
  }

  private static long nanos(Instant time) {
    return Math.multiplyExact(time.toEpochMilli(), NANOS_PER_MILLI);
  }
}
