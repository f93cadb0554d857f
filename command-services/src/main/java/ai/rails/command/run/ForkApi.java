package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Actor;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.SealedRef;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunCommand.StepResult;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Starts a new run of the same version with the same inputs, from the beginning or from a step.
///
/// Content inputs are sealed to the release and are copied. Outputs of kept steps stay where they
/// are, sealed under the key of the run that made them: erasing that run erases them here too.
public final class ForkApi {
  private static final String COPY =
      """
      INSERT INTO sealed_content (tenant, run, ref, ciphertext)
      SELECT tenant, ?, ref, ciphertext FROM sealed_content
       WHERE tenant = ? AND run = ? AND ref = ?\
      """;

  private static final String READABLE =
      """
      SELECT 1 FROM sealed_content c JOIN run_key k ON k.tenant = c.tenant AND k.run = c.run
       WHERE c.tenant = ? AND c.run = ? AND c.ref = ?\
      """;

  private final Writes writes;
  private final Database database;
  private final Artifacts artifacts;
  private final Entity<RunCommand, Run, RunEvent> runs;

  public ForkApi(
      Writes writes,
      Database database,
      Artifacts artifacts,
      Entity<RunCommand, Run, RunEvent> runs) {
    this.writes = writes;
    this.database = database;
    this.artifacts = artifacts;
    this.runs = runs;
  }

  /// `POST /v1/runs/{run}/fork`.
  ///
  /// @param step first step that is done again; without it all are
  public record Fork(Optional<String> step) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST", "/v1/runs/{run}/fork", Label.STRONG, Access.roles(Role.OPERATOR), this::fork));
  }

  private Answer fork(Request request) {
    String tenant = request.principal().tenant();
    String origin = Limits.requireId("run", request.path("run"));
    Optional<String> step = request.json(Fork.class).step();
    RunPlace place =
        database
            .inTenant(tenant, connection -> RunPlace.find(connection, tenant, origin))
            .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + origin));
    Run run = writes.bus().load(tenant, runs, origin);
    RunTriggered trigger = run.trigger().orElseThrow();
    Workflow workflow = artifacts.load(tenant, place.artifactDigest());
    Map<String, StepResult> kept =
        step.map(from -> kept(workflow, run, origin, from)).orElse(Map.of());
    String forked = writes.newId();
    CommandContext context =
        new RunPlace(
                tenant,
                forked,
                place.workspace(),
                place.environment(),
                place.workflow(),
                place.artifactDigest())
            .context(
                new Actor(Actor.Kind.USER, request.principal().subject()),
                writes.newId(),
                Optional.of(request.traceparent()))
            .with(connection -> {
              RunPlace.requireKept(connection, tenant, origin);
              copy(connection, tenant, trigger, forked);
              requireReadable(connection, tenant, kept);
            });
    return writes.once(
        request,
        context,
        Draft.accepted("/v1/runs/" + forked, Map.of("run", forked, "forkOf", origin)),
        runs,
        new StartRun(
            tenant,
            forked,
            trigger.workflow(),
            trigger.version(),
            trigger.artifactDigest(),
            trigger.environment(),
            trigger.trigger(),
            "",
            request.principal().subject(),
            trigger.inputs(),
            trigger.sealedInputs(),
            Optional.of(origin),
            step,
            kept));
  }

  private static void copy(
      Connection connection, String tenant, RunTriggered trigger, String forked)
      throws SQLException {
    for (SealedRef input : trigger.sealedInputs()) {
      Sql.execute(connection, COPY, forked, tenant, trigger.run(), input.ref());
    }
  }

  /// What completed steps gave that do not follow from `from`.
  private static Map<String, StepResult> kept(
      Workflow workflow, Run run, String origin, String from) {
    if (workflow.step(from).isEmpty()) {
      throw new Refused(Code.INVALID, "workflow %s has no step %s".formatted(workflow.id(), from));
    }
    Set<String> again = new HashSet<>(Set.of(from));
    Map<String, StepResult> kept = new HashMap<>();
    for (Step step : workflow.steps()) {
      if (step.needs().stream().anyMatch(again::contains)) {
        again.add(step.id());
      }
      Optional<StepState> done =
          run.step(step.id()).filter(state -> state.status() == StepStatus.COMPLETED);
      if (!again.contains(step.id()) && done.isPresent()) {
        kept.put(step.id(), result(origin, done.get()));
      }
    }
    return kept;
  }

  /// A fork of a fork names the run that sealed the output, however far back.
  private static StepResult result(String origin, StepState done) {
    return new StepResult(
        done.disclosed(), done.output(), done.output().map(_ -> done.contentRun().orElse(origin)));
  }

  private static void requireReadable(
      Connection connection, String tenant, Map<String, StepResult> kept) throws SQLException {
    for (Map.Entry<String, StepResult> step : kept.entrySet()) {
      Optional<SealedRef> output = step.getValue().output();
      if (output.isPresent()
          && Sql.one(
                  connection,
                  READABLE,
                  row -> row.getInt(1),
                  tenant,
                  step.getValue().contentRun(),
                  output.get().ref())
              .isEmpty()) {
        throw new Refused(
            Code.INVALID,
            "the output of step %s was erased and can not be kept; fork from it or before"
                .formatted(step.getKey()));
      }
    }
  }
}
