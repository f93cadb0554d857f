package ai.rails.command.privacy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Actor;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.privacy.ErasureEvent.Cause;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Erasing a run, and all runs about a person.
final class ErasureApi {
  private final Writes writes;
  private final Database database;
  private final Erasures erasures;
  private final SubjectErasure subjects;

  ErasureApi(Writes writes, Database database, Erasures erasures) {
    this.writes = writes;
    this.database = database;
    this.erasures = erasures;
    this.subjects = new SubjectErasure(writes, database, erasures);
  }

  /// `POST /v1/runs/{run}/erasure` and `POST /v1/subjects/{pseudonym}/erasure`.
  ///
  /// @param reason a code, not a text: it stays in the clear for ever
  record Erase(String reason) {}

  List<Route> routes() {
    Access access = Access.roles(Role.ADMIN, Role.PRIVACY);
    return List.of(
        new Route("POST", "/v1/runs/{run}/erasure", Label.STRONG, access, this::run),
        new Route("POST", "/v1/subjects/{pseudonym}/erasure", Label.STRONG, access, this::subject));
  }

  private Answer run(Request request) {
    String tenant = request.principal().tenant();
    String run = Limits.requireId("run", request.path("run"));
    String reason = request.json(Erase.class).reason();
    RunPlace place =
        database
            .inTenant(tenant, connection -> RunPlace.find(connection, tenant, run))
            .orElseThrow(() -> new Refused(Refused.Code.NOT_FOUND, "there is no run " + run));
    Erasures.Content content = erasures.content(place);
    return writes.once(
        request,
        place.workspace(),
        Draft.ok(Map.of("run", run, "keys", content.keys(), "ciphertexts", content.ciphertexts())),
        part -> erasures.erase(place, ask(request, Cause.REQUEST, reason), part));
  }

  private Answer subject(Request request) {
    return subjects.erase(
        request,
        Limits.requireId("subject", request.path("pseudonym")),
        ask(request, Cause.SUBJECT, request.json(Erase.class).reason()));
  }

  private static Erasures.Ask ask(Request request, Cause cause, String reason) {
    return new Erasures.Ask(
        cause,
        reason,
        new Actor(Actor.Kind.USER, request.principal().subject()),
        Optional.of(request.traceparent()));
  }
}
