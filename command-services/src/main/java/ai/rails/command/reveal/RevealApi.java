package ai.rails.command.reveal;

import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import ai.rails.command.access.AccessEntity;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;

/// Sealed content for people: who may see it gets it sealed to a key that he made, from a worker.
public final class RevealApi {
  private static final int MOST_SECONDS = 10;
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Writes writes;
  private final Reveals reveals;
  private final LongSupplier nanos;

  /// @param nanos monotonic clock
  public RevealApi(Writes writes, Reveals reveals, LongSupplier nanos) {
    this.writes = writes;
    this.reveals = reveals;
    this.nanos = nanos;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/runs/{run}/reveals",
            Label.STRONG,
            Access.roles(Role.APPROVER, Role.AUDITOR),
            this::ask),
        new Route(
            "GET",
            "/v1/reveals/{reveal}",
            Label.STRONG,
            Access.roles(Role.APPROVER, Role.AUDITOR),
            this::answer));
  }

  private Answer ask(Request request) {
    Principal person = request.principal();
    String run = Limits.requireId("run", request.path("run"));
    String reveal = writes.newId();
    Reveals.Grant grant =
        reveals.grant(
            person.tenant(), person.subject(), run, reveal, request.json(Reveals.Ask.class));
    return writes.once(
        request,
        writes.context(request, grant.place().workspace()).with(grant.part()),
        Draft.accepted(
            "/v1/reveals/" + reveal,
            Map.of(
                "reveal", reveal,
                "keySha256", grant.granted().keySha256(),
                "expiresAt", grant.granted().expiresAt().toString())),
        AccessEntity.TYPE,
        grant.command());
  }

  /// Waits for the worker as long as the caller likes to.
  private Answer answer(Request request) throws InterruptedException {
    Principal person = request.principal();
    String reveal = Limits.requireId("reveal", request.path("reveal"));
    long end =
        nanos.getAsLong() + Duration.ofSeconds(request.query("wait", 0, 0, MOST_SECONDS)).toNanos();
    while (true) {
      RevealRows.Row row = reveals.row(person.tenant(), reveal);
      if (!row.subject().equals(person.subject())) {
        throw new Refused(Code.NOT_FOUND, "there is no reveal " + reveal);
      }
      boolean waits = row.sealed().isEmpty() && !reveals.expired(row);
      if (!waits || nanos.getAsLong() >= end) {
        return Answer.ok(view(reveals.standing(person.tenant(), reveal)));
      }
      Thread.sleep(LOOK);
    }
  }

  private Map<String, Object> view(Reveals.Standing standing) {
    Map<String, Object> view = new LinkedHashMap<>();
    RevealRows.Row row = standing.row();
    view.put("reveal", row.reveal());
    view.put("tenant", row.tenant());
    view.put("run", row.run());
    view.put("kind", standing.granted().kind().name());
    view.put("name", standing.granted().name());
    standing.granted().callDigest().ifPresent(digest -> view.put("callDigest", digest));
    view.put("keySha256", standing.granted().keySha256());
    view.put("expiresAt", row.expiresAt().toString());
    view.put("event", base64(standing.event()));
    boolean late = reveals.expired(row);
    if (row.sealed().isPresent() && !late) {
      view.put("state", "SEALED");
      view.put("sealed", base64(row.sealed().get()));
      row.worker().ifPresent(worker -> view.put("worker", worker));
    } else {
      view.put("state", late ? "EXPIRED" : "PENDING");
    }
    return view;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
