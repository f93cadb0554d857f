package ai.rails.app.connector;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.connector.Action;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.connector.Place;
import ai.rails.connector.PriceTable;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.content.FrozenCall.Target;
import ai.rails.enclave.egress.EgressProxy;
import ai.rails.enclave.gateway.Gateway;
import ai.rails.enclave.gateway.OfflineModel;
import ai.rails.enclave.gateway.TlsTrust;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.platform.http.Tls;
import ai.rails.platform.ticket.EgressTicket;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// A connector's calls as a worker makes them: the real gateway and the real egress proxy, with
/// tickets such as the command side signs, against stand-ins under the vendors' names.
final class Governed implements AutoCloseable {
  static final String PASSWORD = "test-store-password";
  private static final long LIFE_MILLIS = 10_000;
  private static final InstantSource CLOCK = InstantSource.system();

  private final EgressProxy proxy;
  private final Gateway gateway;
  private final Connectors connectors;
  private final Ed25519Sign key;
  private final Map<String, Connector> pins = new HashMap<>();
  private int serial;
  private Optional<Refreshing> refreshing = Optional.empty();

  /// Certificates for the vendors' names.
  static final class Names {
    private final DevelopmentCa ca;
    private final Path pkcs12;

    Names(Path directory, List<String> hosts) {
      ca = DevelopmentCa.open(directory, PASSWORD, CLOCK, new SecureRandom());
      pkcs12 = ca.server("vendors", hosts).pkcs12();
    }

    SSLContext serving() throws IOException, GeneralSecurityException {
      return Tls.context(pkcs12, PASSWORD, ca.certificateFile());
    }

    Path keys() {
      return pkcs12;
    }
  }

  /// @param places `host:port` to the local port that stands in for it
  Governed(Path directory, Names names, Connectors connectors, Map<String, Integer> places)
      throws IOException, GeneralSecurityException {
    this.connectors = connectors;
    Ed25519Sign.KeyPair pair = Ed25519Sign.KeyPair.newKeyPair();
    this.key = new Ed25519Sign(pair.getPrivateKey());
    Path file = directory.resolve("effective.properties");
    Files.writeString(
        file,
        """
        environment.kind=development
        egress.proxyId=p-1
        egress.ticket.public=%s
        egress.development.allow=%s
        """
            .formatted(
                Base64.getEncoder().encodeToString(pair.getPublicKey()),
                places.entrySet().stream()
                    .map(each -> "%s=127.0.0.1:%d".formatted(each.getKey(), each.getValue()))
                    .collect(Collectors.joining(" "))));
    this.proxy = EgressProxy.start(file, CLOCK);
    this.gateway =
        new Gateway(
            connectors,
            PriceTable.current(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()),
            TlsTrust.of(names.ca.certificateFile()),
            new NoModel(),
            CLOCK);
  }

  /// What keeps the tokens of the calls from now on.
  void keepsTokens(Refreshing keeper) {
    refreshing = Optional.of(keeper);
  }

  EgressProxy proxy() {
    return proxy;
  }

  /// A call that a test may still change.
  ///
  /// @param params JSON in single quotes
  record Call(
      String connector,
      String version,
      String action,
      String host,
      int port,
      Map<String, String> credential,
      String params,
      String step,
      boolean recovering) {
    Call step(String other) {
      return new Call(
          connector, version, action, host, port, credential, params, other, recovering);
    }

    Call recover() {
      return new Call(connector, version, action, host, port, credential, params, step, true);
    }

    Call params(String other) {
      return new Call(connector, version, action, host, port, credential, other, step, recovering);
    }

    Call with(Map<String, String> other) {
      return new Call(connector, version, action, host, port, other, params, step, recovering);
    }
  }

  Result execute(Call call) throws InterruptedException {
    Connector connector = pinned(call);
    ConnectorPin pin =
        new ConnectorPin(
            call.connector(), call.version(), connector.digest(), "i-1", Optional.empty());
    FrozenCall frozen =
        FrozenCall.freeze(
            new Target(call.connector(), call.action(), pin.digest(), "i-1", call.host()),
            json(call.params()),
            new Random(1));
    return gateway.execute(
        new Order(
            frozen,
            "run-1",
            call.step(),
            1,
            "call-1",
            "key-" + call.step(),
            pin,
            new Instance(
                "i-1",
                call.connector(),
                pin.digest(),
                call.host(),
                call.port(),
                Map.of(),
                Optional.empty()),
            call.credential(),
            tickets(connector, call),
            _ -> List.of(),
            refreshing,
            call.recovering(),
            600_000));
  }

  /// As it was when the first call pinned it, whatever became of it since.
  private Connector pinned(Call call) {
    return pins.computeIfAbsent(
        call.connector() + "@" + call.version(),
        _ -> connectors.named(call.connector(), call.version()).orElseThrow());
  }

  private List<String> tickets(Connector connector, Call call) {
    Action action = connector.action(call.action()).orElseThrow();
    List<String> tickets = new ArrayList<>();
    Map<String, Integer> elsewhere = connector.elsewhere(action);
    int own =
        connector.requests(action) - elsewhere.values().stream().mapToInt(Integer::intValue).sum();
    add(tickets, own, call.host(), call.port());
    elsewhere.forEach((name, count) -> {
      Place place = Objects.requireNonNull(connector.places().get(name));
      add(tickets, count, place.hostFor(call.host()), place.port());
    });
    return tickets;
  }

  private void add(List<String> tickets, int count, String host, int port) {
    long now = CLOCK.millis();
    for (int i = 0; i < count; i++) {
      try {
        tickets.add(
            new EgressTicket(
                    "j-" + serial++,
                    "p-1",
                    "t-1",
                    "call-1",
                    1,
                    host,
                    port,
                    1 << 20,
                    16 << 20,
                    now,
                    now + LIFE_MILLIS,
                    now + 60_000)
                .sign(key));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static JsonNode json(String text) {
    try {
      return ContentJson.MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  @Override
  public void close() {
    proxy.close();
  }

  /// No call here asks a model.
  private static final class NoModel implements OfflineModel {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public String id() {
      return "none";
    }

    @Override
    public JsonNode triage(JsonNode params) {
      throw new IllegalStateException("no model was asked for");
    }
  }
}
