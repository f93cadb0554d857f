package ai.rails.command.key;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Limits;
import ai.rails.domain.worker.Worker;
import ai.rails.domain.worker.WorkerCommand.TerminateWorker;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Ending workers, and revoking those that are not trusted any more.
///
/// A worker that is to end takes no new step, finishes what it has begun within a minute, and is
/// gone. A revoked one is gone at once: its keys count no more, its leases end, and what it still
/// sends is refused. Neither comes back; what it proved stays in the log.
public final class WorkerLifeApi {
  private static final Pattern REASON = Pattern.compile("[A-Z][A-Z0-9_]{0,47}");
  private static final String REVOKED = "REVOKED";

  private final Writes writes;
  private final Database database;
  private final WorkerLife life;

  public WorkerLifeApi(Writes writes, Database database, WorkerLife life) {
    this.writes = writes;
    this.database = database;
    this.life = life;
  }

  /// `POST /v1/workers/{worker}/revoke` and `/end`.
  ///
  /// @param reason a code, not a text: it stays in the clear for ever
  public record Ending(Optional<String> reason) {}

  public List<Route> routes() {
    Access operators = Access.roles(Role.OPERATOR, Role.ADMIN);
    return List.of(
        new Route("POST", "/v1/workers/{worker}/revoke", Label.STRONG, operators, this::revoke),
        new Route("POST", "/v1/workers/{worker}/end", Label.STRONG, operators, this::end));
  }

  private Answer revoke(Request request) {
    String worker = Limits.requireId("worker", request.path("worker"));
    String reason = reason(request).map(code -> REVOKED + "_" + code).orElse(REVOKED);
    return terminate(request, worker, reason);
  }

  /// With nothing in hand it is gone at once; otherwise the clock ends it.
  private Answer end(Request request) {
    String tenant = request.principal().tenant();
    String worker = Limits.requireId("worker", request.path("worker"));
    String reason = reason(request).orElse("ENDED");
    String workspace = life.workspace(tenant, worker);
    boolean drains =
        !life.state(tenant, worker).terminated()
            && database.inTenant(
                tenant,
                connection ->
                    ReleaseRows.drain(connection, tenant, worker, reason, WorkerLife.PATIENCE));
    return drains
        ? Answer.json(
            202,
            Map.of("worker", worker, "reason", reason, "position", position(tenant, workspace)))
        : terminate(request, worker, reason);
  }

  private long position(String tenant, String workspace) {
    return database.inTenant(
        tenant,
        connection -> ai.rails.command.http.Workspaces.position(connection, tenant, workspace));
  }

  private Answer terminate(Request request, String worker, String reason) {
    String tenant = request.principal().tenant();
    String workspace = life.workspace(tenant, worker);
    Worker known = life.state(tenant, worker);
    CommandContext asked = writes.context(request, workspace);
    CommandContext context =
        new CommandContext(
                asked.tenant(),
                asked.workspace(),
                known.registered().map(WorkerRegistered::environmentId),
                asked.actor(),
                asked.commandId(),
                asked.correlationId(),
                asked.traceparent(),
                asked.run(),
                known.registered().map(WorkerRegistered::workflowId),
                asked.parts())
            .with(connection -> WorkerLife.end(connection, tenant, worker));
    return writes.once(
        request,
        context,
        Draft.ok(Map.of("worker", worker, "reason", reason)),
        WorkerEntity.TYPE,
        new TerminateWorker(tenant, worker, reason));
  }

  private static Optional<String> reason(Request request) {
    Optional<String> reason = request.json(Ending.class).reason();
    if (reason.filter(code -> !REASON.matcher(code).matches()).isPresent()) {
      throw Problem.invalid("reason must be a code such as COMPROMISED");
    }
    return reason;
  }
}
