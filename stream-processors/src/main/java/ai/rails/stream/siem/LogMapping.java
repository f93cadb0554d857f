package ai.rails.stream.siem;

import ai.rails.domain.ledger.LogEvent;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.LogEvent.EpochProposalDecisioned;
import ai.rails.domain.ledger.LogEvent.EpochProposed;
import ai.rails.stream.siem.Activity.Change;

/// Tells what happened to a log itself.
final class LogMapping {
  private LogMapping() {}

  static OcsfDraft of(Entry entry, LogEvent event) {
    return switch (event) {
      case EpochProposed e -> {
        OcsfDraft draft = proposal(entry, Change.CREATE, e.proposal());
        yield draft.comment(e.reason().name()).succeeded();
      }
      case EpochProposalDecisioned e -> {
        OcsfDraft draft = proposal(entry, Change.UPDATE, e.proposal()).succeeded();
        draft.unmapped("proposal").put("accepted", e.accepted());
        yield draft;
      }
      case EpochOpened e -> {
        OcsfDraft draft =
            AdministrationMapping.entity(
                    entry, Change.CREATE, "ledger_epoch", Integer.toString(e.epoch()))
                .comment(e.reason().name())
                .succeeded();
        draft.unmapped("epoch").put("epoch", e.epoch()).put("reason", e.reason().name());
        yield draft;
      }
    };
  }

  private static OcsfDraft proposal(Entry entry, Change change, String id) {
    return AdministrationMapping.entity(entry, change, "ledger_epoch_proposal", id);
  }
}
