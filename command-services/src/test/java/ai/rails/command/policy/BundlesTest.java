package ai.rails.command.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BundlesTest {
  private static final String CONNECTOR = "sha256:" + "c".repeat(64);

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  private PolicyBundles bundles;

  @BeforeEach
  void make() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    var key = generator.generateKeyPair();
    BundleSettings settings = BundleSettings.of("dev", "c1");
    bundles =
        new PolicyBundles(
            settings,
            new BundleSigner(settings, "k1", key.getPrivate(), key.getPublic()),
            new MemoryBundleStore(),
            InstantSource.fixed(NOON));
    bundles.renew();
  }

  private static byte[] grants() {
    return TenantGrants.none()
        .principal("ann", List.of("approver"))
        .allow(Grant.of("servicenow", "get-incident", DIGEST, List.of("dev"), List.of()))
        .json();
  }

  private Optional<String> etag(String name) {
    return Optional.ofNullable(bundles.get(name, Optional.empty()).headers().get("ETag"));
  }

  @Test
  void everyRegoFileIsInThePlatformBundle() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../policies/rego/airails"))) {
      List<String> rego =
          files
              .map(path -> Path.of("../policies/rego").relativize(path).toString())
              .filter(name -> name.endsWith(".rego") && !name.endsWith("_test.rego"))
              .sorted()
              .toList();

      assertThat(PlatformPolicy.REGO).isEqualTo(rego);
    }
  }

  @Test
  void manifestCarriesTheLease() throws IOException {
    Map<String, byte[]> files = Tar.unpack(bundles.get("platform", Optional.empty()).body());

    assertThat(new String(files.get(".manifest"), StandardCharsets.UTF_8))
        .contains("\"seq\":1", "\"expires_at_ns\":1795263300000000000", "\"cell\":\"c1\"");
    assertThat(files).containsKeys(".signatures.json", "platform/data.json");
  }

  @Test
  void unchangedBundleIsNotSentAgain() {
    Optional<String> etag = etag("platform");

    assertThat(bundles.get("platform", etag).status()).isEqualTo(304);
    assertThat(bundles.get("platform", Optional.of("\"other\"")).status()).isEqualTo(200);
    assertThat(bundles.get("t_unknown", Optional.empty()).status()).isEqualTo(404);
  }

  @Test
  void waitingCallerGetsTheNextBundle() throws InterruptedException {
    Optional<String> etag = etag("platform");
    Thread renewing = Thread.ofVirtual().start(bundles::renew);

    BundleResponse next = bundles.get("platform", etag, Duration.ofSeconds(20));

    renewing.join();
    assertThat(next.status()).isEqualTo(200);
  }

  @Test
  void nobodyWaitsWhenTheServerStops() throws InterruptedException {
    Optional<String> etag = etag("platform");
    Thread stopping = Thread.ofVirtual().start(bundles::endWaiting);

    BundleResponse unchanged = bundles.get("platform", etag, Duration.ofMinutes(1));

    stopping.join();
    assertThat(unchanged.status()).isEqualTo(304);
  }

  @Test
  void renewalChangesTheLeaseAndNotTheContent() {
    PolicyBundles.Published first = bundles.publish("t1", grants(), (_, _) -> {});
    bundles.renew();
    PolicyBundles.Published again = bundles.publish("t1", grants(), (_, _) -> {});

    assertThat(again.contentSha256()).isEqualTo(first.contentSha256());
    assertThat(again.revision()).startsWith("t_t1@" + PolicyVersion.FIRST + "+seq.2.");
    assertThat(bundles.tenantData("t1")).contains(grants());
  }

  @Test
  void discoveryChangesOnlyWithTheTenants() {
    bundles.publish("t1", grants(), (_, _) -> {});
    Optional<String> etag = etag("discovery");

    bundles.renew();
    assertThat(bundles.get("discovery", etag).status()).isEqualTo(304);

    bundles.publish("t2", grants(), (_, _) -> {});
    assertThat(bundles.get("discovery", etag).status()).isEqualTo(200);
  }

  @Test
  void versionsOnTheSameTermsKeepTheirGrantAndOthersDoNot() {
    Grant first = Grant.of("servicenow", "update", CONNECTOR, List.of("dev"), List.of("sha256:a"));
    Grant second = Grant.of("servicenow", "update", CONNECTOR, List.of("dev"), List.of("sha256:b"));
    Grant elsewhere =
        Grant.of("servicenow", "update", CONNECTOR, List.of("prod"), List.of("sha256:c"));

    TenantGrants joined = TenantGrants.none().allow(first).allow(second);
    String both = new String(joined.json(), StandardCharsets.UTF_8);
    String replaced = new String(joined.allow(elsewhere).json(), StandardCharsets.UTF_8);

    assertThat(both).contains("\"workflow_digests\":[\"sha256:a\",\"sha256:b\"]");
    assertThat(replaced).contains("\"workflow_digests\":[\"sha256:c\"]");
  }

  @Test
  void admittedWorkflowJoinsTheGrantsOfItsEnvironment() {
    TenantGrants grants =
        TenantGrants.read(grants())
            .keyRelease("dev", List.of("DEVELOPMENT"), List.of("none"), List.of())
            .keyRelease("prod", List.of("TDX"), List.of("m1"), List.of())
            .admitWorkflow("dev", DIGEST);

    String json = new String(grants.json(), StandardCharsets.UTF_8);
    assertThat(json.split("\"workflow_digests\":\\[\"sha256", -1)).hasSize(3);
    assertThat(json)
        .contains(
            "\"prod\":{\"kinds\":[\"TDX\"],\"measurements\":[\"m1\"],\"workflow_digests\":[]}");
  }

  @Test
  void dataThatDoesNotFitItsSchemaIsNotSigned() {
    for (String wrong :
        List.of(
            "{}",
            "[]",
            "not json",
            "{\"schema\":\"airails.tenant_data/1\",\"tools\":{},\"principals\":{},"
                + "\"auditors\":[],\"allow_all\":true}",
            "{\"schema\":\"airails.tenant_data/1\",\"tools\":{},\"principals\":{},"
                + "\"auditors\":[\"*\"]}")) {
      assertThatThrownBy(
              () -> bundles.publish("t1", wrong.getBytes(StandardCharsets.UTF_8), (_, _) -> {}))
          .isInstanceOf(Refused.class);
    }
  }

  @Test
  void waitComesFromThePreferHeader() {
    assertThat(PolicyBundles.waitOf(Optional.of("modes=snapshot,delta;wait=20")))
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(PolicyBundles.waitOf(Optional.empty())).isZero();
  }
}
