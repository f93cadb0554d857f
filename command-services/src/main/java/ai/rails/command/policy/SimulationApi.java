package ai.rails.command.policy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.policy.PolicyBundleCommand.NoteSimulation;
import ai.rails.domain.policy.PolicyBundleEvent.PolicySimulated;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// What a candidate policy would have said of everything that was decided, before it takes effect.
public final class SimulationApi {
  private static final int MAX_BODY = 4 << 20;
  private static final int MAX_FILES = 200;

  private final Writes writes;
  private final Database database;
  private final Optional<Simulation> simulation;
  private final TenantDataCheck check = new TenantDataCheck();

  /// @param opa OPA's binary; without one there is no simulation
  /// @param cellDomain of the ledger's origins
  public SimulationApi(
      Writes writes,
      Database database,
      BundleStore store,
      Optional<Path> opa,
      String cellDomain,
      InstantSource clock) {
    this.writes = writes;
    this.database = database;
    this.simulation =
        opa.map(binary ->
            new Simulation(binary, store, new PastDecisions(database, cellDomain), clock));
  }

  /// `POST /v1/policy/simulations`: one of the two candidates.
  ///
  /// @param platform Rego and data by path, for example `airails/tool_action/decision.rego`
  /// @param tenantData by its published schema
  /// @param since RFC 3339; without it everything
  public record Simulate(
      Optional<Map<String, String>> platform,
      Optional<Map<String, Object>> tenantData,
      Optional<String> since) {}

  public List<Route> routes() {
    return List.of(
        new Route(
                "POST",
                "/v1/policy/simulations",
                Label.STRONG,
                Access.roles(Role.ADMIN, Role.BUILDER),
                this::simulate)
            .limit(MAX_BODY),
        new Route(
            "GET",
            "/policy/v1/simulations/{id}",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.BUILDER, Role.AUDITOR),
            this::report));
  }

  private Answer simulate(Request request) {
    String tenant = request.principal().tenant();
    Simulate asked = request.json(Simulate.class);
    Candidate candidate = candidate(tenant, asked);
    Instant since = asked.since().map(SimulationApi::time).orElse(Instant.EPOCH);
    SimulationReport report =
        simulation
            .orElseThrow(() ->
                new Problem(
                    503, "UNAVAILABLE", "no OPA was configured for simulations (opa.binary)"))
            .run(tenant, candidate, since);
    String id = writes.newId();
    byte[] bytes = report.bytes();
    String digest = CanonicalJson.sha256(bytes);
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ =
                  Sql.execute(
                      c,
                      """
                      INSERT INTO policy_simulation
                        (tenant, simulation, report, report_sha256, candidate_sha256, sound, change)
                      VALUES (?, ?, ?, ?, ?, ?, nullif(?, ''))\
                      """,
                      tenant,
                      id,
                      bytes,
                      digest,
                      candidate.contentSha256(),
                      report.sound(),
                      asked.since().isPresent() ? "" : report.change().name());
            });
    return writes.once(
        request,
        context,
        Draft.created(
            "/policy/v1/simulations/" + id,
            Map.of("simulation", id, "reportSha256", digest, "report", report.json())),
        PolicyBundleEntity.TYPE,
        new NoteSimulation(
            new PolicySimulated(
                Bundles.ofTenant(tenant),
                id,
                candidate.contentSha256(),
                report.decisions(),
                report.changed(),
                report.reproduced(),
                digest,
                request.principal().subject())));
  }

  private Candidate candidate(String tenant, Simulate asked) {
    if (asked.platform().isPresent() == asked.tenantData().isPresent()) {
      throw Problem.invalid("give one of platform and tenantData");
    }
    if (asked.tenantData().isPresent()) {
      return new Candidate.Tenant(
          tenant, check.requireValid(CanonicalJson.bytes(asked.tenantData().get())));
    }
    Map<String, String> files = asked.platform().orElseThrow();
    if (files.isEmpty() || files.size() > MAX_FILES) {
      throw Problem.invalid("a bundle has 1 to %s files".formatted(MAX_FILES));
    }
    files.keySet().forEach(SimulationApi::requirePath);
    return Simulation.platform(files);
  }

  private static void requirePath(String path) {
    if (!path.matches("(airails|platform)(/[A-Za-z0-9_-]{1,64}){1,6}\\.(rego|json)")) {
      throw Problem.invalid(
          "not a path in the platform's bundle, which are airails/... and platform/...: " + path);
    }
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw Problem.invalid("since is a time such as 2026-11-01T00:00:00Z");
    }
  }

  private Answer report(Request request) {
    String id = Limits.requireId("simulation", request.path("id"));
    byte[] report =
        database
            .inTenant(
                request.principal().tenant(),
                c ->
                    Sql.one(
                        c,
                        "SELECT report FROM policy_simulation WHERE tenant = ? AND simulation = ?",
                        row -> row.getBytes(1),
                        request.principal().tenant(),
                        id))
            .orElseThrow(() -> Problem.notFound("simulation " + id));
    return Answer.bytes(200, Answer.JSON, report);
  }
}
