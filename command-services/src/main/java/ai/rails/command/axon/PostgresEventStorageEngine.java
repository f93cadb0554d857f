package ai.rails.command.axon;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriterion;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.axonframework.messaging.eventstreaming.Tag;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import ai.rails.command.CommandContext;
import ai.rails.command.EventRows;
import ai.rails.command.StepCommands;
import ai.rails.command.TransactionPart;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.Recorded;

/// Axon's event store on one append-only table, one tag being one stream.
///
/// In Axon's prepare-commit phase one transaction takes the command's parts, the rows that follow
/// from its events, and last the append; the commit phase commits it. The engine owns that
/// transaction: no other one may be registered with Axon. Reading on (`stream` and the tokens) is
/// the relay's work, not Axon's. Thread-safe.
final class PostgresEventStorageEngine implements EventStorageEngine {
  private static final String UNIQUE_VIOLATION = "23505";
  private static final Set<String> LOST_RACES = Set.of("40001", "40P01");

  private final Database database;
  private final StoredEvents stored;
  private final Append append;
  private final Map<String, List<EventRows>> rows;
  private final Set<String> beforeActive;
  private final Supplier<UUID> ids;

  /// @param rows stream type to the rows that follow from its events
  /// @param beforeActive stream types that exist before their tenant is active
  /// @param ids gives UUIDs of version 7
  PostgresEventStorageEngine(
      Database database,
      StoredEvents stored,
      Append append,
      Map<String, List<EventRows>> rows,
      Set<String> beforeActive,
      Supplier<UUID> ids) {
    this.database = database;
    this.stored = stored;
    this.append = append;
    this.rows = Map.copyOf(rows);
    this.beforeActive = Set.copyOf(beforeActive);
    this.ids = ids;
  }

  @Override
  public MessageStream<EventMessage> source(
      SourcingCondition condition, @Nullable ProcessingContext processing) {
    String tenant = Exchange.of(processing).context().tenant();
    Tag stream = onlyTag(condition);
    List<Recorded> events =
        database.inTenant(tenant, c -> stored.read(c, tenant, stream.key(), stream.value()));
    var marker = new StreamMarker(stream.key(), stream.value(), events.size() - 1L);
    MessageStream<EventMessage> end =
        MessageStream.<EventMessage>just(
            TerminalEventMessage.INSTANCE,
            _ -> ConsistencyMarker.addToContext(Context.empty(), marker));
    return MessageStream.<EventMessage>fromIterable(
            events.stream().map(PostgresEventStorageEngine::message).toList())
        .concatWith(end);
  }

  @Override
  public CompletableFuture<AppendTransaction<?>> appendEvents(
      AppendCondition condition,
      @Nullable ProcessingContext processing,
      List<TaggedEventMessage<?>> messages) {
    Exchange exchange = Exchange.of(processing);
    if (!(condition.consistencyMarker() instanceof StreamMarker marker)) {
      throw new IllegalStateException("events are appended to a stream that was sourced only");
    }
    Connection connection = null;
    try {
      connection = database.connection();
      Database.enter(connection, exchange.context().tenant());
      List<Recorded> recorded = record(exchange, marker, messages);
      exchange.appended(write(connection, exchange.context(), marker, recorded));
      return CompletableFuture.completedFuture(
          new Transaction(connection, marker.after(recorded.size())));
    } catch (SQLException e) {
      close(connection, e);
      return CompletableFuture.failedFuture(translate(e, marker));
    } catch (Throwable e) {
      close(connection, e);
      throw e;
    }
  }

  private long write(
      Connection connection, CommandContext context, StreamMarker marker, List<Recorded> recorded)
      throws SQLException {
    for (TransactionPart part : context.parts()) {
      part.write(connection);
    }
    var out = new StepCommands();
    for (EventRows follow : rows.getOrDefault(marker.type(), List.of())) {
      follow.write(connection, context, recorded, out);
    }
    return append.append(connection, beforeActive.contains(marker.type()), recorded, out);
  }

