package ai.rails.stream.siem;

import ai.rails.domain.privacy.ErasureEvent;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.domain.privacy.ErasureEvent.SubjectErased;
import ai.rails.domain.privacy.LegalHoldEvent;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldPlaced;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldReleased;
import ai.rails.domain.privacy.RetentionEvent;
import ai.rails.domain.privacy.RetentionEvent.RetentionSet;
import ai.rails.stream.siem.Activity.Change;

/// Tells what was destroyed, and what must not be.
final class PrivacyMapping {
  private PrivacyMapping() {}

  static OcsfDraft of(Entry entry, ErasureEvent event) {
    return switch (event) {
      case RunErased e -> {
        OcsfDraft draft =
            AdministrationMapping.entity(entry, Change.DELETE, "run_content", e.run())
                .comment(e.reason());
        draft
            .unmapped("privacy")
            .put("cause", e.cause().name())
            .put("keys", e.keys())
            .put("ciphertexts", e.ciphertexts());
        yield draft.succeeded();
      }
      case SubjectErased e -> {
        OcsfDraft draft =
            AdministrationMapping.entity(entry, Change.DELETE, "data_subject", e.subject())
                .comment(e.reason());
        draft.unmapped("privacy").put("runs", e.runs()).put("links", e.links());
        yield draft.succeeded();
      }
    };
  }

  static OcsfDraft of(Entry entry, LegalHoldEvent event) {
    return switch (event) {
      case LegalHoldPlaced e ->
          hold(entry, Change.CREATE, e.hold(), e.scope(), e.target()).comment(e.reason());
      case LegalHoldReleased e ->
          hold(entry, Change.DELETE, e.hold(), e.scope(), e.target()).comment(e.reason());
    };
  }

  static OcsfDraft of(Entry entry, RetentionEvent event) {
    return switch (event) {
      case RetentionSet e -> {
        OcsfDraft draft =
            AdministrationMapping.entity(entry, Change.UPDATE, "retention", "retention")
                .succeeded();
        draft
            .unmapped("privacy")
            .put("content_days", e.contentDays())
            .put("trace_days", e.traceDays())
            .put("audit_days", e.auditDays());
        yield draft;
      }
    };
  }

  private static OcsfDraft hold(
      Entry entry, Change change, String hold, LegalHoldEvent.Scope scope, String target) {
    OcsfDraft draft =
        AdministrationMapping.entity(entry, change, "legal_hold", hold).succeeded();
    draft.unmapped("privacy").put("scope", scope.name()).put("target", Shown.id(target));
    return draft;
  }
}
