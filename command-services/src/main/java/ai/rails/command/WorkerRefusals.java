package ai.rails.command;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.access.AccessEntity;
import ai.rails.command.worker.AccessLog;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.access.AccessCommand.NoteRefusal;
import ai.rails.platform.telemetry.Telemetry;

/// Makes an event of a worker that asked for what is not its own, in its own tenant's log.
final class WorkerRefusals implements AccessLog {
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);

  private final CommandBus bus;
  private final Supplier<UUID> ids;
  private final InstantSource clock;

  WorkerRefusals(CommandBus bus, Supplier<UUID> ids, InstantSource clock) {
    this.bus = bus;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public void refused(
      String tenant, String principal, String route, String resource, String code) {
    String id = ids.get().toString();
    bus.dispatch(
        new CommandContext(
            tenant,
            Header.TENANT_WORKSPACE,
            Optional.empty(),
            new Actor(Actor.Kind.WORKER, principal),
            id,
            id,
            Telemetry.current(),
            Optional.empty(),
            Optional.empty(),
            List.of()),
        AccessEntity.TYPE,
        new NoteRefusal(
            tenant,
            Header.TENANT_WORKSPACE + "/" + HOUR.format(clock.instant()),
            principal,
            route,
            resource,
            code));
  }
}