  private List<Recorded> record(
      Exchange exchange, StreamMarker marker, List<TaggedEventMessage<?>> messages) {
    List<Recorded> recorded = new ArrayList<>();
    for (TaggedEventMessage<?> message : messages) {
      if (!message.tags().equals(Set.of(new Tag(marker.type(), marker.id())))) {
        throw new IllegalStateException("an event of another stream: " + message.tags());
      }
      if (!(message.event().payload() instanceof Event event)) {
        throw new IllegalStateException("not an event: " + message.event().type());
      }
      long seq = marker.lastSeq() + 1 + recorded.size();
      recorded.add(new Recorded(header(exchange, marker, seq), event));
    }
    return recorded;
  }

  private Header header(Exchange exchange, StreamMarker marker, long seq) {
    CommandContext context = exchange.context();
    return new Header(
        ids.get().toString(),
        context.tenant(),
        context.workspace(),
        context.environment(),
        marker.type(),
        marker.id(),
        seq,
        context.actor(),
        context.commandId(),
        context.correlationId(),
        context.traceparent(),
        exchange.now(),
        context.run(),
        context.workflow());
  }

  /// A row with the same seq means that another command was faster. Any other violation is a fault
  /// of a transaction part.
  private static Throwable translate(SQLException e, StreamMarker marker) {
    if (LOST_RACES.contains(e.getSQLState()) || violatesStream(e)) {
      var conflict = AppendEventsTransactionRejectedException.conflictingEventsDetected(marker);
      conflict.addSuppressed(e);
      return conflict;
    }
    return Database.unavailable(e);
  }

  private static boolean violatesStream(SQLException e) {
    ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    return UNIQUE_VIOLATION.equals(e.getSQLState())
        && server != null
        && "event_stream".equals(server.getConstraint());
  }

  private static EventMessage message(Recorded recorded) {
    return new GenericEventMessage(
        recorded.header().eventId(),
        EntityModules.typeOf(recorded.event().getClass()),
        recorded.event(),
        Map.of(),
        recorded.header().occurredAt());
  }

  private static Tag onlyTag(SourcingCondition condition) {
    Set<EventCriterion> criteria = condition.criteria().flatten();
    if (criteria.size() != 1 || criteria.iterator().next().tags().size() != 1) {
      throw new IllegalStateException("a command sources exactly one stream, not " + criteria);
    }
    return criteria.iterator().next().tags().iterator().next();
  }

  /// Gives a connection back; the pool rolls back what is open.
  private static void close(@Nullable Connection connection, Throwable cause) {
    if (connection != null) {
      try (connection) {
        connection.rollback();
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
  }

  @Override
  public MessageStream<EventMessage> stream(
      StreamingCondition condition, @Nullable ProcessingContext processing) {
    throw readElsewhere();
  }

  @Override
  public CompletableFuture<TrackingToken> firstToken(@Nullable ProcessingContext processing) {
    throw readElsewhere();
  }

  @Override
  public CompletableFuture<TrackingToken> latestToken(@Nullable ProcessingContext processing) {
    throw readElsewhere();
  }

  @Override
  public CompletableFuture<TrackingToken> tokenAt(
      Instant at, @Nullable ProcessingContext processing) {
    throw readElsewhere();
  }

  private static UnsupportedOperationException readElsewhere() {
    return new UnsupportedOperationException(
        "events leave the store through the relay; consume the tenant's topic instead");
  }

  @Override
  public void describeTo(ComponentDescriptor descriptor) {
    descriptor.describeProperty("streamTypesWithRows", rows.keySet());
  }

  /// The open transaction of one command; ended once.
  private static final class Transaction implements AppendTransaction<ConsistencyMarker> {
    private final Connection connection;
    private final StreamMarker marker;
    private boolean ended;

    Transaction(Connection connection, StreamMarker marker) {
      this.connection = connection;
      this.marker = marker;
    }

    @Override
    public CompletableFuture<ConsistencyMarker> commit(@Nullable ProcessingContext processing) {
      ended = true;
      try (connection) {
        connection.commit();
        return CompletableFuture.completedFuture(marker);
      } catch (SQLException e) {
        return CompletableFuture.failedFuture(translate(e, marker));
      }
    }

    @Override
    public void rollback(@Nullable ProcessingContext processing) {
      if (!ended) {
        ended = true;
        close(connection, new IllegalStateException("rolled back"));
      }
    }

    @Override
    public CompletableFuture<ConsistencyMarker> afterCommit(
        ConsistencyMarker committed, @Nullable ProcessingContext processing) {
      return CompletableFuture.completedFuture(committed);
    }
  }
}
