package ai.rails.command.policy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Actor;
import ai.rails.platform.opa.DecisionRequest;

/// What policy is told of a call (`airails.tool_action/1`): metadata only.
///
/// @param environment of the run
/// @param now of this process or of the database
/// @param onBehalfOf who requested the run, if a service or worker acts
public record ToolActionInput(
    String environment,
    Instant now,
    String tenant,
    String cell,
    Actor actor,
    List<String> roles,
    Optional<String> onBehalfOf,
    Version workflow,
    Position run,
    Tool tool,
    List<Approved> approvals,
    Funds budget) {
  /// What production asks.
  public static final String ENTRY_POINT = "airails/tool_action/guarded";

  public ToolActionInput {
    roles = List.copyOf(roles);
    approvals = List.copyOf(approvals);
  }

  /// The workflow version that the run is bound to.
  public record Version(String id, String version, String artifactDigest, String author) {}

  /// Where in the run the call is.
  ///
  /// @param taint for example `untrusted_input`
  public record Position(String id, String step, int attemptGroup, List<String> taint) {
    public Position {
      taint = List.copyOf(taint);
    }
  }

  /// The call.
  ///
  /// @param riskClass `R0` to `R4`, by the connector's manifest
  /// @param sideEffect `read`, `write` or `model`
  /// @param idempotencyClass K, U, Q, N or M
  /// @param params disclosed parameters: text up to 64 characters, numbers, booleans
  /// @param paramsDigest the frozen call's digest
  public record Tool(
      String name,
      String action,
      String connectorDigest,
      String riskClass,
      String sideEffect,
      String idempotencyClass,
      Map<String, ?> params,
      String paramsDigest,
      String host,
      int port) {
    public Tool {
      params = Map.copyOf(params);
    }
  }

  /// An approval of exactly this call.
  ///
  /// @param digest of the call that was approved
  public record Approved(String id, String approver, String digest, Instant expiresAt) {}

  /// Money, in billionths of a unit.
  ///
  /// @param retryAfterMillis a rate limit's wait
  public record Funds(
      String currency,
      long spent,
      long reserved,
      long estimate,
      long limit,
      Optional<Long> retryAfterMillis) {}

  /// The question for [ai.rails.platform.opa.PolicyDecisionPoint].
  public DecisionRequest request() {
    return new DecisionRequest(ENTRY_POINT, toMap());
  }

  Map<String, Object> toMap() {
    return Map.of(
        "schema", "airails.tool_action/1",
        "env", environment,
        "clock", Map.of("now_ns", nanos(now)),
        "tenant", Map.of("id", tenant, "cell", cell),
        "actor", who(),
        "workflow",
            Map.of(
                "id", workflow.id(),
                "version", workflow.version(),
                "artifact_digest", workflow.artifactDigest(),
                "author", workflow.author()),
        "run",
            Map.of(
                "id", run.id(),
                "step", run.step(),
                "attempt_group", run.attemptGroup(),
                "taint", run.taint()),
        "tool", call(),
        "approvals", approvals.stream().map(ToolActionInput::approval).toList(),
        "budget", funds());
  }

  private Map<String, Object> who() {
    String kind =
        switch (actor.kind()) {
          case USER -> "user";
          case SERVICE -> "service";
          case WORKER, TIMER -> "agent";
        };
    Map<String, Object> who = new HashMap<>();
    who.put("kind", kind);
    who.put("id", actor.id());
    who.put("roles", roles);
    onBehalfOf.ifPresent(person -> who.put("on_behalf_of", person));
    return who;
  }

  private Map<String, Object> call() {
    return Map.of(
        "name", tool.name(),
        "action", tool.action(),
        "connector_digest", tool.connectorDigest(),
        "risk_class", tool.riskClass().toUpperCase(Locale.ROOT),
        "side_effect", tool.sideEffect().toLowerCase(Locale.ROOT),
        "idempotency_class", tool.idempotencyClass(),
        "params", tool.params(),
        "params_digest", tool.paramsDigest(),
        "destination", Map.of("host", tool.host(), "port", tool.port()));
  }

  private static Map<String, Object> approval(Approved approved) {
    return Map.of(
        "id", approved.id(),
        "state", "APPROVED",
        "approver", approved.approver(),
        "digest", approved.digest(),
        "expires_at_ns", nanos(approved.expiresAt()));
  }

  private Map<String, Object> funds() {
    Map<String, Object> funds = new HashMap<>();
    funds.put("currency", budget.currency());
    funds.put("spent_nanos", budget.spent());
    funds.put("reserved_nanos", budget.reserved());
    funds.put("estimate_nanos", budget.estimate());
    funds.put("limit_nanos", budget.limit());
    budget.retryAfterMillis().ifPresent(wait -> funds.put("retry_after_ms", wait));
    return funds;
  }

  private static long nanos(Instant time) {
    return Math.multiplyExact(time.toEpochMilli(), 1_000_000L);
  }
}
