package ai.rails.command.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.workflow.ActiveWorkflows;
import ai.rails.command.workflow.ActiveWorkflows.Active;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.domain.Actor;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Resolution;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.CancelRun;
import ai.rails.domain.run.RunCommand.ResolveCall;
import ai.rails.domain.run.RunCommand.RetryRun;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Starting runs, and what people may ask of them.
public final class RunApi {
  private static final Pattern REASON = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  private final Writes writes;
  private final Database database;
  private final StoredArtifacts artifacts;
  private final Entity<RunCommand, Run, RunEvent> runs;

  public RunApi(
      Writes writes,
      Database database,
      StoredArtifacts artifacts,
      Entity<RunCommand, Run, RunEvent> runs) {
    this.writes = writes;
    this.database = database;
    this.artifacts = artifacts;
    this.runs = runs;
  }

  /// `POST /v1/runs`.
  ///
  /// @param trigger of kind `API` or `MANUAL`; may be left out if there is only one
  /// @param inputs disclosed inputs as JSON scalars
  /// @param sealedInputs content inputs, HPKE to the version's ingest key, base64
  public record NewRun(
      String workflow,
      String environment,
      Optional<String> trigger,
      Map<String, JsonNode> inputs,
      Optional<Map<String, String>> sealedInputs) {}

  /// `POST /v1/runs/{run}/cancel`.
  ///
  /// @param reason a code, not a text: it stays in the clear for ever
  public record Cancel(Optional<String> reason) {}

  /// `POST /v1/runs/{run}/retry`.
  public record Retry(Optional<String> step) {}

  /// `POST /v1/runs/{run}/calls/{call}/resolve`.
  public record Resolve(Resolution resolution) {}

  public List<Route> routes() {
    Access operators = Access.roles(Role.OPERATOR);
    return List.of(
        new Route(
            "POST",
            "/v1/runs",
            Label.STRONG,
            Access.roles(Role.OPERATOR, Role.BUILDER, Role.SERVICE),
            this::start),
        new Route("POST", "/v1/runs/{run}/cancel", Label.STRONG, operators, this::cancel),
        new Route("POST", "/v1/runs/{run}/retry", Label.STRONG, operators, this::retry),
        new Route(
            "POST", "/v1/runs/{run}/calls/{call}/resolve", Label.STRONG, operators, this::resolve));
  }

  private Answer start(Request request) {
    NewRun asked = request.json(NewRun.class);
    Principal principal = request.principal();
    String tenant = principal.tenant();
    String environment = ActiveWorkflows.requireEnvironment(asked.environment());
    Limits.requireId("workflow", asked.workflow());
    Active active =
        database.inTenant(
            tenant,
            connection -> ActiveWorkflows.find(connection, tenant, asked.workflow(), environment));
    Workflow workflow = artifacts.load(tenant, active.digest());
    RunInputs inputs =
        RunInputs.of(
            workflow,
            asked.inputs(),
            asked.sealedInputs().orElse(Map.of()),
            artifacts.stored(tenant, active.digest()).ingestPublic());
    String run = writes.newId();
    RunPlace place =
        new RunPlace(
            tenant,
            run,
            active.workspace(),
            active.environment(),
            active.workflow(),
            active.digest());
    CommandContext context =
        context(request, place).with(connection -> inputs.store(connection, tenant, run));
    return writes.once(
        request,
        context,
        Draft.accepted("/v1/runs/" + run, Map.of("run", run)),
        runs,
        new StartRun(
            tenant,
            run,
            active.workflow(),
            workflow.version(),
            active.digest(),
            active.environment(),
            trigger(workflow, asked.trigger()),
            "",
            principal.subject(),
            inputs.disclosed(),
            inputs.refs(),
            Optional.empty(),
            Optional.empty(),
            Map.of()));
  }

  private Answer cancel(Request request) {
    String reason = request.json(Cancel.class).reason().orElse("OPERATOR");
    if (!REASON.matcher(reason).matches()) {
      throw Problem.invalid("reason is a code of capitals, digits and _, for example DUPLICATE");
    }
    RunPlace place = place(request);
    return give(
        request,
        place,
        new CancelRun(place.tenant(), place.run(), request.principal().subject(), reason));
  }

  private Answer retry(Request request) {
    Optional<String> step = request.json(Retry.class).step();
    step.ifPresent(id -> Limits.requireId("step", id));
    RunPlace place = kept(request);
    return give(
        request,
        place,
        new RetryRun(place.tenant(), place.run(), step, request.principal().subject()));
  }

  private Answer resolve(Request request) {
    Resolution resolution = request.json(Resolve.class).resolution();
    String call = Limits.requireId("call", request.path("call"));
    RunPlace place = place(request);
    return give(
        request,
        place,
        new ResolveCall(
            place.tenant(), place.run(), call, resolution, request.principal().subject()));
  }

  private Answer give(Request request, RunPlace place, RunCommand command) {
    return writes.once(
        request,
        context(request, place),
        Draft.accepted("/v1/runs/" + place.run(), Map.of("run", place.run())),
        runs,
        command);
  }

  private RunPlace place(Request request) {
    String run = Limits.requireId("run", request.path("run"));
    return database
        .inTenant(
            request.principal().tenant(),
            connection -> RunPlace.find(connection, request.principal().tenant(), run))
        .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + run));
  }

  private RunPlace kept(Request request) {
    RunPlace place = place(request);
    requireKept(database, place);
    return place;
  }

  /// Says that a run was erased, rather than only that it is over.
  static void requireKept(Database database, RunPlace place) {
    RunPlace _ =
        database.inTenant(
            place.tenant(),
            connection -> {
              RunPlace.requireKept(connection, place.tenant(), place.run());
              return place;
            });
  }

  private CommandContext context(Request request, RunPlace place) {
    Actor.Kind kind = request.principal().is(Role.SERVICE) ? Actor.Kind.SERVICE : Actor.Kind.USER;
    return place.context(
        new Actor(kind, request.principal().subject()),
        writes.newId(),
        Optional.of(request.traceparent()));
  }

  private static String trigger(Workflow workflow, Optional<String> asked) {
    List<String> triggers =
        workflow.triggers().stream()
            .filter(t -> t.kind() == Trigger.Kind.API || t.kind() == Trigger.Kind.MANUAL)
            .map(Trigger::id)
            .filter(id -> asked.isEmpty() || asked.get().equals(id))
            .toList();
    if (triggers.isEmpty()) {
      throw Problem.invalid(
          "workflow %s has no such trigger of kind API or MANUAL".formatted(workflow.id()));
    }
    if (triggers.size() > 1) {
      throw Problem.invalid("name the trigger: one of " + triggers);
    }
    return triggers.getFirst();
  }
}
