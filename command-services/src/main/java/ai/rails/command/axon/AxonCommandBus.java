package ai.rails.command.axon;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.messaging.commandhandling.CommandMessage;
import org.axonframework.messaging.commandhandling.GenericCommandMessage;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.EventRows;
import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.domain.Decider;
import ai.rails.domain.Event;
import ai.rails.domain.Refused;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;
import ai.rails.schema.StepCommandCodec;

/// The engine of the [CommandBus]: Axon over the store in PostgreSQL. Thread-safe.
public final class AxonCommandBus implements CommandBus.Engine, AutoCloseable {
  private final Database database;
  private final StoredEvents stored;
  private final Set<String> beforeActive;
  private final AxonConfiguration axon;
  private final org.axonframework.messaging.commandhandling.CommandBus commands;

  private AxonCommandBus(
      Database database, StoredEvents stored, Set<String> beforeActive, AxonConfiguration axon) {
    this.database = database;
    this.stored = stored;
    this.beforeActive = beforeActive;
    this.axon = axon;
    this.commands = axon.getComponent(org.axonframework.messaging.commandhandling.CommandBus.class);
  }

  /// Starts Axon.
  ///
  /// @param rows stream type to the rows that follow from its events
  /// @param beforeActive stream types that exist before their tenant is active
  /// @param ids gives UUIDs of version 7
  public static AxonCommandBus start(
      Database database,
      List<Entity<?, ?, ?>> entities,
      Map<String, List<EventRows>> rows,
      Set<String> beforeActive,
      InstantSource clock,
      Supplier<UUID> ids) {
    var events = new EventCodec();
    var stored = new StoredEvents(events);
    var engine =
        new PostgresEventStorageEngine(
            database, stored, new Append(events, new StepCommandCodec()), rows, beforeActive, ids);
    AxonConfiguration axon =
        EntityModules.configurer(entities, clock).registerEventStorageEngine(_ -> engine).start();
    return new AxonCommandBus(database, stored, Set.copyOf(beforeActive), axon);
  }

  /// Axon's own bus, which refuses what did not come through [#handle].
  org.axonframework.messaging.commandhandling.CommandBus commands() {
    return commands;
  }

  @Override
  public <C, S, E extends Event> Receipt handle(
      CommandContext context, Entity<C, S, E> entity, C command) {
    var exchange = new Exchange(context);
    CommandMessage message =
        new GenericCommandMessage(EntityModules.typeOf(command.getClass()), command);
    ScopedValue.where(Exchange.CURRENT, exchange).run(() -> join(message));
    if (exchange.decided().isEmpty()) {
      return new Receipt(writeParts(context, entity.streamType()), List.of());
    }
    return new Receipt(exchange.position(), exchange.decided());
  }

  @Override
  public <S> S load(String tenant, Entity<?, S, ?> entity, String id) {
    return fold(tenant, entity, id);
  }

  @Override
  public List<Recorded> history(String tenant, String streamType, String id) {
    return database.inTenant(tenant, c -> stored.read(c, tenant, streamType, id));
  }

  private <C, S, E extends Event> S fold(String tenant, Entity<C, S, E> entity, String id) {
    Decider<C, S, E> rules = entity.decider();
    S state = rules.initial();
    for (Recorded recorded : history(tenant, entity.streamType(), id)) {
      state = rules.evolve(state, entity.events().cast(recorded.event()));
    }
    return state;
  }

  /// A command that had happened already still writes its parts, for example the answer under its
  /// idempotency key.
  private long writeParts(CommandContext context, String streamType) {
    return database.inTenant(
        context.tenant(),
        c -> {
          for (TransactionPart part : context.parts()) {
            part.write(c);
          }
          return Workspaces.position(
              c, beforeActive.contains(streamType), context.tenant(), context.workspace());
        });
  }

  private void join(CommandMessage message) {
    try {
      commands.dispatch(message, null).join();
    } catch (CompletionException e) {
      throw unwrap(e);
    }
  }

  /// What was thrown in the command, without Axon's and the future's wrapping.
  private static RuntimeException unwrap(CompletionException wrapped) {
    for (Throwable cause = wrapped; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case AppendEventsTransactionRejectedException _ -> {
          return new CommandBus.Conflict(cause);
        }
        case Refused refused -> {
          return refused;
        }
        case CompletionException _ -> {}
        case RuntimeException other -> {
          return other;
        }
        default -> throw new IllegalStateException("a command ended in an error", cause);
      }
    }
    return wrapped;
  }

  @Override
  public void close() {
    axon.shutdown();
  }
}
