package ai.rails.app.journey;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Wait;
import ai.rails.command.slack.Modal;
import ai.rails.command.slack.SlackApp;
import ai.rails.command.slack.SlackSide;
import ai.rails.command.slack.SocketMode;
import ai.rails.enclave.egress.EgressProxy;
import ai.rails.platform.config.Settings;
import ai.rails.platform.egress.ServiceTunnel;
import ai.rails.platform.egress.ServiceTunnels;
import ai.rails.platform.http.Tls;
import ai.rails.platform.http.Unavailable;
import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Transport;
import ai.rails.standin.slack.Press;
import ai.rails.standin.slack.SlackStandIn;
import ai.rails.standin.slack.Workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Modals and Socket Mode against the stand-in of Slack, through a real egress proxy.
class SlackSocketTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final SlackApp APP = new SlackApp("t1", "slack");
  private static final SlackApp GONE = new SlackApp("t0", "slack");
  private static final String BOT = "xoxb-0123456789";

  @TempDir private Path directory = Path.of(".");
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final List<SlackApp> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<JsonNode> taken = Collections.synchronizedList(new ArrayList<>());
  private Optional<SlackStandIn> slack = Optional.empty();
  private Optional<ServiceTunnel> tunnel = Optional.empty();

  @BeforeEach
  void open() throws Exception {
    SecureRandom random = new SecureRandom();
    DevelopmentCa ca =
        DevelopmentCa.open(directory.resolve("tls"), "password", InstantSource.system(), random);
    Workspace workspace =
        Workspace.of("https://slack.com", BOT, "signing-secret", Map.of("UOMAR", "omar"));
    SlackStandIn standIn =
        SlackStandIn.start(
            new SlackStandIn.Start(
                workspace,
                false,
                new Transport.Tls(
                    Tls.context(
                        ca.server("slack", List.copyOf(SlackSide.HOSTS)).pkcs12(),
                        "password",
                        ca.certificateFile())),
                0,
                Journal.open(directory.resolve("slack.jsonl"), InstantSource.system()),
                InstantSource.system(),
                new Ids(new Random(1))));
    parts.addFirst(standIn);
    slack = Optional.of(standIn);
    Ed25519Sign.KeyPair keys = Ed25519Sign.KeyPair.newKeyPair();
    EgressProxy proxy = proxy(keys, standIn);
    parts.addFirst(proxy);
    tunnel =
        ServiceTunnels.of(
            Settings.of(
                Map.of(
                    "egress.port",
                    Integer.toString(proxy.port()),
                    "egress.proxyId",
                    "p-1",
                    "worker.gateway.ca.file",
                    ca.certificateFile().toString())),
            SlackSide.HOSTS,
            new Ed25519Sign(keys.getPrivateKey()),
            UUID::randomUUID,
            InstantSource.system());
  }

  private EgressProxy proxy(Ed25519Sign.KeyPair keys, SlackStandIn standIn) throws Exception {
    Path file = directory.resolve("egress.properties");
    new EffectiveProperties(
            new TreeMap<>(
                Map.of(
                    "environment.kind",
                    "development",
                    "egress.proxyId",
                    "p-1",
                    "egress.tenantTunnels",
                    "3",
                    "egress.ticket.public",
                    java.util.Base64.getEncoder().encodeToString(keys.getPublicKey()),
                    "egress.development.allow",
                    "slack.com:443=127.0.0.1:%s,hooks.slack.com:443=127.0.0.1:%s,wss-primary.slack.com:443=127.0.0.1:%s"
                        .formatted(standIn.port(), standIn.port(), standIn.socketPort()))))
        .write(file);
    return EgressProxy.start(file, InstantSource.system());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : parts) {
      each.close();
    }
  }

  private SlackStandIn slack() {
    return slack.orElseThrow();
  }

  private SocketMode sockets(SlackApp... apps) {
    SocketMode mode =
        new SocketMode(
            tunnel.orElseThrow(),
            new SocketMode.Apps() {
              @Override
              public List<SlackApp> all() {
                return List.of(apps);
              }

              @Override
              public Optional<String> token(SlackApp app) {
                asked.add(app);
                if (app.equals(GONE)) {
                  throw new Unavailable("the tenant has no key any more", new IOException("gone"));
                }
                return Optional.of("xapp-1-A0AIRAILS-development");
              }
            },
            (app, payload, _) -> {
              assertThat(app).isIn((Object[]) apps);
              taken.add(payload);
              return Optional.of(Map.of("text", "Your approval is recorded."));
            },
            new SecureRandom());
    parts.addFirst(mode);
    long held = Stream.of(apps).filter(each -> !each.equals(GONE)).count();
    mode.look();
    eventually(() -> mode.connections() == held && slack().openSockets() == held);
    mode.look();
    return mode;
  }

  private String card() throws Exception {
    var _ =
        tunnel
            .orElseThrow()
            .post(
                "slack.com",
                "/api/chat.postMessage",
                Map.of("Authorization", "Bearer " + BOT, "Content-Type", "application/json"),
                """
                {"channel":"C0APPROVALS","text":"t","blocks":[{"type":"actions","elements":[
                {"type":"button","action_id":"airails.ask","value":"r/g","text":
                {"type":"plain_text","text":"Ask"}}]}]}\
                """
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Duration.ofSeconds(5));
    return slack().messages("C0APPROVALS").getFirst().path("ts").asText();
  }

  private static void eventually(BooleanSupplier holds) {
    assertThat(Wait.until(SOON, holds)).isTrue();
  }

  @Test
  void clicksComeThroughASocketThatIsOpenedAgainWheneverItEnds() throws Exception {
    SocketMode mode = sockets(GONE, APP);
    assertThat(asked).contains(GONE).containsOnlyOnce(APP);
    Press press = new Press("UOMAR", "C0APPROVALS", card(), "airails.ask");

    JsonNode answer = slack().pressThroughSocket(press, 0);

    assertThat(answer.path("text").asText()).contains("recorded");
    assertThat(taken.getFirst().path("type").asText()).isEqualTo("block_actions");

    slack().refreshSockets();
    eventually(() -> slack().openSockets() == 1 && mode.connections() == 1);
    JsonNode _ = slack().pressThroughSocket(press, 1);
    slack().cutSockets();
    eventually(() -> slack().openSockets() == 1 && mode.connections() == 1);
    JsonNode _ = slack().pressThroughSocket(press, 0);
    assertThat(taken).hasSize(3);
  }

  @Test
  void socketsOfATenantLeaveRoomForRequestsAndForOthers() throws Exception {
    SocketMode mode =
        sockets(
            APP,
            new SlackApp("t1", "second"),
            new SlackApp("t1", "third"),
            new SlackApp("t2", "slack"));

    JsonNode _ = asked(new SlackSide(tunnel.orElseThrow()));

    assertThat(mode.connections()).isEqualTo(4);
    assertThat(slack().views()).hasSize(1);
  }

  /// Presses the button and opens its modal.
  private JsonNode asked(SlackSide side) throws Exception {
    Press press = new Press("UOMAR", "C0APPROVALS", card(), "airails.ask");
    JsonNode payload = ai.rails.platform.http.Json.tree(payload(slack().callback(press).body()));
    side.openView(BOT, payload.path("trigger_id").asText(), Modal.ask("r/g/sha256:00"));
    return payload;
  }

  @Test
  void formComesThroughTheSocketAndItsAnswerGoesBack() throws Exception {
    SocketMode _ = sockets(GONE, APP);
    JsonNode _ = asked(new SlackSide(tunnel.orElseThrow()));

    JsonNode answer =
        slack()
            .submitThroughSocket(
                slack().views().getLast(), Map.of("question", Map.of("text", "why?")), 1);

    assertThat(answer.path("text").asText()).contains("recorded");
    assertThat(taken)
        .singleElement()
        .satisfies(form -> {
          assertThat(form.path("type").asText()).isEqualTo("view_submission");
          assertThat(form.at("/view/private_metadata").asText()).isEqualTo("r/g/sha256:00");
          assertThat(Modal.question(form.path("view"))).contains("why?");
        });
  }

  @Test
  void modalOpensWithinItsTriggersLifeAndOnlyOnceAndIsSubmitted() throws Exception {
    SlackSide side = new SlackSide(tunnel.orElseThrow());
    JsonNode payload = asked(side);

    String view = slack().views().getLast();
    String form = slack().submission(view, Map.of("question", Map.of("text", "why?"))).body();
    JsonNode submitted = ai.rails.platform.http.Json.tree(payload(form)).path("view");
    assertThat(submitted.path("private_metadata").asText()).isEqualTo("r/g/sha256:00");
    assertThat(Modal.question(submitted)).contains("why?");
    assertThatThrownBy(
            () -> side.openView(BOT, payload.path("trigger_id").asText(), Modal.ask("r/g")))
        .hasMessageContaining("invalid_trigger_id");
    side.respond(payload.path("response_url").asText(), Map.of("text", "recorded"));
    for (String elsewhere :
        List.of(
            "https://evil.example/actions/x",
            "https://hooks.slack.com.evil.example/x",
            "https://hooks.slack.com@evil.example/x",
            "http://hooks.slack.com/x",
            "https://hooks.slack.com:8443/x")) {
      assertThatThrownBy(() -> side.respond(elsewhere, Map.of("text", "x")))
          .hasMessageContaining("not Slack's");
    }
  }

  @Test
  void theControlPlaneReachesNothingButItsList() {
    assertThatThrownBy(() ->
            tunnel
                .orElseThrow()
                .post("example.com", "/", Map.of(), new byte[0], Duration.ofSeconds(1)))
        .hasMessageContaining("no destination of the control plane");
  }

  private static byte[] payload(String form) {
    return java.net.URLDecoder.decode(
            form.substring("payload=".length()), java.nio.charset.StandardCharsets.UTF_8)
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
