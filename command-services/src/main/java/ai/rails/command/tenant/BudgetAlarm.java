package ai.rails.command.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.budget.Standing;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.budget.BudgetCommand.NoteExhausted;
import ai.rails.platform.telemetry.Telemetry;

/// Makes an event of a budget that covers something no longer, once for each window.
///
/// On a thread of its own: budgets are asked within commands, which hold a lock and a connection.
/// Thread-safe.
public final class BudgetAlarm implements BudgetCounters.Alarm {
  private static final Logger LOG = LoggerFactory.getLogger(BudgetAlarm.class);
  private static final int REMEMBERED = 10_000;

  private final Set<NoteExhausted> told = ConcurrentHashMap.newKeySet();
  private final Supplier<CommandBus> bus;
  private final Supplier<UUID> ids;

  /// @param bus asked for at each alarm: it is made after the budgets
  public BudgetAlarm(Supplier<CommandBus> bus, Supplier<UUID> ids) {
    this.bus = bus;
    this.ids = ids;
  }

  @Override
  public void exhausted(String tenant, Standing standing, Instant at) {
    var command =
        new NoteExhausted(
            tenant,
            standing.scope(),
            standing.period(),
            standing.unit(),
            standing.period().window(at),
            standing.limit());
    if (told.size() > REMEMBERED) {
      told.clear();
    }
    if (told.add(command)) {
      var _ = Thread.startVirtualThread(() -> tell(command));
    }
  }

  private void tell(NoteExhausted command) {
    try {
      bus.get().dispatch(context(command), BudgetEntity.TYPE, command);
    } catch (RuntimeException e) {
      told.remove(command);
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("tenant", command.tenant())
          .addKeyValue("budget", command.budget())
          .log("an exhausted budget could not be noted");
    }
  }

  private CommandContext context(NoteExhausted command) {
    String id = ids.get().toString();
    String workspace = command.scope().workspace();
    return new CommandContext(
        command.tenant(),
        workspace.isEmpty() ? Header.TENANT_WORKSPACE : workspace,
        Optional.empty(),
        new Actor(Actor.Kind.SERVICE, "budgets"),
        id,
        id,
        Telemetry.current(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
