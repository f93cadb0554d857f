package ai.rails.command.gate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.TransactionPart;
import ai.rails.command.run.RunPlace;
import ai.rails.command.tenant.PeopleApi;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Where decisions about gates come in, whatever the channel. Thread-safe.
public final class Gates {
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final Database database;
  private final Supplier<UUID> ids;

  public Gates(
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      Database database,
      Supplier<UUID> ids) {
    this.bus = bus;
    this.runs = runs;
    this.database = database;
    this.ids = ids;
  }

  public CommandBus bus() {
    return bus;
  }

  public Entity<RunCommand, Run, RunEvent> runs() {
    return runs;
  }

  /// The context of a person's decision about a run.
  ///
  /// @throws Refused with NOT_FOUND, also for another tenant's run
  public CommandContext context(
      String tenant, String run, String person, String traceparent, List<TransactionPart> parts) {
    RunPlace place =
        database
            .inTenant(tenant, connection -> RunPlace.find(connection, tenant, run))
            .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + run));
    CommandContext context =
        place.context(
            new Actor(Actor.Kind.USER, person), ids.get().toString(), Optional.of(traceparent));
    for (TransactionPart part : parts) {
      context = context.with(part);
    }
    return context;
  }

  /// What kind of call a gate is about: its workflow and step.
  ///
  /// @throws Refused with NOT_FOUND, also for another tenant's run
  String kind(String tenant, String run, String gate) {
    RunPlace place =
        database
            .inTenant(tenant, connection -> RunPlace.find(connection, tenant, run))
            .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + run));
    String step =
        bus.load(tenant, runs, run)
            .gate(gate)
            .map(state -> state.request().forStep())
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "run %s has no gate %s".formatted(run, gate)));
    return place.workflow() + "/" + step;
  }

  /// Whether a person's approval of exactly this call counts.
  boolean stands(String tenant, String run, String gate, String callDigest, String person) {
    return bus.load(tenant, runs, run)
        .gate(gate)
        .filter(state -> state.request().callDigest().equals(callDigest))
        .filter(state -> state.approvals().containsKey(person))
        .isPresent();
  }

  /// The key to which comments on a run's gates are sealed: that of its workflow version.
  ///
  /// @throws Refused with NOT_FOUND, also for another tenant's run
  public byte[] ingestPublic(String tenant, String run) {
    return database
        .<Optional<byte[]>>inTenant(
            tenant,
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT a.ingest_public FROM run_index r
                      JOIN workflow_artifact a ON a.tenant = r.tenant AND a.digest = r.artifact_digest
                     WHERE r.tenant = ? AND r.run = ?\
                    """,
                    row -> row.getBytes(1),
                    tenant,
                    run))
        .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + run));
  }

  /// A person's roles as the tenant has them, and those of a token.
  public List<String> roles(String tenant, String person, Set<String> ofToken) {
    Set<String> roles = new TreeSet<>(ofToken);
    roles.addAll(
        database.<Set<String>>inTenant(
            tenant, connection -> PeopleApi.rolesOf(connection, tenant, person)));
    return List.copyOf(roles);
  }
}
