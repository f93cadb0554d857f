package ai.rails.command.axon;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.axonframework.eventsourcing.EventSourcedEntityFactory;
import org.axonframework.eventsourcing.configuration.EventSourcedEntityModule;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.commandhandling.CommandResultMessage;
import org.axonframework.messaging.commandhandling.GenericCommandResultMessage;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.core.correlation.CorrelationDataProviderRegistry;
import org.axonframework.messaging.core.correlation.DefaultCorrelationDataProviderRegistry;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.Tag;
import org.jspecify.annotations.Nullable;

import ai.rails.command.Entity;
import ai.rails.domain.Event;

import static java.util.Objects.requireNonNull;

/// Registers entities with Axon: source the stream, enrich the command, decide, append.
///
/// An event message names its stream in its metadata, because not every event names its entity.
final class EntityModules {
  /// Axon's, and it would ask the vendor for news at every start.
  private static final String TELEMETRY =
      "org.axonframework.update.UpdateCheckerConfigurationEnhancer";

  private static final String STREAM_TYPE = "streamType";
  private static final String STREAM_ID = "streamId";

  private static final ClassValue<MessageType> TYPES =
      new ClassValue<>() {
        @Override
        protected MessageType computeValue(Class<?> type) {
          return new MessageType(type);
        }
      };

  private EntityModules() {}

  /// Axon with these entities, and with its own store in memory until another is registered.
  static EventSourcingConfigurer configurer(List<Entity<?, ?, ?>> entities, InstantSource clock) {
    EventSourcingConfigurer axon =
        EventSourcingConfigurer.create()
            .componentRegistry(registry ->
                registry
                    .disableEnhancer(TELEMETRY)
                    .registerComponent(
                        CorrelationDataProviderRegistry.class,
                        _ -> new DefaultCorrelationDataProviderRegistry()))
            .registerTagResolver(_ -> EntityModules::tags)
            .messaging(messaging ->
                messaging
                    .registerMessageTypeResolver(_ -> type -> Optional.of(typeOf(type)))
                    .registerCommandHandlerInterceptor(_ ->
                        (command, processing, chain) -> {
                          Exchange.enter(processing);
                          return chain.proceed(command, processing);
                        }));
    for (Entity<?, ?, ?> entity : entities) {
      axon.registerEntity(module(entity, clock));
    }
    return axon;
  }

  static MessageType typeOf(Class<?> payload) {
    return TYPES.get(payload);
  }

  /// The metadata of an event message of this stream.
  static Map<String, String> stream(String type, String id) {
    return Map.of(STREAM_TYPE, type, STREAM_ID, id);
  }

  private static Set<Tag> tags(EventMessage event) {
    String type = event.metadata().get(STREAM_TYPE);
    String id = event.metadata().get(STREAM_ID);
    return type == null || id == null ? Set.of() : Set.of(new Tag(type, id));
  }

  private static <C, S, E extends Event> EventSourcedEntityModule<String, S> module(
      Entity<C, S, E> entity, InstantSource clock) {
    return EventSourcedEntityModule.declarative(String.class, entity.state())
        .messagingModel((_, model) -> {
          for (Class<?> type : entity.commands().getPermittedSubclasses()) {
            model.instanceCommandHandler(
                new QualifiedName(type),
                (message, state, processing) -> {
                  C command = cast(entity.commands(), message.payload());
                  return handle(entity, clock, command, state, processing);
                });
          }
          return model
              .entityEvolver((state, message, _) ->
                  entity.decider().evolve(state, cast(entity.events(), message.payload())))
              .build();
        })
        .entityFactory(_ -> EventSourcedEntityFactory.fromNoArgument(entity.decider()::initial))
        .criteriaResolver(_ -> (id, _) -> EventCriteria.havingTags(entity.streamType(), id))
        .entityIdResolver(_ ->
            (message, _) -> entity.idOfCommand().apply(cast(entity.commands(), message.payload())));
  }

  private static <C, S, E extends Event> MessageStream.Single<CommandResultMessage> handle(
      Entity<C, S, E> entity,
      InstantSource clock,
      C command,
      S state,
      ProcessingContext processing) {
    Exchange exchange = Exchange.of(processing);
    try {
      C enriched = entity.enrich().enrich(exchange.context(), state, command);
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      List<E> decided = entity.decider().decide(state, enriched, now);
      exchange.decided(now, decided);
      Map<String, String> stream = stream(entity.streamType(), entity.idOfCommand().apply(command));
      EventAppender.forContext(processing)
          .append(
              decided.stream()
                  .map(event -> new GenericEventMessage(typeOf(event.getClass()), event, stream))
                  .toList());
      return MessageStream.just(new GenericCommandResultMessage(typeOf(Boolean.class), true));
    } catch (RuntimeException e) {
      return MessageStream.failed(e);
    }
  }

  private static <T> T cast(Class<T> type, @Nullable Object payload) {
    return type.cast(requireNonNull(payload, "a message without a payload"));
  }
}
