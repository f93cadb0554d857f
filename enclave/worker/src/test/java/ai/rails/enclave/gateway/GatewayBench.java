package ai.rails.enclave.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.connector.Place;
import ai.rails.connector.PriceTable;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.content.FrozenCall.Target;
import ai.rails.enclave.egress.EgressProxy;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.gateway.ScriptedHost.Seen;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.platform.ticket.EgressTicket;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// A gateway, the real egress proxy and a host that a test scripts, over real sockets and TLS.
final class GatewayBench implements AutoCloseable {
  static final String HOST = "acme.service-now.com";
  private static final long TICKET_MILLIS = 10_000;
  private static final String OTHER_HOST = "slack.com";
  private static final String[] HOSTS = {
    HOST,
    OTHER_HOST,
    "api.openai.com",
    "acme.openai.azure.com",
    "api.anthropic.com",
    "gmail.googleapis.com",
    "oauth2.googleapis.com",
    "desk.airails.internal"
  };
  // Tickets live for seconds of the real clock, which the proxy and the sockets run on.
  private static final InstantSource CLOCK = InstantSource.system();

  private final ScriptedHost host;
  private final EgressProxy proxy;
  private final Ed25519Sign key;
  private final Connectors connectors = Connectors.builtIn();
  private final Gateway gateway;
  private int serial;

  /// Whether tickets are too old when the call begins, and whether there are fresh ones.
  boolean lapsed;

  boolean renewable = true;

  Optional<Refreshing> refreshing = Optional.empty();

  /// For how many requests fresh ones were asked.
  final List<Integer> asked = new ArrayList<>();

  GatewayBench(Path directory, HostCertificate certificate, Function<Seen, Reply> script)
      throws IOException, GeneralSecurityException {
    this(directory, certificate, certificate, script);
  }

  GatewayBench(
      Path directory,
      HostCertificate trusted,
      HostCertificate serving,
      Function<Seen, Reply> script)
      throws IOException, GeneralSecurityException {
    this.host = new ScriptedHost(serving.serving(), script);
    Ed25519Sign.KeyPair pair = Ed25519Sign.KeyPair.newKeyPair();
    this.key = new Ed25519Sign(pair.getPrivateKey());
    StringBuilder allow = new StringBuilder();
    for (String each : HOSTS) {
      allow.append("%s:443=127.0.0.1:%d ".formatted(each, host.address().getPort()));
    }
    Path file = directory.resolve("effective.properties");
    Files.writeString(
        file,
        """
        environment.kind=development
        egress.proxyId=p-1
        egress.ticket.public=%s
        egress.development.allow=%s
        """
            .formatted(Base64.getEncoder().encodeToString(pair.getPublicKey()), allow));
    this.proxy = EgressProxy.start(file, CLOCK);
    this.gateway =
        new Gateway(
            connectors,
            PriceTable.current(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()),
            trusted.trusted(directory),
            new Offline(),
            CLOCK);
  }

  static HostCertificate certificate() {
    return new HostCertificate(HOSTS);
  }

  Gateway gateway() {
    return gateway;
  }

  EgressProxy proxy() {
    return proxy;
  }

  List<Seen> seen() {
    return host.seen();
  }

  Connector connector(String name) {
    return connectors.named(name, "1.0.0").orElseThrow();
  }

  /// A call of this very version, at this host.
  Call call(String name, String version, String host, String action, String params) {
    Connector connector = connectors.named(name, version).orElseThrow();
    var pin = new ConnectorPin(name, version, connector.digest(), "i-1", Optional.empty());
    int requests = connector.requests(connector.action(action).orElseThrow());
    return new Call(pin, action, params, host, Map.of(), requests, 1, false, 0);
  }

  ConnectorPin pin(String name, Optional<String> model) {
    return new ConnectorPin(name, "1.0.0", connector(name).digest(), "i-1", model);
  }

  static Instance instance(ConnectorPin pin, String host) {
    return new Instance(
        "i-1", pin.connector(), pin.digest(), host, 443, Map.of(), Optional.empty());
  }

