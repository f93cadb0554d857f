package ai.rails.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.attestation.Evidence;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.command.collateral.CollateralCache;
import ai.rails.command.collateral.CollateralStore;
import ai.rails.command.collateral.IntelService;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Frontier;
import ai.rails.enclave.egress.EgressProxy;
import ai.rails.platform.config.Settings;
import ai.rails.platform.egress.ServiceTunnels;
import ai.rails.platform.timestamp.AuthorityServer;
import ai.rails.platform.timestamp.DevelopmentRoot;
import ai.rails.platform.timestamp.HttpAuthority;
import ai.rails.platform.timestamp.TimestampCheck;
import ai.rails.platform.witness.AddCheckpoint;
import ai.rails.platform.witness.NoteSigner;
import ai.rails.platform.witness.Way;
import ai.rails.platform.witness.WitnessClient;
import ai.rails.platform.witness.WitnessClient.Answer;
import ai.rails.platform.witness.WitnessServer;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.DevelopmentPcs;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Witnesses and time stamp authorities that others run, through a real egress proxy.
class FixedWaysTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final URI WITNESS = URI.create("http://witness.example.org/");
  private static final URI AUTHORITY = URI.create("http://stamps.example.org/tsr");

  @TempDir private Path directory = Path.of(".");
  private Ed25519Sign.KeyPair keys = keys();

  @BeforeEach
  void newKeys() {
    keys = keys();
  }

  @Test
  void aWitnessCosignsThroughTheProxy() throws Exception {
    NoteSigner log = NoteSigner.generate("ledger.c1.example/t/t1/w/w1/e/1", new Random(1));
    try (WitnessServer witness = witness(log);
        EgressProxy proxy = proxy("witness.example.org:80", witness.port());
        var client =
            new WitnessClient(
                WITNESS, witness.key(), ways("development", proxy.port()).apply(WITNESS), LIMIT)) {
      Answer answer = client.add(new AddCheckpoint(0, List.of(), signed(log)));

      assertThat(answer).isInstanceOf(Answer.Cosigned.class);
      assertThat(client.checkpoint(log.key().name())).map(Note::text).contains(signed(log).text());
    }
  }

  @Test
  void anAuthorityStampsThroughTheProxy() throws Exception {
    var local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var authority = DevelopmentRoot.open(directory, CLOCK, new SecureRandom());
    byte[] data = "data".getBytes(StandardCharsets.UTF_8);
    try (var server = AuthorityServer.start(authority, local);
        EgressProxy proxy = proxy("stamps.example.org:80", server.address().getPort());
        Way way = ways("production", proxy.port()).apply(AUTHORITY)) {
      byte[] stamp = new HttpAuthority(AUTHORITY, way, new SecureRandom()).stamp(data);

      assertThat(TimestampCheck.verify(stamp, data, List.of(authority.chain().getLast())))
          .isNotNull();
    }
  }

  @Test
  void collateralComesThroughTheProxy() throws Exception {
    DevelopmentIntel intel = DevelopmentIntel.create(CLOCK.instant(), new SecureRandom());
    DevelopmentCa ca = DevelopmentCa.open(directory, "password", CLOCK, new SecureRandom());
    URI address = URI.create("https://pccs.example.org");
    Evidence evidence =
        new KernelReports(
                new SimulatedTd(
                        intel.platform(),
                        SimulatedImage.launched(Bytes.copyOf(new byte[48])),
                        new SecureRandom())
                    .reports(),
                () -> "report")
            .gather(Bytes.copyOf(new byte[64]))
            .evidence();
    try (DevelopmentPcs pcs = DevelopmentPcs.start(intel, 0, CLOCK);
        TlsFront front =
            TlsFront.of(pcs.uri(), ca.server("pccs", List.of(address.getHost())), "password");
        EgressProxy proxy = proxy("pccs.example.org:443", front.port());
        var service =
            new IntelService(
                address,
                hosts ->
                    ServiceTunnels.of(
                        settings(
                            "production",
                            Map.of(
                                "egress.port", String.valueOf(proxy.port()),
                                "egress.proxyId", "p-1",
                                "worker.gateway.ca.file", ca.certificateFile().toString())),
                        hosts,
                        signer(),
                        ids(),
                        CLOCK))) {
      Collateral fetched =
          new CollateralCache(
                  service, TrustRoots.of(List.of(intel.root())), CollateralStore.none(), CLOCK)
              .of(evidence, Optional.empty());

      assertThat(fetched.parts()).hasSize(6);
      assertThatThrownBy(() -> new IntelService(address, _ -> Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("through the egress proxy only");
    }
  }

  /// A ticket of a key that the proxy does not know opens nothing, and there is no other way.
  @Test
  void nobodyGoesRoundTheProxy() throws Exception {
    NoteSigner log = NoteSigner.generate("ledger.c1.example/t/t1/w/w1/e/1", new Random(1));
    try (WitnessServer witness = witness(log);
        EgressProxy proxy = proxy("witness.example.org:80", witness.port())) {
      newKeys();
      try (var client =
          new WitnessClient(
              WITNESS, witness.key(), ways("development", proxy.port()).apply(WITNESS), LIMIT)) {
        assertThat(client.add(new AddCheckpoint(0, List.of(), signed(log))))
            .isInstanceOf(Answer.Unavailable.class);
      }
    }
    FixedWays none = FixedWays.of(settings("development", Map.of()), signer(), ids(), CLOCK);
    assertThatThrownBy(() -> none.apply(WITNESS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("through the egress proxy only");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:9/", "http://localhost/", "https://[::1]:1/"})
  void productionBelievesNobodyOnItsOwnMachine(String address) throws Exception {
    assertThatThrownBy(() -> ways("production", 1).apply(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name one that others run");
    try (Way direct = ways("development", 1).apply(URI.create(address))) {
      assertThat(direct).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://witness.example.org/", "witness.example.org", "file:///etc"})
  void refusesWhatIsNoAddress(String address) {
    assertThatThrownBy(() -> ways("development", 1).apply(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no address");
  }

  private WitnessServer witness(NoteSigner log) throws Exception {
    NoteSigner own = NoteSigner.generate("witness.example.org/w1", new Random(2));
    Files.writeString(directory.resolve("witness-key"), own.privateKey() + "\n");
    Files.writeString(directory.resolve("logs"), "log " + log.key() + "\n");
    return WitnessServer.start(
        new WitnessServer.Settings(
            directory.resolve("state"),
            directory.resolve("witness-key"),
            directory.resolve("logs"),
            "127.0.0.1",
            0),
        CLOCK);
  }

  private static Note signed(NoteSigner log) {
    var tree = new Frontier();
    tree.append(new byte[32]);
    String name = log.key().name();
    String text = new Checkpoint(name, 1, tree.root()).text();
    return new Note(text, List.of(log.signAs(name, text)));
  }

  private EgressProxy proxy(String target, int port) throws Exception {
    Path file = directory.resolve("egress.properties");
    new EffectiveProperties(
            new TreeMap<>(
                Map.of(
                    "environment.kind",
                    "development",
                    "egress.proxyId",
                    "p-1",
                    "egress.ticket.public",
                    Base64.getEncoder().encodeToString(keys.getPublicKey()),
                    "egress.development.allow",
                    "%s=127.0.0.1:%s".formatted(target, port))))
        .write(file);
    return EgressProxy.start(file, CLOCK);
  }

  private FixedWays ways(String environment, int port) throws Exception {
    return FixedWays.of(
        settings(environment, Map.of("egress.port", String.valueOf(port), "egress.proxyId", "p-1")),
        signer(),
        ids(),
        CLOCK);
  }

  private static Settings settings(String environment, Map<String, String> egress) {
    Map<String, String> values = new TreeMap<>(egress);
    values.put("environment.kind", environment);
    return Settings.of(values);
  }

  private Ed25519Sign signer() {
    try {
      return new Ed25519Sign(keys.getPrivateKey());
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SystemIds ids() {
    return new SystemIds();
  }

  private static Ed25519Sign.KeyPair keys() {
    try {
      return Ed25519Sign.KeyPair.newKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
