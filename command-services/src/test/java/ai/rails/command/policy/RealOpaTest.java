package ai.rails.command.policy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.Actor;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.platform.opa.BundleFreshness;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.HighWater;
import ai.rails.platform.opa.OpaClient;
import ai.rails.platform.opa.OpaSettings;

import static org.assertj.core.api.Assertions.assertThat;

/// Our bundles and our client against the real OPA, rightly and wrongly signed.
@Tag("slow")
class RealOpaTest {
  private static final String TENANT = "7f3a0000-0000-7000-8000-000000000001";
  private static final String OTHER = "7f3a0000-0000-7000-8000-000000000002";
  private static final String CONNECTOR = "sha256:" + "c".repeat(64);
  private static final String WORKFLOW = "sha256:" + "a".repeat(64);
  private static final String CALL = "sha256:" + "d".repeat(64);
  private static final BundleSettings SETTINGS = BundleSettings.of("dev", "c1");

  @TempDir private Path directory;
  private final InstantSource clock = InstantSource.system();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private BundleSigner signer;
  private PolicyBundles bundles;
  private BundleServer server;
  private OpaSidecar opa;
  private BundleFreshness freshness;
  private OpaClient client;

  @BeforeEach
  void start() throws Exception {
    signer = signer(SETTINGS, newKey());
    bundles = new PolicyBundles(SETTINGS, signer, new MemoryBundleStore(), clock);
    bundles.renew();
    bundles.publish(TENANT, grants().json(), (_, _) -> {});
    server = new BundleServer(bundles);
    opa = new OpaSidecar(directory, server, SETTINGS, signer);
    connect();
    Await.until(
        () -> ask("get-incident", "R0", "read", List.of()),
        decision -> decision.unavailable().isEmpty());
  }

