package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Facts in the order of the ledger, to be asked by the kind of their events.
record Told(List<Fact> facts) {
  /// An event with its place.
  record At<E>(Fact fact, E event) {}

  Told {
    facts = List.copyOf(facts);
  }

  <E> List<At<E>> all(Class<E> kind) {
    return stream(kind).toList();
  }

  <E> Optional<At<E>> first(Class<E> kind) {
    return stream(kind).findFirst();
  }

  <E> Optional<At<E>> last(Class<E> kind) {
    return stream(kind).reduce((_, later) -> later);
  }

  /// Members and place of each event of a kind.
  List<Object> json(Class<?> kind) {
    return stream(kind).<Object>map(at -> at.fact().json()).toList();
  }

  private <E> Stream<At<E>> stream(Class<E> kind) {
    return facts.stream()
        .filter(fact -> kind.isInstance(fact.event()))
        .map(fact -> new At<>(fact, kind.cast(fact.event())));
  }
}
