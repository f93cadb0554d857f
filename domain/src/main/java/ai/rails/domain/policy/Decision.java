package ai.rails.domain.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What policy said of one call, with everything needed to say it again.
///
/// @param decisionId UUIDv7 given by the decision point
/// @param entryPoint for example `airails/tool_action/guarded`
/// @param reasons codes, for example `tool.granted`
/// @param obligations what an ALLOW or ROUTE or REQUIRE_HITL demands
/// @param input canonical JSON (RFC 8785) of the input; metadata only
/// @param inputSha256 of `input`, 64 hex digits
/// @param revisions bundle name to active revision
/// @param sequences bundle name to signed sequence number
/// @param unavailable present if no valid decision was obtained: the failure's code; the effect is
///   then DENY and the call may be asked again
/// @param retryAfterMillis with THROTTLE
public record Decision(
    String decisionId,
    String entryPoint,
    Effect effect,
    List<String> reasons,
    List<Obligation> obligations,
    String input,
    String inputSha256,
    Map<String, String> revisions,
    Map<String, Long> sequences,
    Optional<String> unavailable,
    Optional<Long> retryAfterMillis) {
  public Decision {
    reasons = List.copyOf(reasons);
    obligations = List.copyOf(obligations);
    revisions = Map.copyOf(revisions);
    sequences = Map.copyOf(sequences);
    if (unavailable.isPresent() && effect != Effect.DENY) {
      throw new IllegalArgumentException("an unavailable decision can only be DENY");
    }
  }

  /// What may be done, from least to most restrictive.
  public enum Effect {
    ALLOW,
    ROUTE,
    REQUIRE_HITL,
    REQUIRE_STEP_UP,
    THROTTLE,
    DENY
  }

  /// A duty that comes with an effect. The set of types is closed: an unknown one is a DENY.
  public record Obligation(Type type, Map<String, String> parameters) {
    public Obligation {
      parameters = Map.copyOf(parameters);
    }

    /// The closed set of duties.
    public enum Type {
      HUMAN_APPROVAL,
      STEP_UP,
      ROUTE_TO
    }
  }
}
