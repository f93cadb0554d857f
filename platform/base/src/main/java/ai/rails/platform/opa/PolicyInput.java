package ai.rails.platform.opa;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/// The closed forms of policy inputs, one for each entry point; `policies/schemas` says the same as
/// JSON Schema. An input that fits is metadata: ids, enums, numbers, booleans and short fields.
final class PolicyInput {
  private static final String COMMON =
      """
      env id
      clock.now_ns time
      tenant.id id
      tenant.cell id
      """;
  private static final String WORKFLOW =
      """
      workflow.id id
      workflow.version id
      workflow.artifact_digest id
      workflow.author id
      """;
  private static final String BUDGET =
      """
      budget.currency id
      budget.spent_nanos count
      budget.reserved_nanos count
      budget.estimate_nanos count
      budget.limit_nanos count
      budget.retry_after_ms? count
      """;
  private static final String TOOL_ACTION =
      """
      schema =airails.tool_action/1
      actor.kind =user|service|agent
      actor.id id
      actor.acr? id
      actor.auth_time_ns? time
      actor.roles[] id
      actor.on_behalf_of? id
      run.id id
      run.step id
      run.attempt_group count
      run.taint[] id
      tool.name id
      tool.action id
      tool.connector_digest id
      tool.risk_class =R0|R1|R2|R3|R4
      tool.side_effect =read|write|model
      tool.idempotency_class =K|U|Q|N|M
      tool.params.* field
      tool.params_digest id
      tool.routes[]?.provider id
      tool.routes[]?.model? id
      tool.routes[]?.region? id
      tool.routes[]?.answers flag
      tool.destination.host host
      tool.destination.port count
      tool.runner? id
      approvals[].id id
      approvals[].state id
      approvals[].approver id
      approvals[].digest id
      approvals[].expires_at_ns time
      approvals[].on_behalf_of? id
      approvals[].signature? =passkey
      approvals[].corrected? flag
      """;
  private static final String APPROVAL =
      """
      schema =airails.approval/1
      actor.kind =user|service|agent
      actor.id id
      actor.acr? id
      actor.on_behalf_of? id
      gate.id id
      gate.role id
      gate.requester id
      gate.digest id
      gate.expires_at_ns time
      """;
  private static final String ROUTING =
      """
      schema =airails.routing/1
      candidates[].provider id
      candidates[].model id
      candidates[].region id
      """;
  private static final String KEY_RELEASE =
      """
      schema =airails.key_release/1
      worker.id id
      attestation.kind id
      attestation.verdict id
      attestation.measurement id
      attestation.at_ns time
      attestation.tcb_status id
      attestation.advisories[] id
      attestation.evaluation_number count
      attestation.tcb_date_ns? time
      attestation.attributes id
      attestation.platform id
      attestation.valid_until_ns time
      attestation.lease_until_ns time
      attestation.product? id
      attestation.svn_boot_loader? count
      attestation.svn_tee? count
      attestation.svn_snp? count
      attestation.svn_microcode? count
      attestation.gpu =NONE|UNVERIFIED|VERIFIED
      workflow.demands_gpu flag
      """;
  private static final String API_AUTHZ =
      """
      schema =airails.api_authz/1
      actor.id id
      actor.tenant id
      resource.tenant id
      action id
      """;

  private static final String REVEAL =
      """
      schema =airails.reveal/1
      actor.kind =user
      actor.id id
      run.id id
      run.requester id
      content.kind =GATE|CALL|OUTPUT|INPUT|THREAD
      content.name id
      content.role? id
      content.open? flag
      content.expires_at_ns? time
      """;

  private static final Map<String, Shape> SHAPES =
      Map.of(
          "airails/tool_action", Shape.of(COMMON + WORKFLOW + BUDGET + TOOL_ACTION),
          "airails/approval", Shape.of(COMMON + WORKFLOW + APPROVAL),
          "airails/budget", Shape.of(COMMON + BUDGET + "schema =airails.budget/1\n"),
          "airails/routing", Shape.of(COMMON + ROUTING),
          "airails/key_release", Shape.of(COMMON + WORKFLOW + KEY_RELEASE),
          "airails/api_authz", Shape.of(COMMON + API_AUTHZ),
          "airails/reveal", Shape.of(COMMON + WORKFLOW + REVEAL));

  private PolicyInput() {}

  /// Checks an input and rounds its times.
  static Map<String, Object> checked(DecisionRequest request) throws PdpFailure {
    int slash = request.entryPoint().lastIndexOf('/');
    String rule = request.entryPoint().substring(slash + 1);
    Shape shape = slash < 0 ? null : SHAPES.get(request.entryPoint().substring(0, slash));
    if (shape == null || !(rule.equals("guarded") || rule.equals("decision"))) {
      throw new PdpFailure("pdp_unknown_entry_point");
    }
    if (shape.misfit(request.input()).isPresent()) {
      throw new PdpFailure("pdp_input_invalid");
    }
    return rounded(request.input());
  }

  static String tenant(Map<String, Object> input) {
    Object tenant = input.get("tenant");
    return tenant instanceof Map<?, ?> members ? String.valueOf(members.get("id")) : "";
  }

  // A double holds today's nanoseconds to 256, and canonical JSON refuses what it does not hold.
  private static Map<String, Object> rounded(Map<?, ?> map) {
    Map<String, Object> copy = new HashMap<>();
    map.forEach((name, value) -> copy.put((String) name, roundedMember((String) name, value)));
    return copy;
  }

  private static Object roundedMember(String name, @Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> rounded(map);
      case List<?> list -> list.stream().map(item -> roundedMember(name, item)).toList();
      case Long time when name.endsWith("_ns") -> (long) (double) (long) time;
      case null -> throw new IllegalStateException("a checked input has no null");
      default -> value;
    };
  }
}
