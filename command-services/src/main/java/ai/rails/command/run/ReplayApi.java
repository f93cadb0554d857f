package ai.rails.command.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Actor;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.RetryRun;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Sends dead-lettered steps on, one run or all that a filter finds; first as a count.
///
/// Every run is its own command: what is refused (an ambiguous call needs a person) is counted and
/// does not keep the others.
public final class ReplayApi {
  private static final int MAX_RUNS = 200;
  private static final String DEAD =
      """
      SELECT DISTINCT e.stream_id FROM event e
        JOIN run_index r ON r.tenant = e.tenant AND r.run = e.stream_id
       WHERE e.tenant = ? AND e.workspace = ? AND e.stream_type = 'Run'
         AND e.event_type = 'STEP_FAILED'
         AND (?::text IS NULL OR r.workflow = ?) AND (?::text IS NULL OR r.environment = ?)
         AND NOT EXISTS (
           SELECT 1 FROM event x
            WHERE x.tenant = e.tenant AND x.stream_type = 'Run' AND x.stream_id = e.stream_id
              AND x.event_type IN ('WORKFLOW_COMPLETED', 'WORKFLOW_FAILED', 'RUN_CANCELLED'))
       ORDER BY e.stream_id LIMIT ?\
      """;

  private final Writes writes;
  private final Database database;
  private final Entity<RunCommand, Run, RunEvent> runs;

  public ReplayApi(Writes writes, Database database, Entity<RunCommand, Run, RunEvent> runs) {
    this.writes = writes;
    this.database = database;
    this.runs = runs;
  }

  /// `POST /v1/dlq/replays`: either `run`, or `workspace` with further conditions.
  public record Replay(
      Optional<String> run,
      Optional<String> step,
      Optional<String> workspace,
      Optional<String> workflow,
      Optional<String> environment,
      boolean dryRun) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST", "/v1/dlq/replays", Label.STRONG, Access.roles(Role.OPERATOR), this::replay));
  }

  private Answer replay(Request request) {
    Replay asked = request.json(Replay.class);
    if (asked.run().isPresent() == asked.workspace().isPresent()) {
      throw Problem.invalid("give either run, or workspace with workflow and environment if any");
    }
    String tenant = request.principal().tenant();
    List<String> dead =
        candidates(tenant, asked).stream()
            .filter(run -> isDead(tenant, run, asked.step()))
            .toList();
    if (asked.dryRun()) {
      return Answer.ok(Map.of("dryRun", true, "matched", dead.size(), "runs", dead));
    }
    return asked.run().isPresent() ? single(request, asked) : all(request, asked, dead);
  }

  private Answer single(Request request, Replay asked) {
    RunPlace place = place(request.principal().tenant(), asked.run().orElseThrow());
    RunApi.requireKept(database, place);
    return writes.once(
        request,
        place.context(
            new Actor(Actor.Kind.USER, request.principal().subject()),
            writes.newId(),
            Optional.of(request.traceparent())),
        Draft.accepted(
            "/v1/runs/" + place.run(), Map.of("matched", 1, "runs", List.of(place.run()))),
        runs,
        retry(request, place, asked.step()));
  }

  private Answer all(Request request, Replay asked, List<String> dead) {
    String workspace = asked.workspace().orElseThrow();
    Draft draft = new Draft(202, Optional.empty(), Map.of("matched", dead.size(), "runs", dead));
    return writes.once(
        request,
        workspace,
        draft,
        part -> {
          long position = 0;
          for (String run : dead) {
            position = Math.max(position, sendOn(request, run, asked.step()));
          }
          long last = position;
          return database.inTenant(
              request.principal().tenant(),
              connection -> {
                part.write(connection);
                return new Receipt(last, List.of());
              });
        });
  }

  /// @return the position, 0 if the rules refused
  private long sendOn(Request request, String run, Optional<String> step) {
    RunPlace place = place(request.principal().tenant(), run);
    try {
      return writes
          .bus()
          .dispatch(
              place.context(
                  new Actor(Actor.Kind.USER, request.principal().subject()),
                  writes.newId(),
                  Optional.of(request.traceparent())),
              runs,
              retry(request, place, step))
          .position();
    } catch (Refused _) {
      return 0;
    }
  }

  private static RetryRun retry(Request request, RunPlace place, Optional<String> step) {
    return new RetryRun(place.tenant(), place.run(), step, request.principal().subject());
  }

  private List<String> candidates(String tenant, Replay asked) {
    if (asked.run().isPresent()) {
      return List.of(Limits.requireId("run", asked.run().get()));
    }
    return new ArrayList<>(
        database.inTenant(
            tenant,
            connection ->
                Sql.all(
                    connection,
                    DEAD,
                    row -> row.getString(1),
                    tenant,
                    asked.workspace().orElseThrow(),
                    asked.workflow(),
                    asked.workflow(),
                    asked.environment(),
                    asked.environment(),
                    MAX_RUNS)));
  }

  private boolean isDead(String tenant, String run, Optional<String> step) {
    return writes.bus().load(tenant, runs, run).steps().entrySet().stream()
        .filter(e -> step.isEmpty() || step.get().equals(e.getKey()))
        .anyMatch(e -> e.getValue().status() == StepStatus.DEAD);
  }

  private RunPlace place(String tenant, String run) {
    return database
        .inTenant(tenant, connection -> RunPlace.find(connection, tenant, run))
        .orElseThrow(() -> new Refused(Refused.Code.NOT_FOUND, "there is no run " + run));
  }
}
