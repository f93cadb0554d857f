package ai.rails.platform.opa;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.policy.Decision;
import ai.rails.platform.json.CanonicalJson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class OpaClientTest {
  private static final String ENTRY_POINT = "airails/tool_action/guarded";

  private final AtomicLong nanoTime = new AtomicLong();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private Instant now = StubPdp.NOW;
  private StubPdp stub;
  private BundleFreshness freshness;
  private OpaClient client;

  @BeforeEach
  void start() throws IOException {
    stub = new StubPdp();
    connect(stub.url());
  }

  private void connect(URI url) {
    OpaSettings settings =
        new OpaSettings(
            url,
            "token",
            Duration.ofMillis(500),
            Duration.ofMillis(700),
            Duration.ofMinutes(15),
            Duration.ofSeconds(30));
    InstantSource clock = () -> now;
    AtomicInteger next = new AtomicInteger();
    freshness = new BundleFreshness(settings, clock, nanoTime::get);
    client =
        new OpaClient(
            settings, freshness, highWater(), () -> new UUID(0, next.incrementAndGet()), clock);
    freshness.poll();
  }

  private HighWater highWater() {
    return new HighWater() {
      @Override
      public long get(String bundle) {
        return seen.getOrDefault(bundle, 0L);
      }

      @Override
      public void advance(String bundle, long seq) {
        seen.merge(bundle, seq, Math::max);
      }
    };
  }

  @AfterEach
  void stop() {
    client.close();
    freshness.close();
    stub.close();
  }

  static Map<String, Object> input() {
    Map<String, Object> input = new HashMap<>();
    input.put("schema", "airails.tool_action/1");
    input.put("env", "dev");
    input.put("clock", Map.of("now_ns", StubPdp.NOW.toEpochMilli() * 1_000_000 + 1));
    input.put("tenant", Map.of("id", StubPdp.TENANT, "cell", "c1"));
    input.put("actor", Map.of("kind", "service", "id", "servicenow", "roles", List.of()));
    input.put(
        "workflow",
        Map.of("id", "w", "version", "1.0.0", "artifact_digest", "sha256:w", "author", "a"));
    input.put("run", Map.of("id", "r", "step", "s", "attempt_group", 1, "taint", List.of()));
    input.put("approvals", List.of());
    input.put("tool", tool(Map.of("impact", "2")));
    input.put(
        "budget",
        Map.of(
            "currency", "USD",
            "spent_nanos", 0L,
            "reserved_nanos", 0L,
            "estimate_nanos", 0L,
            "limit_nanos", 1L));
    return input;
  }

  private static Map<String, Object> tool(Map<String, Object> params) {
    return Map.of(
        "name", "servicenow",
        "action", "update-incident",
        "connector_digest", "sha256:c",
        "risk_class", "R2",
        "side_effect", "write",
        "idempotency_class", "U",
        "params", params,
        "params_digest", "sha256:p",
        "destination", Map.of("host", "x.example", "port", 443));
  }

  private Decision decide() {
    return client.decide(new DecisionRequest(ENTRY_POINT, input()));
  }

  @Test
  void rightAnswerIsTheDecision() {
    Decision decision = decide();

    assertThat(decision.unavailable()).isEmpty();
    assertThat(decision.effect()).isEqualTo(Decision.Effect.ALLOW);
    assertThat(decision.reasons()).containsExactly("tool.granted");
    assertThat(decision.revisions()).containsEntry("t_t1", "t_t1@1");
    assertThat(decision.sequences()).containsEntry("platform", 7L);
    assertThat(decision.inputSha256())
        .isEqualTo(CanonicalJson.sha256(decision.input().getBytes(StandardCharsets.UTF_8)));
    assertThat(seen).containsEntry("platform", 7L).containsEntry("t_t1", 7L);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        raw("F3", 500, "{}", "pdp_status_500"),
        raw("F4", 400, "{}", "pdp_status_400"),
        raw("F5", 200, "{}", "pdp_undefined"),
        raw("F6", 200, "{\"result\":null}", "pdp_undefined"),
        raw("F7", 200, "{\"result\":true}", "pdp_not_a_decision"),
        changed("F8", r -> r.put("effect", "PERMIT"), "pdp_unknown_effect"),
        changed("F9", r -> r.put("effect", "allow"), "pdp_unknown_effect"),
        raw("F10", 200, "{\"result\":{},\"result\":{}}", "pdp_malformed"),
        raw("F11", 200, "{\"result\":{}} {}", "pdp_malformed"),
        changed("F12", r -> r.withObject("/echo").put("request_id", "x"), "pdp_echo_differs"),
        changed("F13", r -> r.withObject("/echo").put("tenant", "t2"), "pdp_echo_differs"),
        changed("F13b", r -> r.withObject("/echo").put("input_sha256", "00"), "pdp_echo_differs"),
        changed(
            "F14",
            r -> r.withObject("/policy/tenant").put("revision", "t_t1@0"),
            "pdp_revision_differs"),
        changed("F15", r -> r.withObject("/policy/platform").put("seq", 4), "pdp_rolled_back"),
        changed(
            "F16",
            r ->
                r.withObject("/policy/tenant")
                    .put("expires_at_ns", StubPdp.NOW.toEpochMilli() * 1_000_000),
            "pdp_lease_expired"),
        arguments("F17", fault(root -> root.remove("provenance")), "pdp_no_provenance"),
        raw("F18", 200, "{\"result\":\"" + "x".repeat(70_000) + "\"}", "pdp_body_too_long"),
        changed(
            "F32",
            r -> r.withArray("/obligations").addObject().put("type", "sing"),
            "pdp_unknown_obligation"),
        changed("extra member", r -> r.put("grant", true), "pdp_not_a_decision"),
        changed("no schema", r -> r.remove("schema"), "pdp_not_a_decision"),
        changed(
            "reason with content", r -> r.withArray("/reasons").add("a b"), "pdp_malformed_reason"),
        raw(
            "stale",
            200,
            "{\"result\":{\"effect\":\"DENY\",\"reasons\":[\"policy_stale_or_unbound\"],"
                + "\"obligations\":[]}}",
            "pdp_policy_stale"));
  }

  private static Arguments raw(String name, int status, String body, String code) {
    StubPdp.Fault fault =
        (exchange, _) -> StubPdp.send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    return arguments(name, fault, code);
  }

  private static Arguments changed(String name, Consumer<ObjectNode> change, String code) {
    return arguments(name, fault(root -> change.accept(root.withObject("/result"))), code);
  }

  private static StubPdp.Fault fault(Consumer<ObjectNode> change) {
    return (exchange, root) -> {
      change.accept(root);
      StubPdp.send(exchange, 200, StubPdp.bytes(root));
    };
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("malformed")
  void wrongAnswerIsADenial(String name, StubPdp.Fault fault, String code) {
    seen.put("platform", 5L);
    stub.answerWith(fault);

    assertDenied(decide(), code);
    assertThat(seen).as(name).containsOnlyKeys("platform");
  }

  @Test
  void f1NobodyThere() {
    stub.close();

    assertDenied(decide(), "pdp_refused");
  }

  @Test
  void f2NoAnswerInTime() {
    stub.answerWith((_, _) -> stub.hold());

    assertDenied(decide(), "pdp_timeout");
  }

  @Test
  void f19BodyThatDripsIsGivenUp() {
    stub.answerWith((exchange, _) -> stub.drip(exchange));

    assertDenied(decide(), "pdp_timeout");
  }

  @Test
  void f20CompressedBodyIsNotUnpacked() {
    stub.answerWith((exchange, root) -> {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      StubPdp.send(exchange, 200, StubPdp.gzip(StubPdp.bytes(root)));
    });

    assertDenied(decide(), "pdp_encoded");
  }

  @Test
  void f21StatusIsDown() {
    stub.takeStatusDown();
    freshness.poll();

    assertDenied(decide(), "pdp_status_500_at_status");
  }

  static Stream<Arguments> stale() {
    return Stream.of(
        status("activation failed", b -> b.put("code", "bundle_error"), "pdp_bundle_failed"),
        status("errors", b -> b.putArray("errors").add("x"), "pdp_bundle_failed"),
        status(
            "never asked (F23)",
            b -> b.put("last_successful_request", "0001-01-01T00:00:00Z"),
            "pdp_bundle_never_loaded"),
        status(
            "never active", b -> b.remove("last_successful_activation"), "pdp_bundle_never_loaded"),
        status(
            "asked long ago",
            b -> b.put("last_successful_request", "2026-11-21T11:44:59Z"),
            "pdp_bundle_old"),
        status("nonsense", b -> b.put("last_successful_request", "soon"), "pdp_status_malformed"),
        status("other revision", b -> b.put("active_revision", "x"), "pdp_revision_not_active"));
  }

  private static Arguments status(String name, Consumer<ObjectNode> change, String code) {
    StubPdp.StatusFault fault = bundles -> change.accept(bundles.withObject("/t_t1"));
    return arguments(name, fault, code);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("stale")
  void staleBundleIsADenial(String name, StubPdp.StatusFault fault, String code) {
    stub.changeStatus(fault);
    freshness.poll();

    assertDenied(decide(), code);
  }

  @Test
  void tenantWithoutABundleIsDenied() {
    stub.changeStatus(bundles -> bundles.remove("t_t1"));
    freshness.poll();

    assertThat(freshness.fresh(StubPdp.TENANT)).isFalse();
    assertDenied(decide(), "pdp_bundle_missing");
  }

  @Test
  void oldPollIsNoProofOfFreshness() {
    nanoTime.addAndGet(Duration.ofSeconds(16).toNanos());

    assertDenied(decide(), "pdp_status_old");
  }

  @Test
  void f31ClockOfThisProcessRunsAhead() {
    now = StubPdp.NOW.plus(Duration.ofHours(1));

    assertThat(decide().effect()).isEqualTo(Decision.Effect.DENY);
  }

  @Test
  void modelsThatMayAnswerArePartOfTheQuestion() {
    Map<String, Object> input = input();
    input.put(
        "tool",
        routed(
            List.of(
                Map.of("provider", "openai", "model", "m", "region", "eu", "answers", true),
                Map.of("provider", "anthropic", "answers", false))));

    assertThat(client.decide(new DecisionRequest(ENTRY_POINT, input)).unavailable()).isEmpty();
  }

  private static Map<String, Object> routed(List<Map<String, Object>> routes) {
    Map<String, Object> tool = new HashMap<>(tool(Map.of()));
    tool.put("routes", routes);
    return tool;
  }

  static Stream<Arguments> wrongInputs() {
    return Stream.of(
        arguments("a route with a price", "tool", routed(List.of(Map.of("price", 1)))),
        arguments(
            "a route that says not whether it answers",
            "tool",
            routed(List.of(Map.of("provider", "openai")))),
        arguments("unknown member", "subject", "x"),
        arguments("missing member", "budget", null),
        arguments("wrong schema", "schema", "airails.tool_action/2"),
        arguments("content in a parameter", "tool", tool(Map.of("note", "x".repeat(65)))),
        arguments("object as a parameter", "tool", tool(Map.of("note", Map.of("a", "b")))),
        arguments("text as an id", "env", "the dev environment"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongInputs")
  void wrongInputIsNeverSent(String name, String member, Object value) {
    stub.answerWith((_, _) -> assertThat(name).as("sent").isEmpty());
    Map<String, Object> input = input();
    input.remove(member);
    if (value != null) {
      input.put(member, value);
    }

    assertDenied(client.decide(new DecisionRequest(ENTRY_POINT, input)), "pdp_input_invalid");
  }

  @Test
  void unknownEntryPointIsDenied() {
    assertDenied(
        client.decide(new DecisionRequest("airails/../system", input())),
        "pdp_unknown_entry_point");
  }

  private static void assertDenied(Decision decision, String code) {
    assertThat(decision.effect()).isEqualTo(Decision.Effect.DENY);
    assertThat(decision.unavailable()).contains(code);
    assertThat(decision.reasons()).containsExactly(code);
  }
}
