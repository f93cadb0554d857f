package ai.rails.platform.opa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.Limits;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Obligation;

/// OPA's answer, read so strictly that whatever is new, missing or doubled is no answer.
///
/// @param sources the platform's and the tenant's bundle
record Answer(
    Decision.Effect effect,
    List<String> reasons,
    List<Obligation> obligations,
    Optional<Long> retryAfterMillis,
    List<Source> sources) {
  private static final String SCHEMA = "airails.decision/1";
  private static final int MAX_ITEMS = 32;
  private static final long MAX_WAIT_MILLIS = 86_400_000;
  private static final Pattern CODE = Pattern.compile("[a-z0-9_.-]{1,64}");
  private static final Set<String> REQUIRED =
      Set.of("schema", "effect", "reasons", "obligations", "echo", "policy");
  private static final Set<String> ALLOWED =
      Set.of("schema", "effect", "reasons", "obligations", "echo", "policy", "retry_after_ms");
  private static final Map<String, Decision.Effect> EFFECTS =
      Arrays.stream(Decision.Effect.values()).collect(Collectors.toMap(Enum::name, e -> e));
  private static final Map<String, Obligation.Type> OBLIGATIONS =
      Map.of(
          "human_approval", Obligation.Type.HUMAN_APPROVAL,
          "step_up", Obligation.Type.STEP_UP,
          "route_to", Obligation.Type.ROUTE_TO);

  /// What the answer must echo.
  record Question(String requestId, String tenant, String inputSha256) {}

  /// A signed bundle that the decision comes from.
  record Source(String bundle, String revision, long seq, long expiresAtNanos) {}

  Map<String, String> revisions() {
    return sources.stream().collect(Collectors.toMap(Source::bundle, Source::revision));
  }

  Map<String, Long> sequences() {
    return sources.stream().collect(Collectors.toMap(Source::bundle, Source::seq));
  }

  static Answer read(JsonNode root, Question question) throws PdpFailure {
    JsonNode result = root.path("result");
    if (result.isMissingNode() || result.isNull()) {
      throw new PdpFailure("pdp_undefined");
    }
    if (!result.isObject()) {
      throw new PdpFailure("pdp_not_a_decision");
    }
    if (!result.has("schema") && mentions(result, "policy_stale_or_unbound")) {
      throw new PdpFailure("pdp_policy_stale");
    }
    requireMembers(result);
    requireEcho(result.path("echo"), question);
    return new Answer(
        effect(result.path("effect")),
        reasons(result.path("reasons")),
        obligations(result.path("obligations")),
        wait(result.path("retry_after_ms")),
        sources(result.path("policy"), root.path("provenance"), question.tenant()));
  }

  private static boolean mentions(JsonNode result, String reason) {
    return result.path("reasons").valueStream().anyMatch(item -> item.asText("").equals(reason));
  }

  private static void requireMembers(JsonNode result) throws PdpFailure {
    Set<String> names = result.propertyStream().map(Map.Entry::getKey).collect(Collectors.toSet());
    if (!names.containsAll(REQUIRED)
        || !ALLOWED.containsAll(names)
        || !SCHEMA.equals(result.path("schema").textValue())) {
      throw new PdpFailure("pdp_not_a_decision");
    }
  }

  private static void requireEcho(JsonNode echo, Question question) throws PdpFailure {
    boolean same =
        echo.size() == 3
            && question.requestId().equals(echo.path("request_id").textValue())
            && question.tenant().equals(echo.path("tenant").textValue())
            && question.inputSha256().equals(echo.path("input_sha256").textValue());
    if (!same) {
      throw new PdpFailure("pdp_echo_differs");
    }
  }

  private static Decision.Effect effect(JsonNode node) throws PdpFailure {
    Decision.Effect effect = node.isTextual() ? EFFECTS.get(node.textValue()) : null;
    if (effect == null) {
      throw new PdpFailure("pdp_unknown_effect");
    }
    return effect;
  }

  private static List<String> reasons(JsonNode node) throws PdpFailure {
    List<String> reasons = new ArrayList<>();
    for (JsonNode item : items(node)) {
      if (!item.isTextual() || !CODE.matcher(item.textValue()).matches()) {
        throw new PdpFailure("pdp_malformed_reason");
      }
      reasons.add(item.textValue());
    }
    return reasons;
  }

  private static List<Obligation> obligations(JsonNode node) throws PdpFailure {
    List<Obligation> obligations = new ArrayList<>();
    for (JsonNode item : items(node)) {
      JsonNode type = item.path("type");
      Obligation.Type known = type.isTextual() ? OBLIGATIONS.get(type.textValue()) : null;
      if (known == null) {
        throw new PdpFailure("pdp_unknown_obligation");
      }
      obligations.add(new Obligation(known, parameters(item)));
    }
    return obligations;
  }

  private static Map<String, String> parameters(JsonNode obligation) throws PdpFailure {
    Map<String, String> parameters = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : obligation.properties()) {
      JsonNode value = member.getValue();
      if (!value.isValueNode()
          || value.isNull()
          || value.asText().length() > 2 * Limits.DISCLOSED_CHARACTERS) {
        throw new PdpFailure("pdp_malformed_obligation");
      }
      if (!member.getKey().equals("type")) {
        parameters.put(member.getKey(), value.asText());
      }
    }
    return parameters;
  }

  private static JsonNode items(JsonNode node) throws PdpFailure {
    if (!node.isArray() || node.size() > MAX_ITEMS) {
      throw new PdpFailure("pdp_not_a_decision");
    }
    return node;
  }

  private static Optional<Long> wait(JsonNode node) throws PdpFailure {
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isIntegralNumber() || node.longValue() < 0 || node.longValue() > MAX_WAIT_MILLIS) {
      throw new PdpFailure("pdp_not_a_decision");
    }
    return Optional.of(node.longValue());
  }

  private static List<Source> sources(JsonNode policy, JsonNode provenance, String tenant)
      throws PdpFailure {
    JsonNode loaded = provenance.path("bundles");
    if (!loaded.isObject()) {
      throw new PdpFailure("pdp_no_provenance");
    }
    return List.of(
        source(Bundles.PLATFORM, policy.path("platform"), loaded),
        source(Bundles.ofTenant(tenant), policy.path("tenant"), loaded));
  }

  private static Source source(String bundle, JsonNode signed, JsonNode loaded) throws PdpFailure {
    JsonNode revision = signed.path("revision");
    JsonNode seq = signed.path("seq");
    JsonNode expires = signed.path("expires_at_ns");
    if (!revision.isTextual() || !seq.isIntegralNumber() || !expires.isIntegralNumber()) {
      throw new PdpFailure("pdp_not_a_decision");
    }
    String active = loaded.path(bundle).path("revision").asText("");
    if (!active.equals(revision.textValue())) {
      throw new PdpFailure("pdp_revision_differs");
    }
    return new Source(bundle, active, seq.longValue(), expires.longValue());
  }
}
