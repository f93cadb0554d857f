package ai.rails.domain.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LedgerStep.Strands;

/// A log whose heads are kept in maps.
final class LogInMemory {
  private final Origin origin;
  private final Map<String, Strand> runs = new HashMap<>();
  private final Map<String, Strand> workflows = new HashMap<>();
  private LedgerHead head;

  LogInMemory(Origin origin) {
    this.origin = origin;
    this.head = LedgerHead.genesis(origin);
  }

  byte[] append(LedgerRow event) {
    Strands strands =
        new Strands(
            event.run().flatMap(run -> Optional.ofNullable(runs.get(run))),
            event.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
    Appended appended = LedgerStep.append(origin, head, strands, event);
    head = appended.head();
    event.run().ifPresent(run -> put(runs, run, appended.strands().run()));
    event.workflow().ifPresent(id -> put(workflows, id, appended.strands().workflow()));
    return appended.bytes();
  }

  /// As releases before 0.4 wrote what came after a run's end.
  byte[] appendUnnumbered(LedgerRow event) {
    var strands =
        new Strands(
            Optional.empty(),
            event.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
    Appended appended = LedgerStep.append(origin, head, strands, event);
    head = appended.head();
    event.workflow().ifPresent(id -> put(workflows, id, appended.strands().workflow()));
    return appended.bytes();
  }

  LedgerHead head() {
    return head;
  }

  private static void put(Map<String, Strand> strands, String id, Optional<Strand> strand) {
    strand.ifPresentOrElse(s -> strands.put(id, s), () -> strands.remove(id));
  }
}
