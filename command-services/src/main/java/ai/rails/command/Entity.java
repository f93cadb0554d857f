package ai.rails.command;

import java.util.function.Function;

import ai.rails.domain.Decider;
import ai.rails.domain.Event;

/// What the command bus has to know about one kind of entity.
///
/// @param streamType names the entity's streams, for example `Run`
/// @param commands the sealed interface of its commands
/// @param events the sealed interface of its events
public record Entity<C, S, E extends Event>(
    String streamType,
    Class<C> commands,
    Class<S> state,
    Class<E> events,
    Function<C, String> idOfCommand,
    Decider<C, S, E> decider,
    Enrich<C, S> enrich) {}
