package ai.rails.command.access;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.access.AccessCommand;
import ai.rails.domain.access.AccessCommand.NoteExport;
import ai.rails.domain.access.AccessCommand.NoteReading;
import ai.rails.domain.access.EvidenceScope;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;

/// `POST /v1/tenants/{tenant}/accesses`: the read side says who is about to be given evidence, and
/// answers him only when that is in the ledger.
///
/// An export is noted in the workspace whose evidence it is. A reading is noted in the tenant's own
/// log: a monitor that follows a workspace must not make the log grow that it follows.
public final class AccessApi {
  /// The only subject that may say so.
  public static final String READER = "svc-projection";

  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);
  private static final Pattern ROUTE = Pattern.compile("GET /v1/[A-Za-z{}/.-]{1,120}");

  private final Writes writes;
  private final InstantSource clock;

  public AccessApi(Writes writes, InstantSource clock) {
    this.writes = writes;
    this.clock = clock;
  }

  /// Who is about to be given what.
  ///
  /// @param workspace whose evidence
  /// @param scope with an export
  /// @param treeSize with an export: size of the checkpoint it is proved against
  public record Taken(
      String principal,
      String workspace,
      String route,
      String resource,
      Optional<EvidenceScope> scope,
      Optional<Long> treeSize) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/tenants/{tenant}/accesses",
            Label.STRONG,
            Access.roles(Role.SERVICE),
            this::note));
  }

  private Answer note(Request request) {
    if (!request.principal().subject().equals(READER)) {
      throw new Problem(403, "FORBIDDEN", "only %s says who was given evidence".formatted(READER));
    }
    Taken taken = request.json(Taken.class);
    Limits.requireId("principal", taken.principal());
    Limits.requireLog("workspace", taken.workspace());
    Limits.requireLog("resource", taken.resource());
    if (!ROUTE.matcher(taken.route()).matches()) {
      throw Problem.invalid(
          "route is a method and a template, such as GET /v1/evidence/runs/{run}");
    }
    String tenant = request.path("tenant");
    String log = taken.scope().isPresent() ? taken.workspace() : Header.TENANT_WORKSPACE;
    return writes.once(
        request,
        writes.context(request, tenant, log),
        Draft.ok(Map.of("noted", true)),
        AccessEntity.TYPE,
        command(tenant, log, taken, clock.instant()));
  }

  private static AccessCommand command(String tenant, String log, Taken taken, Instant now) {
    String hour = log + "/" + HOUR.format(now);
    Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
    return taken
        .scope()
        .<AccessCommand>map(scope ->
            new NoteExport(
                tenant,
                hour,
                taken.principal(),
                scope,
                taken.resource(),
                taken
                    .treeSize()
                    .filter(size -> size > 0)
                    .orElseThrow(() -> Problem.invalid("an export has the size of its tree")),
                minute))
        .orElseGet(() ->
            new NoteReading(
                tenant, hour, taken.principal(), taken.route(), taken.resource(), minute));
  }
}