  private void connect() {
    OpaSettings settings =
        new OpaSettings(
            opa.url(),
            OpaSidecar.TOKEN,
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofMinutes(15),
            Duration.ofSeconds(30));
    freshness = new BundleFreshness(settings, clock, System::nanoTime);
    client = new OpaClient(settings, freshness, highWater(), UUID::randomUUID, clock);
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
    opa.close();
    server.close();
    bundles.close();
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static BundleSigner signer(BundleSettings settings, KeyPair key) {
    return new BundleSigner(settings, "policy-1", key.getPrivate(), key.getPublic());
  }

  private static TenantGrants grants() {
    List<String> dev = List.of("dev");
    List<String> workflows = List.of(WORKFLOW);
    return TenantGrants.none()
        .currency("USD")
        .principal("ann", List.of("approver"))
        .allow(Grant.of("servicenow", "get-incident", CONNECTOR, dev, workflows))
        .allow(
            Grant.of("servicenow", "update-incident", CONNECTOR, dev, workflows)
                .withParams(Map.of("impact", new ParamRule.OneOf(List.of("1", "2", "3"), true))));
  }

  private Decision ask(
      String action, String risk, String effect, List<ToolActionInput.Approved> approvals) {
    return ask(TENANT, action, risk, effect, approvals);
  }

  private Decision ask(
      String tenant,
      String action,
      String risk,
      String effect,
      List<ToolActionInput.Approved> approvals) {
    freshness.poll();
    return client.decide(
        new ToolActionInput(
                "dev",
                clock.instant(),
                tenant,
                "c1",
                new Actor(Actor.Kind.SERVICE, "servicenow"),
                List.of(),
                Optional.empty(),
                new ToolActionInput.Version("itsm-triage", "1.0.0", WORKFLOW, "author"),
                new ToolActionInput.Position("run-1", "write", 1, List.of()),
                new ToolActionInput.Tool(
                    "servicenow",
                    action,
                    CONNECTOR,
                    risk,
                    effect,
                    "U",
                    Map.of("impact", "2"),
                    CALL,
                    "x.service-now.com",
                    443),
                approvals,
                new ToolActionInput.Funds("USD", 0, 0, 0, 1_000_000_000L, Optional.empty()))
            .request());
  }

  private Decision read() {
    return ask("get-incident", "R0", "read", List.of());
  }

  @Test
  void decisionsComeBackBoundToSignedBundles() {
    Decision allowed = read();
    Decision gated = ask("update-incident", "R2", "write", List.of());
    Decision approved = ask("update-incident", "R2", "write", List.of(approval("ann")));
    Decision selfApproved = ask("update-incident", "R2", "write", List.of(approval("author")));
    Decision denied = ask("delete-incident", "R2", "write", List.of());

    assertThat(allowed.effect()).isEqualTo(Effect.ALLOW);
    assertThat(allowed.revisions()).containsOnlyKeys("platform", "t_" + TENANT);
    assertThat(allowed.sequences()).containsEntry("platform", 1L);
    assertThat(gated.effect()).isEqualTo(Effect.REQUIRE_HITL);
    assertThat(gated.obligations().getFirst().parameters())
        .containsEntry("quorum", "1")
        .containsEntry("digest", CALL);
    assertThat(approved.effect()).isEqualTo(Effect.ALLOW);
    assertThat(selfApproved.effect()).isEqualTo(Effect.REQUIRE_HITL);
    assertThat(denied.effect()).isEqualTo(Effect.DENY);
    assertThat(denied.unavailable()).isEmpty();
    assertThat(denied.reasons()).containsExactly("tool.not_granted");
  }

  private ToolActionInput.Approved approval(String person) {
    Instant end = clock.instant().plusSeconds(60);
    return new ToolActionInput.Approved("a1", person, CALL, end);
  }

  @Test
  void newTenantIsKnownWithoutARestart() {
    assertUnavailable(ask(OTHER, "get-incident", "R0", "read", List.of()), "pdp_bundle_missing");

    bundles.publish(OTHER, grants().json(), (_, _) -> {});

    Decision decision =
        Await.until(
            () -> ask(OTHER, "get-incident", "R0", "read", List.of()),
            d -> d.unavailable().isEmpty());
    assertThat(decision.effect()).isEqualTo(Effect.ALLOW);
    assertThat(read().effect()).isEqualTo(Effect.ALLOW);
  }

  @Test
  void keysAreReleasedToGrantedVersionsInGrantedEnvironmentsOnly() {
    byte[] admitted =
        TenantGrants.read(grants().json())
            .admitWorkers("dev", List.of("SIMULATOR"), List.of("tdx:1"), WORKFLOW)
            .admitWorkers("prod", List.of("SIMULATOR"), List.of("tdx:1"), WORKFLOW)
            .json();
    assertThat(keys(WORKFLOW, "dev").reasons()).contains("key.workflow");
    bundles.publish(TENANT, admitted, (_, _) -> {});

    Decision allowed = Await.until(() -> keys(WORKFLOW, "dev"), d -> d.effect() == Effect.ALLOW);
    assertThat(allowed.reasons()).containsExactly("key.attested");
    assertThat(keys("sha256:" + "b".repeat(64), "dev").reasons()).containsExactly("key.workflow");
    assertThat(keys(WORKFLOW, "prod").reasons()).containsExactly("key.not_attested");
    assertThat(keys(WORKFLOW, "dev", true).reasons())
        .as("a workflow that demands a GPU whose evidence nobody verified")
        .containsExactly("key.gpu");
  }

  private static Map<String, Object> attestation(long nowNanos) {
    Map<String, Object> facts = new HashMap<>();
    facts.put("kind", "SIMULATOR");
    facts.put("verdict", "SIMULATED");
    facts.put("measurement", "tdx:1");
    facts.put("at_ns", nowNanos);
    facts.put("tcb_status", "UpToDate");
    facts.put("advisories", List.of());
    facts.put("evaluation_number", 1L);
    facts.put("attributes", "td-0000001000000000");
    facts.put("platform", "p1");
    facts.put("gpu", "UNVERIFIED");
    facts.put("valid_until_ns", nowNanos + 900_000_000_000L);
    facts.put("lease_until_ns", nowNanos + 900_000_000_000L);
    return facts;
  }

  private Decision keys(String digest, String environment) {
    return keys(digest, environment, false);
  }

  private Decision keys(String digest, String environment, boolean demandsGpu) {
    Instant now = clock.instant();
    return client.decide(
        new DecisionRequest(
            "airails/key_release/guarded",
            Map.of(
                "schema", "airails.key_release/1",
                "env", environment,
                "clock", Map.of("now_ns", now.toEpochMilli() * 1_000_000),
                "tenant", Map.of("id", TENANT, "cell", "c1"),
                "worker", Map.of("id", "worker-1"),
                "workflow",
                    Map.of(
                        "id", "triage",
                        "version", "1.0.0",
                        "artifact_digest", digest,
                        "author", "dana",
                        "demands_gpu", demandsGpu),
                "attestation", attestation(now.toEpochMilli() * 1_000_000))));
  }

  @Test
  void renewedLeaseAndRevokedGrantTakeEffect() {
    bundles.renew();
    Await.until(this::read, d -> d.sequences().getOrDefault("platform", 0L) == 2L);

    bundles.publish(TENANT, grants().revoke("servicenow", "get-incident").json(), (_, _) -> {});

    Decision decision = Await.until(this::read, d -> d.effect() == Effect.DENY);
    assertThat(decision.reasons()).containsExactly("tool.not_granted");
  }

  @Test
  void renewedServiceTokenIsUsedWithoutARestart() throws IOException {
    server.expect("second-token");
    opa.renewToken("second-token");

    bundles.renew();

    Decision decision =
        Await.until(this::read, d -> d.sequences().getOrDefault("platform", 0L) == 2L);
    assertThat(decision.effect()).isEqualTo(Effect.ALLOW);
  }

  @Test
  void f15RolledBackBundleIsNotBelieved() {
    seen.put("t_" + TENANT, 99L);

    assertUnavailable(read(), "pdp_rolled_back");
  }

  @Test
  void f16ExpiredLeaseIsNotBelieved() {
    Instant longAgo = clock.instant().minus(Duration.ofMinutes(16));
    BundleContent content = BundleContent.tenant(TENANT, grants().json());

    server.replace("t_" + TENANT, signer.sign(content, "1.0.0", 50, longAgo).archive());

    Await.until(this::read, d -> d.unavailable().equals(Optional.of("pdp_policy_stale")));
  }

  @Test
  void f22BundleThatDoesNotCompileStopsDecisions() {
    SortedMap<String, byte[]> files = PlatformPolicy.files();
    files.put(
        "airails/approval/valid.rego",
        "package airails.approval\n\nx if y".getBytes(StandardCharsets.UTF_8));

    refused(
        "platform",
        signer.sign(BundleContent.platform(files), "1.1.0", 50, clock.instant()).archive());
  }

  @Test
  void f24UnsignedBundleIsRefused() {
    SortedMap<String, byte[]> files = tenantFiles();
    files.remove(".signatures.json");

    refused("t_" + TENANT, TarGz.pack(files));
  }

  @Test
  void f25WrongKeyIsRefused() throws GeneralSecurityException {
    BundleSigner stranger = signer(SETTINGS, newKey());
    BundleContent content = BundleContent.tenant(TENANT, grants().json());

    refused("t_" + TENANT, stranger.sign(content, "1.0.0", 50, clock.instant()).archive());
  }

  @Test
  void f26WrongScopeIsRefused() {
    BundleContent content = BundleContent.tenant(TENANT, grants().json());
    BundleContent elsewhere =
        new BundleContent(content.name(), "platform", content.roots(), content.files());

    refused("t_" + TENANT, signer.sign(elsewhere, "1.0.0", 50, clock.instant()).archive());
  }

  @Test
  void f27ExtraFileIsRefused() {
    SortedMap<String, byte[]> files = tenantFiles();
    files.put(
        "tenants/%s/more.rego".formatted(TENANT), "package a".getBytes(StandardCharsets.UTF_8));

    refused("t_" + TENANT, TarGz.pack(files));
  }

  @Test
  void f28TamperedDataIsRefused() {
    SortedMap<String, byte[]> files = tenantFiles();
    files.put(
        "tenants/%s/data.json".formatted(TENANT),
        grants().principal("mallory", List.of("approver")).json());

    refused("t_" + TENANT, TarGz.pack(files));
  }

  @Test
  void f29OtherTenantsBundleIsRefused() {
    BundleContent other = BundleContent.tenant(OTHER, grants().json());

    refused("t_" + TENANT, signer.sign(other, "1.0.0", 50, clock.instant()).archive());
  }

  @Test
  void f23RestartOnKeptBundlesIsNoFreshness() throws Exception {
    opa.close();
    server.close();
    opa.start();

    Await.until(
        this::read,
        d ->
            d.unavailable().filter(code -> code.equals("pdp_bundle_never_loaded")).isPresent()
                || d.unavailable().filter(code -> code.equals("pdp_bundle_failed")).isPresent());
    assertThat(read().effect()).isEqualTo(Effect.DENY);
  }

  @Test
  void f34StoppedOpaIsADenial() throws Exception {
    opa.signal("STOP");

    try {
      assertThat(read().effect()).isEqualTo(Effect.DENY);
      assertThat(read().unavailable()).isPresent();
    } finally {
      opa.signal("CONT");
    }
  }

  @Test
  void f35NobodyWritesPolicyThroughTheApi() throws Exception {
    HttpRequest put =
        HttpRequest.newBuilder(URI.create(opa.url() + "/v1/policies/open"))
            .header("Authorization", "Bearer " + OpaSidecar.TOKEN)
            .PUT(HttpRequest.BodyPublishers.ofString("package open"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(put, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(401);
    }
  }

  private SortedMap<String, byte[]> tenantFiles() {
    BundleContent content = BundleContent.tenant(TENANT, grants().json());
    try {
      return new TreeMap<>(
          Tar.unpack(signer.sign(content, "1.0.0", 50, clock.instant()).archive()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void refused(String name, byte[] archive) {
    server.replace(name, archive);

    Decision decision =
        Await.until(this::read, d -> d.unavailable().equals(Optional.of("pdp_bundle_failed")));
    assertThat(decision.effect()).isEqualTo(Effect.DENY);

    server.restore(name);
    Await.until(this::read, d -> d.effect() == Effect.ALLOW);
  }

  private static void assertUnavailable(Decision decision, String code) {
    assertThat(decision.effect()).isEqualTo(Effect.DENY);
    assertThat(decision.unavailable()).contains(code);
  }
}
