package ai.rails.platform.opa;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.policy.Decision;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.json.CanonicalJson;

/// Asks OPA over HTTP and believes only an answer that is bound to the question, to the active
/// bundles and to a lease that has not ended. Everything else is a DENY with a code `pdp_...`.
///
/// Safe for use by several threads.
public final class OpaClient implements PolicyDecisionPoint, PolicyLint, AutoCloseable {
  /// Longest request and longest answer, in bytes.
  public static final int BODY_LIMIT = 64 << 10;

  private final OpaSettings settings;
  private final OpaHttp http;
  private final BundleFreshness freshness;
  private final HighWater highWater;
  private final Supplier<UUID> ids;
  private final InstantSource clock;

  /// @param ids gives UUIDv7
  public OpaClient(
      OpaSettings settings,
      BundleFreshness freshness,
      HighWater highWater,
      Supplier<UUID> ids,
      InstantSource clock) {
    this.settings = settings;
    this.http = new OpaHttp(settings);
    this.freshness = freshness;
    this.highWater = highWater;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public Decision decide(DecisionRequest request) {
    String id = ids.get().toString();
    String canonical = "{}";
    try {
      Map<String, Object> input = new HashMap<>(PolicyInput.checked(request));
      input.put("request_id", id);
      canonical = canonical(input);
      return ask(request.entryPoint(), id, input, canonical);
    } catch (PdpFailure e) {
      return denied(request.entryPoint(), id, canonical, e.code());
    }
  }

  /// Nothing leaves because of a lint, so that no lease is asked for: what the last bundle finds is
  /// as good. No answer is not taken for no finding.
  @Override
  public List<Finding> workflow(Map<String, Object> input) {
    try {
      JsonNode found =
          http.post(
                  "/v1/data/airails/workflow_lint/findings?strict-builtin-errors=true",
                  CanonicalJson.bytes(Map.of("input", input)),
                  BODY_LIMIT)
              .path("result");
      if (!found.isArray()) {
        throw new Unavailable("policy has no lint of workflows");
      }
      return found
          .valueStream()
          .map(OpaClient::finding)
          .sorted(
              Comparator.comparing((Finding each) -> !each.error())
                  .thenComparing(Finding::at)
                  .thenComparing(Finding::code))
          .toList();
    } catch (PdpFailure e) {
      throw new Unavailable("policy does not say what it finds: " + e.code(), e);
    }
  }

  private static Finding finding(JsonNode node) {
    String severity = node.path("severity").asText();
    String code = node.path("code").asText();
    if (!(severity.equals("ERROR") || severity.equals("WARNING")) || code.isEmpty()) {
      throw new Unavailable("policy finds something of an unknown form");
    }
    return new Finding(severity.equals("ERROR"), code, node.path("at").asText());
  }

  private static String canonical(Map<String, Object> input) throws PdpFailure {
    try {
      return CanonicalJson.text(input);
    } catch (IllegalArgumentException e) {
      throw new PdpFailure("pdp_input_not_json");
    }
  }

  private Decision ask(String entryPoint, String id, Map<String, Object> input, String canonical)
      throws PdpFailure {
    String tenant = PolicyInput.tenant(input);
    requireFresh(tenant);
    String sha256 = CanonicalJson.sha256(utf8(canonical));
    input.put("input_sha256", sha256);
    byte[] body = CanonicalJson.bytes(Map.of("input", input));
    if (body.length > BODY_LIMIT) {
      throw new PdpFailure("pdp_input_too_long");
    }
    JsonNode answer =
        http.post(
            "/v1/data/%s?provenance=true&strict-builtin-errors=true".formatted(entryPoint),
            body,
            BODY_LIMIT);
    Answer read = Answer.read(answer, new Answer.Question(id, tenant, sha256));
    requireCurrent(read);
    return new Decision(
        id,
        entryPoint,
        read.effect(),
        read.reasons(),
        read.obligations(),
        canonical,
        sha256,
        read.revisions(),
        read.sequences(),
        Optional.empty(),
        read.retryAfterMillis());
  }

  private void requireFresh(String tenant) throws PdpFailure {
    for (String bundle : List.of(Bundles.PLATFORM, Bundles.ofTenant(tenant))) {
      Optional<String> reason = freshness.stale(bundle);
      if (reason.isPresent()) {
        throw new PdpFailure(reason.get());
      }
    }
  }

  private void requireCurrent(Answer answer) throws PdpFailure {
    long now = clock.instant().plus(settings.skew()).toEpochMilli();
    for (Answer.Source source : answer.sources()) {
      if (source.seq() < highWater.get(source.bundle())) {
        throw new PdpFailure("pdp_rolled_back");
      }
      if (source.expiresAtNanos() / 1_000_000 <= now) {
        throw new PdpFailure("pdp_lease_expired");
      }
      Optional<String> stale = freshness.stale(source.bundle(), source.revision());
      if (stale.isPresent()) {
        throw new PdpFailure(stale.get());
      }
    }
    answer.sources().forEach(source -> highWater.advance(source.bundle(), source.seq()));
  }

  private static Decision denied(String entryPoint, String id, String canonical, String code) {
    return new Decision(
        id,
        entryPoint,
        Decision.Effect.DENY,
        List.of(code),
        List.of(),
        canonical,
        CanonicalJson.sha256(utf8(canonical)),
        Map.of(),
        Map.of(),
        Optional.of(code),
        Optional.empty());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.close();
  }
}