  /// Reads a test's own JSON, written with single quotes.
  static JsonNode json(String text) {
    return tree(text.replace('\'', '"'));
  }

  static JsonNode tree(String text) {
    try {
      return ContentJson.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /// A call that a test may still change.
  Call call(String connector, String action, String params) {
    String host =
        switch (connector) {
          case "servicenow" -> HOST;
          case "slack" -> OTHER_HOST;
          case "openai" -> "api.openai.com";
          case "azure-openai" -> "acme.openai.azure.com";
          case "anthropic" -> "api.anthropic.com";
          default -> "";
        };
    return new Call(
        pin(connector, Optional.empty()), action, params, host, Map.of(), 8, 1, false, 0);
  }

  Result execute(Call call) throws InterruptedException {
    FrozenCall frozen =
        FrozenCall.freeze(
            new Target(
                call.pin().connector(), call.action(), call.pin().digest(), "i-1", call.host()),
            json(call.params()),
            new Random(1));
    return gateway.execute(
        new Order(
            frozen,
            "run-1",
            "update",
            call.group(),
            "call-1",
            "key-1",
            call.pin(),
            instance(call.pin(), call.host()),
            call.credential(),
            tickets(call, call.tickets(), lapsed ? -TICKET_MILLIS : TICKET_MILLIS),
            count -> {
              asked.add(count);
              return renewable ? tickets(call, count, TICKET_MILLIS) : List.of();
            },
            refreshing,
            call.recovering(),
            call.sinceIntent()));
  }

  /// Those for the instance first, then those for each place, as the control plane issues them.
  private List<String> tickets(Call call, int count, long lifeMillis) {
    Connector connector = connectors.byDigest(call.pin().digest()).orElseThrow();
    List<String> elsewhere = new ArrayList<>();
    connector
        .elsewhere(connector.action(call.action()).orElseThrow())
        .forEach((place, requests) -> {
          Place where = Objects.requireNonNull(connector.places().get(place));
          elsewhere.addAll(tickets(where.hostFor(call.host()), requests, lifeMillis));
        });
    List<String> all = tickets(call.host(), Math.max(0, count - elsewhere.size()), lifeMillis);
    all.addAll(elsewhere);
    return all;
  }

  private List<String> tickets(String to, int count, long lifeMillis) {
    List<String> tickets = new ArrayList<>();
    long now = CLOCK.millis() + Math.min(0, 2 * lifeMillis);
    for (int i = 0; i < count; i++) {
      try {
        tickets.add(
            new EgressTicket(
                    "j-" + serial++,
                    "p-1",
                    "t-1",
                    "call-1",
                    1,
                    to,
                    443,
                    1 << 20,
                    16 << 20,
                    now,
                    now + Math.abs(lifeMillis),
                    now + 60_000)
                .sign(key));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    return tickets;
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    host.close();
  }

  /// What a test calls.
  record Call(
      ConnectorPin pin,
      String action,
      String params,
      String host,
      Map<String, String> credential,
      int tickets,
      int group,
      boolean recovering,
      long sinceIntent) {
    Call with(Map<String, String> other) {
      return new Call(pin, action, params, host, other, tickets, group, recovering, sinceIntent);
    }

    Call tickets(int other) {
      return new Call(pin, action, params, host, credential, other, group, recovering, sinceIntent);
    }

    Call group(int other) {
      return new Call(
          pin, action, params, host, credential, tickets, other, recovering, sinceIntent);
    }

    Call recovering(long sinceIntent) {
      return new Call(pin, action, params, host, credential, tickets, group, true, sinceIntent);
    }
  }

  /// Takes the first category.
  private static final class Offline implements OfflineModel {
    @Override
    public String id() {
      return "offline-classifier-1.0.0";
    }

    @Override
    public String name() {
      return "offline-classifier";
    }

    @Override
    public JsonNode triage(JsonNode params) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("category", params.at("/categories/0").asText())
          .put("confidence", 0.5)
          .put("summary", params.path("short_description").asText());
    }
  }
}
