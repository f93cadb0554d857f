package ai.rails.command.axon;

import java.time.Instant;
import java.util.List;

import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.jspecify.annotations.Nullable;

import ai.rails.command.CommandContext;
import ai.rails.domain.Event;

/// One command on its way through Axon: what it came with and what became of it.
///
/// Axon handles a command on the thread that dispatches it, so the exchange travels there as a
/// scoped value, and from the handler on as a resource of the processing context. Owned by that
/// thread.
final class Exchange {
  static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

  private static final Context.ResourceKey<Exchange> KEY =
      Context.ResourceKey.withLabel("ai.rails.exchange");

  private final CommandContext context;
  private Instant now = Instant.EPOCH;
  private List<Event> decided = List.of();
  private long position;

  Exchange(CommandContext context) {
    this.context = context;
  }

  /// Makes the dispatching thread's exchange known to the store.
  ///
  /// @throws IllegalStateException if a command came past the [AxonCommandBus]
  static void enter(ProcessingContext processing) {
    if (!CURRENT.isBound()) {
      throw new IllegalStateException("a command without a tenant; dispatch it by the CommandBus");
    }
    processing.putResource(KEY, CURRENT.get());
  }

  /// @throws IllegalStateException if there is none, and so no tenant to read or write for
  static Exchange of(@Nullable ProcessingContext processing) {
    Exchange exchange = processing == null ? null : processing.getResource(KEY);
    if (exchange == null) {
      throw new IllegalStateException("no tenant: events are read and written for a command only");
    }
    return exchange;
  }

  void decided(Instant at, List<? extends Event> events) {
    now = at;
    decided = List.copyOf(events);
  }

  void appended(long lastPosition) {
    position = lastPosition;
  }

  CommandContext context() {
    return context;
  }

  Instant now() {
    return now;
  }

  List<Event> decided() {
    return decided;
  }

  long position() {
    return position;
  }
}
