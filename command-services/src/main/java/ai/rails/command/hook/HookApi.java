package ai.rails.command.hook;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.workflow.ActiveWorkflows;
import ai.rails.command.workflow.ActiveWorkflows.Active;
import ai.rails.domain.Actor;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Webhooks: signed over time and raw body, declared ids only, one run for each message.
///
/// An unknown tenant, an unknown instance and a wrong signature get the same 401. The message is
/// remembered in the transaction that starts its run.
public final class HookApi {
  static final String SIGNATURE = "X-AIRails-Signature";
  static final String TIMESTAMP = "X-AIRails-Timestamp";

  private final WebhookSecrets secrets;
  private final Database database;
  private final Artifacts artifacts;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  public HookApi(
      WebhookSecrets secrets,
      Database database,
      Artifacts artifacts,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.secrets = secrets;
    this.database = database;
    this.artifacts = artifacts;
    this.bus = bus;
    this.runs = runs;
    this.clock = clock;
    this.ids = ids;
  }

  /// Where a message goes.
  private record Target(Active active, Workflow workflow, Trigger trigger) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/hooks/{tenant}/{instance}/{trigger}",
            Label.STRONG,
            Access.open("the body is signed with the instance's secret"),
            this::receive));
  }

  private Answer receive(Request request) {
    String tenant = request.path("tenant");
    String instance = request.path("instance");
    verify(request, tenant, instance);
    request.requireType(Answer.JSON);
    JsonNode body = Json.tree(request.body());
    Target target = target(tenant, instance, request.path("trigger"), request.query("environment"));
    Webhook webhook = Webhook.of(body, target.workflow(), target.trigger(), message(request));
    String source = instance + "/" + target.trigger().id();
    Optional<Seen> before = seen(tenant, source, webhook.dedupeKey());
    return before.isPresent()
        ? repeated(before.get())
        : start(request, tenant, instance, target, webhook);
  }

  private void verify(Request request, String tenant, String instance) {
    boolean valid =
        Signatures.valid(
            secrets.of(tenant, instance),
            "%s.",
            "v1=",
            request.headers(SIGNATURE).stream()
                .flatMap(header -> List.of(header.split(",")).stream())
                .toList(),
            request.header(TIMESTAMP),
            request.body(),
            clock.instant());
    if (!valid) {
      throw new Problem(
          401,
          "SIGNATURE_INVALID",
          "the signature or its time is not valid; sign <time>.<raw body> with the secret");
    }
  }

  /// What was signed: sent again, it is the same message.
  private static byte[] message(Request request) {
    byte[] time = request.header(TIMESTAMP).orElse("").getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[time.length + request.body().length];
    System.arraycopy(time, 0, all, 0, time.length);
    System.arraycopy(request.body(), 0, all, time.length, request.body().length);
    return all;
  }

  private Target target(
      String tenant, String instance, String trigger, Optional<String> environment) {
    List<Target> found = new ArrayList<>();
    for (Active active :
        database.inTenant(tenant, connection -> ActiveWorkflows.all(connection, tenant))) {
      if (environment.isEmpty() || environment.get().equals(active.environment())) {
        Workflow workflow = artifacts.load(tenant, active.digest());
        workflow.triggers().stream()
            .filter(t -> t.kind() == Trigger.Kind.WEBHOOK && t.id().equals(trigger))
            .filter(t -> instance.equals(instanceOf(workflow, t)))
            .forEach(t -> found.add(new Target(active, workflow, t)));
      }
    }
    if (found.isEmpty()) {
      throw Problem.notFound(
          "an active workflow with trigger %s for this instance".formatted(Json.name(trigger)));
    }
    if (found.size() > 1) {
      throw new Problem(
          409,
          "AMBIGUOUS_TRIGGER",
          "several active workflows have this trigger; add ?environment= or rename one");
    }
    return found.getFirst();
  }

  /// A source is a connector's alias, or the name of an instance itself.
  private static String instanceOf(Workflow workflow, Trigger trigger) {
    ConnectorPin pin = workflow.connectors().get(trigger.source());
    return pin == null ? trigger.source() : pin.instance();
  }

  private Answer start(
      Request request, String tenant, String instance, Target target, Webhook webhook) {
    String run = ids.get().toString();
    Active active = target.active();
    String source = instance + "/" + target.trigger().id();
    CommandContext context =
        new CommandContext(
                tenant,
                active.workspace(),
                Optional.of(active.environment()),
                new Actor(Actor.Kind.SERVICE, instance),
                ids.get().toString(),
                run,
                Optional.of(request.traceparent()),
                Optional.of(run),
                Optional.of(active.workflow()),
                List.of())
            .with(connection -> remember(connection, tenant, source, webhook.dedupeKey(), run));
    try {
      Receipt receipt =
          bus.dispatch(context, runs, command(tenant, run, instance, target, webhook));
      return Answer.accepted("/v1/runs/" + run, Map.of("run", run, "position", receipt.position()));
    } catch (Repeated _) {
      return repeated(seen(tenant, source, webhook.dedupeKey()).orElseThrow());
    }
  }

  private static StartRun command(
      String tenant, String run, String instance, Target target, Webhook webhook) {
    Active active = target.active();
    return new StartRun(
        tenant,
        run,
        active.workflow(),
        target.workflow().version(),
        active.digest(),
        active.environment(),
        target.trigger().id(),
        webhook.dedupeKey(),
        instance,
        webhook.inputs(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private record Seen(String run, long position) {}

  private Optional<Seen> seen(String tenant, String source, String message) {
    return database.inTenant(
        tenant,
        connection ->
            Sql.one(
                connection,
                """
                SELECT s.run, coalesce(w.position, 0) FROM trigger_seen s
                  LEFT JOIN run_index r ON r.tenant = s.tenant AND r.run = s.run
                  LEFT JOIN workspace_head w ON w.tenant = r.tenant AND w.workspace = r.workspace
                 WHERE s.tenant = ? AND s.source = ? AND s.message_id = ?\
                """,
                row -> new Seen(row.getString(1), row.getLong(2)),
                tenant,
                source,
                message));
  }

  private static Answer repeated(Seen seen) {
    return Answer.ok(Map.of("run", seen.run(), "position", seen.position(), "repeated", true))
        .header("Location", "/v1/runs/" + seen.run());
  }

  private static void remember(
      Connection connection, String tenant, String source, String message, String run)
      throws SQLException {
    int rows =
        Sql.execute(
            connection,
            """
            INSERT INTO trigger_seen (tenant, source, message_id, run) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING\
            """,
            tenant,
            source,
            message,
            run);
    if (rows == 0) {
      throw new Repeated();
    }
  }

  /// The same message has just started its run.
  private static final class Repeated extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
