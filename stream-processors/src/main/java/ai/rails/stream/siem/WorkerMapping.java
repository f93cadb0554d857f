package ai.rails.stream.siem;

import java.util.Set;

import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.CollateralArchived;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseConfirmed;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseEvaluated;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseExpired;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.PlatformWillBeDemoted;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.domain.worker.WorkerEvent.WorkerTerminated;
import ai.rails.stream.siem.Activity.Change;

/// Tells workers: enrolment, attestation and the release of keys.
final class WorkerMapping {
  private static final int KEYS_LISTED = 64;
  private static final Set<String> GOOD = Set.of("VERIFIED", "SIMULATED", "DEVELOPMENT");

  private WorkerMapping() {}

  static OcsfDraft of(Entry entry, WorkerEvent event) {
    return switch (event) {
      case WorkerRegistered e -> {
        OcsfDraft draft =
            AdministrationMapping.entity(entry, Change.ENROLL, "worker", e.worker()).succeeded();
        draft
            .unmapped("worker")
            .put("workflow", Shown.id(e.workflowId()))
            .put("version", Shown.id(e.version()))
            .put("environment", Shown.id(e.environmentId()));
        yield draft;
      }
      case AttestationVerified e -> attestation(entry, e);
      case KeyReleaseEvaluated e ->
          DecisionMapping.of(entry, e.decision()).resource("worker", e.worker());
      case KeyReleased e -> {
        OcsfDraft draft = release(entry, e.worker()).request(e.releaseId()).succeeded();
        e.keys().stream().limit(KEYS_LISTED).forEach(key -> draft.resource("key", key));
        draft.unmapped("lease").put("epoch", e.leaseEpoch());
        draft.unmapped("lease").put("expires_at", e.expiresAt().toEpochMilli());
        yield draft.control(Control.ALLOWED);
      }
      case KeyReleaseConfirmed e -> {
        OcsfDraft draft =
            RunMapping.activity(entry, Activity.apiRead())
                .api("kms.confirm", "key-release")
                .resource("worker", e.worker())
                .request(e.releaseId())
                .succeeded();
        draft.unmapped("lease").put("epoch", e.leaseEpoch());
        yield draft.control(Control.ALLOWED);
      }
      case KeyReleaseExpired e ->
          RunMapping.activity(entry, Activity.apiRead())
              .api("kms.expire", "key-release")
              .resource("worker", e.worker())
              .request(e.releaseId())
              .succeeded();
      case CollateralArchived e -> {
        OcsfDraft draft =
            RunMapping.activity(entry, Activity.apiRead())
                .api("attestation.archive", "attestation")
                .resource("worker", e.worker())
                .succeeded();
        draft.unmapped("attestation").put("collateral_sha256", Shown.id(e.collateralSha256()));
        yield draft;
      }
      case KeyReleaseRefused e -> {
        OcsfDraft draft =
            release(entry, e.worker()).control(Control.BLOCKED).failed(e.code()).alert();
        e.measurement()
            .ifPresent(image -> draft.unmapped("attestation").put("measurement", Shown.id(image)));
        yield draft;
      }
      case PlatformWillBeDemoted e -> demotion(entry, e);
      case WorkerTerminated e ->
          AdministrationMapping.entity(entry, Change.UNENROLL, "worker", e.worker())
              .comment(e.reason())
              .succeeded();
    };
  }

  /// Whether the verdict let the worker go on; any word that is not known did not.
  static boolean good(AttestationVerified event) {
    return GOOD.contains(event.verdict());
  }

  private static OcsfDraft demotion(Entry entry, PlatformWillBeDemoted e) {
    OcsfDraft draft =
        RunMapping.activity(entry, Activity.apiRead())
            .api("attestation.outlook", "attestation")
            .resource("worker", e.worker())
            .control(Control.ALLOWED)
            .succeeded()
            .alert();
    draft
        .unmapped("attestation")
        .put("tcb_status", Shown.code(e.tcbStatus()))
        .put("next_tcb_status", Shown.code(e.nextStatus()))
        .put("evaluation_number", e.evaluationNumber());
    return draft;
  }

  private static OcsfDraft release(Entry entry, String worker) {
    return RunMapping.activity(entry, Activity.apiRead())
        .api("kms.release", "key-release")
        .resource("worker", worker);
  }

  private static OcsfDraft attestation(Entry entry, AttestationVerified e) {
    OcsfDraft draft =
        RunMapping.activity(entry, Activity.apiRead())
            .api("attestation.verify", "attestation")
            .resource("worker", e.worker());
    draft
        .unmapped("attestation")
        .put("verdict", Shown.code(e.verdict()))
        .put("measurement", Shown.id(e.measurement()))
        .put("evidence_sha256", Shown.id(e.evidenceSha256()));
    e.attested()
        .ifPresent(evidence ->
            draft
                .unmapped("attestation")
                .put("tee", Shown.code(evidence.tee()))
                .put("trust_domain", Shown.code(evidence.trustDomain()))
                .put("tcb_status", Shown.code(evidence.tcbStatus()))
                .put("platform", Shown.id(evidence.platform())));
    return good(e)
        ? draft.control(Control.ALLOWED).succeeded().statusCode(e.verdict())
        : draft.control(Control.BLOCKED).failed(e.verdict()).severity(Severity.CRITICAL).alert();
  }
}
