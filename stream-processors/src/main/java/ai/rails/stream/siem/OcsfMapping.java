package ai.rails.stream.siem;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.access.AccessEvent;
import ai.rails.domain.budget.BudgetEvent;
import ai.rails.domain.connector.ConnectorInstanceEvent;
import ai.rails.domain.ledger.LogEvent;
import ai.rails.domain.policy.PolicyBundleEvent;
import ai.rails.domain.privacy.ErasureEvent;
import ai.rails.domain.privacy.LegalHoldEvent;
import ai.rails.domain.privacy.RetentionEvent;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.runner.RunnerEvent;
import ai.rails.domain.siem.SiemEvent;
import ai.rails.domain.tenant.PersonEvent;
import ai.rails.domain.tenant.TenantEvent;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.domain.workflow.WorkflowEvent;

/// Tells a ledger entry as one OCSF record, whatever it is, and as a finding beside it where a key
/// was refused or an attestation failed. A pure function of the entry and what its run said before.
///
/// An event of a known feature that is not told does not compile; a feature that is not told fails
/// the test that walks all features.
final class OcsfMapping {
  static final String LOG = "airails.ledger";

  private final FeedVersion version;

  OcsfMapping(FeedVersion version) {
    this.version = version;
  }

  /// The record of the entry first; only it carries the sequence.
  List<OcsfRecord> of(Entry entry, Memory memory) {
    var records = new ArrayList<OcsfRecord>(2);
    OcsfDraft draft = draft(entry, entry.event(), memory);
    ledger(draft, entry);
    context(draft, entry);
    draft.metadata().put("sequence", entry.leaf().seq());
    records.add(record(draft, entry, entry.header().eventId()));
    finding(entry)
        .ifPresent(finding -> {
          ledger(finding, entry);
          context(finding, entry);
          String uid = entry.header().eventId() + ":finding";
          finding.metadata().put("original_event_uid", Shown.id(entry.header().eventId()));
          records.add(record(finding, entry, uid));
        });
    return records;
  }

  private static OcsfDraft draft(Entry entry, Event event, Memory memory) {
    return switch (event) {
      case RunEvent e -> RunMapping.of(entry, e, memory);
      case WorkerEvent e -> WorkerMapping.of(entry, e);
      case TenantEvent e -> AdministrationMapping.of(entry, e);
      case PersonEvent e -> PersonMapping.of(entry, e);
      case WorkflowEvent e -> AdministrationMapping.of(entry, e);
      case ConnectorInstanceEvent e -> AdministrationMapping.of(entry, e);
      case PolicyBundleEvent e -> AdministrationMapping.of(entry, e);
      case BudgetEvent e -> AdministrationMapping.of(entry, e);
      case AccessEvent e -> AdministrationMapping.of(entry, e);
      case SiemEvent e -> AdministrationMapping.of(entry, e);
      case RunnerEvent e -> AdministrationMapping.of(entry, e);
      case LogEvent e -> LogMapping.of(entry, e);
      case ErasureEvent e -> PrivacyMapping.of(entry, e);
      case LegalHoldEvent e -> PrivacyMapping.of(entry, e);
      case RetentionEvent e -> PrivacyMapping.of(entry, e);
      default -> throw new IllegalStateException("%s is not told".formatted(event.getClass()));
    };
  }

  private static Optional<OcsfDraft> finding(Entry entry) {
    return switch (entry.event()) {
      case KeyReleaseRefused e ->
          Optional.of(finding(entry, "key/", e.worker(), "A worker was refused keys"));
      case AttestationVerified e when !WorkerMapping.good(e) ->
          Optional.of(
              finding(entry, "attestation/", e.worker(), "A worker's attestation failed")
                  .severity(Severity.CRITICAL));
      default -> Optional.empty();
    };
  }

  private static OcsfDraft finding(Entry entry, String kind, String worker, String title) {
    return RunMapping.activity(entry, Activity.finding())
        .finding(kind + Shown.id(entry.header().eventId()), title)
        .status(1, "New")
        .resource("worker", worker);
  }

  private OcsfRecord record(OcsfDraft draft, Entry entry, String uid) {
    Header header = entry.header();
    ObjectNode metadata = draft.metadata();
    Feed.product(metadata, version);
    metadata.put("uid", uid);
    metadata.put("event_code", entry.leaf().eventType());
    metadata.put("log_name", LOG);
    metadata.put("logged_time", entry.leaf().time());
    metadata.put(
        "original_time", Instant.ofEpochMilli(header.occurredAt().toEpochMilli()).toString());
    metadata.put("tenant_uid", Shown.id(header.tenant()));
    metadata.put("correlation_uid", Shown.id(header.run().orElse(header.correlationId())));
    return new OcsfRecord(
        uid,
        header.tenant(),
        entry.leaf().log(),
        header.workspace(),
        header.run(),
        entry.leaf().eventType(),
        entry.time(),
        draft.event());
  }

  private static void ledger(OcsfDraft draft, Entry entry) {
    draft
        .unmapped("ledger")
        .put("log", entry.leaf().log())
        .put("seq", entry.leaf().seq())
        .put("prev", entry.leaf().prev())
        .put("leaf_hash", entry.leafHash())
        .put("event_sha256", entry.leaf().eventSha256());
  }

  private static void context(OcsfDraft draft, Entry entry) {
    Header header = entry.header();
    ObjectNode context = draft.unmapped(OcsfDraft.PLATFORM);
    context.put("workspace", Shown.id(header.workspace()));
    header.environment().ifPresent(e -> context.put("environment", Shown.id(e)));
    header.workflow().ifPresent(w -> context.put("workflow", Shown.id(w)));
    header.run().ifPresent(r -> context.put("run", Shown.id(r)));
    context.put("stream", Shown.id(header.streamType()) + "/" + Shown.id(header.streamId()));
    context.put("stream_seq", header.seq());
    context.put("causation", Shown.id(header.causationId()));
    context.put("correlation", Shown.id(header.correlationId()));
  }
}
