package ai.rails.command.policy;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Limits;
import ai.rails.domain.policy.Decision;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;

/// The evaluation endpoint of the OpenID AuthZEN Authorization API 1.0: may this subject of the
/// caller's tenant do this to that? Only ALLOW is `true`; an answer that can not be obtained is
/// `false`, and says so.
public final class AuthorizationApi {
  private static final String ENTRY_POINT = "airails/api_authz/guarded";
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final PolicyDecisionPoint policy;
  private final String cell;
  private final String environment;
  private final InstantSource clock;

  /// @param environment kind of installation
  public AuthorizationApi(
      PolicyDecisionPoint policy, String cell, String environment, InstantSource clock) {
    this.policy = policy;
    this.cell = cell;
    this.environment = environment;
    this.clock = clock;
  }

  /// `POST /access/v1/evaluation`.
  public record Evaluation(
      Entity subject, Named action, Entity resource, Optional<Map<String, Object>> context) {}

  /// A subject or a resource.
  ///
  /// @param properties of a resource `tenant` counts; others are not looked at
  public record Entity(String type, String id, Optional<Map<String, Object>> properties) {}

  /// An action, for example `run.start`.
  public record Named(String name, Optional<Map<String, Object>> properties) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/access/v1/evaluation",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.SERVICE),
            this::evaluate));
  }

  private Answer evaluate(Request request) {
    Evaluation asked = request.json(Evaluation.class);
    String tenant = request.principal().tenant();
    Object owner =
        asked.resource().properties().map(all -> all.getOrDefault("tenant", tenant)).orElse(tenant);
    if (!(owner instanceof String resourceTenant)) {
      throw Problem.invalid("resource.properties.tenant is text");
    }
    Decision decision =
        policy.decide(
            new DecisionRequest(
                ENTRY_POINT,
                Map.of(
                    "schema", "airails.api_authz/1",
                    "env", environment,
                    "clock", Map.of("now_ns", clock.millis() * NANOS_PER_MILLI),
                    "tenant", Map.of("id", tenant, "cell", cell),
                    "actor",
                        Map.of(
                            "id",
                            Limits.requireId("subject.id", asked.subject().id()),
                            "tenant",
                            tenant),
                    "resource",
                        Map.of("tenant", Limits.requireId("resource tenant", resourceTenant)),
                    "action", Limits.requireId("action.name", asked.action().name()))));
    Map<String, Object> context = new HashMap<>();
    context.put("effect", decision.effect().name());
    context.put("reasons", decision.reasons());
    context.put("decisionId", decision.decisionId());
    decision.unavailable().ifPresent(code -> context.put("unavailable", code));
    boolean allowed =
        switch (decision.effect()) {
          case ALLOW, ROUTE -> true;
          case REQUIRE_HITL, REQUIRE_STEP_UP, THROTTLE, DENY -> false;
        };
    return Answer.ok(Map.of("decision", allowed, "context", context));
  }
}
