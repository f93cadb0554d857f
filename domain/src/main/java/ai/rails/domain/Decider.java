package ai.rails.domain;

import java.time.Instant;
import java.util.List;

/// The rules of one kind of entity as pure functions, so that a test needs no framework and no
/// database.
///
/// @param <C> the sealed commands it can be asked
/// @param <S> the state its decisions are made from
/// @param <E> the sealed events it records
public interface Decider<C, S, E extends Event> {
  /// The state before the first event.
  S initial();

  /// Decides what a command makes happen at `now`. An empty list means that it has happened
  /// already.
  ///
  /// @throws Refused if the rules do not allow the command in this state
  List<E> decide(S state, C command, Instant now);

  /// Folds one event into the state. Every event ever recorded must fold, so this never refuses.
  S evolve(S state, E event);
}
