package ai.rails.enclave.egress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/// Over real sockets; only the clock and the resolver are the test's.
class EgressProxyTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final long NOW = NOON.toEpochMilli();

  private final AtomicReference<Instant> time = new AtomicReference<>(NOON);
  private final InstantSource clock = time::get;
  private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> lookups = new ConcurrentLinkedQueue<>();
  private final Ed25519Sign key;
  private final Ed25519Verify publicKey;
  private EchoServer host = new EchoServer();
  private EgressProxy proxy;

  EgressProxyTest() throws GeneralSecurityException, IOException {
    Ed25519Sign.KeyPair pair = Ed25519Sign.KeyPair.newKeyPair();
    key = new Ed25519Sign(pair.getPrivateKey());
    publicKey = new Ed25519Verify(pair.getPublicKey());
    proxy = start();
  }

  private EgressProxy start() throws IOException {
    EgressConfig config =
        new EgressConfig(
            0,
            InetAddress.getLoopbackAddress(),
            "p-1",
            publicKey,
            Map.of(
                new Target("api.acme.example", 443),
                host.address(),
                new Target("down.acme.example", 443),
                nobody()),
            8,
            4);
    return EgressProxy.start(
        config,
        name -> {
          lookups.add(name);
          return names.getOrDefault(name, List.of());
        },
        clock);
  }

  @BeforeEach
  void issueAfterTheStart() {
    time.set(NOON.plusMillis(100));
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    host.close();
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(5_000);
    return socket;
  }

  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Socket open(String target, String wire) throws IOException {
    Socket socket = dial();
    send(
        socket,
        "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Ticket %s\r\n\r\n"
            .formatted(target, target, wire));
    return socket;
  }

  private void assertRefused(String request, int status, String code) throws IOException {
    long before = proxy.refused(code);
    try (Socket socket = dial()) {
      send(socket, request);
      assertThat(head(socket))
          .startsWith("HTTP/1.1 " + status + " ")
          .contains("X-Rails-Refusal: " + code + "\r\n");
    }
    assertThat(proxy.refused(code)).isEqualTo(before + 1);
    assertThat(host.connections()).isZero();
  }

  private void assertRefused(Ticket ticket, String code) throws IOException {
    String target = ticket.host() + ":" + ticket.port();
    assertRefused(
        "CONNECT %s HTTP/1.1\r\nProxy-Authorization: Ticket %s\r\n\r\n"
            .formatted(target, ticket.sign(key)),
        code.equals("UNRESOLVED") ? 424 : 403,
        code);
  }

  private void assertEchoes(Socket socket, String text) throws IOException {
    send(socket, text);
    assertThat(socket.getInputStream().readNBytes(text.length()))
        .isEqualTo(text.getBytes(US_ASCII));
  }

  @Test
  void ticketOpensOneTunnel() throws IOException {
    try (Socket tunnel = open("api.acme.example:443", Ticket.at(NOW + 100).sign(key))) {
      assertThat(head(tunnel)).isEqualTo("HTTP/1.1 200 Connection established\r\n\r\n");
      assertEchoes(tunnel, "hello");
      tunnel.shutdownOutput();
      assertThat(tunnel.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(proxy.opened()).isEqualTo(1);
    assertThat(lookups).isEmpty();
  }

  @Test
  void bytesSentWithTheHeadReachTheHost() throws IOException {
    try (Socket socket = dial()) {
      send(
          socket,
          "CONNECT api.acme.example:443 HTTP/1.1\r\nProxy-Authorization: Ticket %s\r\n\r\nearly"
              .formatted(Ticket.at(NOW + 100).sign(key)));
      assertThat(head(socket)).startsWith("HTTP/1.1 200 ");
      assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("early".getBytes(US_ASCII));
    }
  }

  @Test
  void ticketIsTakenOnce() throws IOException {
    String wire = Ticket.at(NOW + 100).sign(key);
    try (Socket first = open("api.acme.example:443", wire)) {
      assertThat(head(first)).startsWith("HTTP/1.1 200 ");
    }
    try (Socket second = open("api.acme.example:443", wire)) {
      assertThat(head(second)).startsWith("HTTP/1.1 403 ").contains("TICKET_REPLAYED");
    }
  }

  @Test
  void ofManyAtOnceOneTakesTheTicket() throws Exception {
    String wire = Ticket.at(NOW + 100).sign(key);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> answers =
          threads
              .invokeAll(
                  IntStream.range(0, 50)
                      .mapToObj(_ ->
                          (Callable<String>)
                              () -> {
                                try (Socket one = open("api.acme.example:443", wire)) {
                                  return head(one);
                                }
                              })
                      .toList())
              .stream()
              .map(Future::resultNow)
              .toList();
      assertThat(answers).filteredOn(each -> each.startsWith("HTTP/1.1 200 ")).hasSize(1);
      assertThat(answers).filteredOn(each -> each.contains("TICKET_REPLAYED")).hasSize(49);
    }
  }

  @Test
  void olderEpochIsFencedOffAndTheSameOrANewerOneIsNot() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100);
    for (Ticket each : List.of(ticket, ticket.jti("j-2"), ticket.jti("j-3").epoch(4))) {
      try (Socket tunnel = open("api.acme.example:443", each.sign(key))) {
        assertThat(head(tunnel)).startsWith("HTTP/1.1 200 ");
      }
    }
    try (Socket zombie = open("api.acme.example:443", ticket.jti("j-4").sign(key))) {
      assertThat(head(zombie)).startsWith("HTTP/1.1 403 ").contains("EPOCH_FENCED");
    }
  }

  @Test
  void restartedProxyRefusesTicketsFromBeforeItsStart() throws IOException {
    String unused = Ticket.at(NOW + 100).sign(key);
    proxy.close();
    time.set(NOON.plusMillis(200));
    proxy = start();

    try (Socket tunnel = open("api.acme.example:443", unused)) {
      assertThat(head(tunnel)).startsWith("HTTP/1.1 403 ").contains("ISSUED_BEFORE_START");
    }
  }

  @Test
  void timesAreChecked() throws IOException {
    Ticket ticket = Ticket.at(NOW);
    long issued = NOW + 50;
    assertRefused(ticket.times(issued, issued + 10_001, NOW + 30_000), "TICKET_LIFE");
    assertRefused(ticket.times(issued, issued - 1, NOW + 30_000), "TICKET_LIFE");
    assertRefused(ticket.times(issued, issued + 49, NOW + 30_000), "TICKET_EXPIRED");
    assertRefused(ticket.times(issued, issued + 50, NOW + 100), "LEASE_OVER");
    assertRefused(ticket.times(NOW - 1, NOW + 1_000, NOW + 30_000), "ISSUED_BEFORE_START");
    assertRefused(ticket.times(NOW + 2_101, NOW + 9_000, NOW + 30_000), "TICKET_FROM_FUTURE");
  }

  @Test
  void ticketIsForThisProxyAndExactlyItsTarget() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100);
    assertRefused(ticket.proxyId("p-2"), "OTHER_PROXY");
    for (String target : List.of("api.acme.example:444", "apj.acme.example:443")) {
      assertRefused(
          "CONNECT %s HTTP/1.1\r\nProxy-Authorization: Ticket %s\r\n\r\n"
              .formatted(target, ticket.sign(key)),
          403,
          "OTHER_TARGET");
    }
  }

  @Test
  void ticketNeedsOurSignature() throws Exception {
    Ed25519Sign other = new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey());
    String good = Ticket.at(NOW + 100).sign(key);
    String request = "CONNECT api.acme.example:443 HTTP/1.1\r\n%s\r\n";
    assertRefused(request.formatted(""), 407, "NO_TICKET");
    for (String value :
        List.of(
            "Ticket " + Ticket.at(NOW + 100).sign(other),
            "Ticket A" + good,
            "Ticket " + good.substring(0, good.length() - 2),
            "Ticket x",
            "Ticket " + good + ".x",
            "Basic dXNlcjpwYXNz")) {
      assertRefused(
          request.formatted("Proxy-Authorization: " + value + "\r\n"), 403, "TICKET_INVALID");
    }
    assertRefused(
        request.formatted(
            "Proxy-Authorization: Ticket %s\r\nProxy-Authorization: Ticket %s\r\n"
                .formatted(good, good)),
        400,
        "MALFORMED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433:443",
        "[::ffff:127.0.0.1]:443",
        "::ffff:127.0.0.1:443",
        "127.1:443",
        "127.0.0.1:443",
        "0x7f.1:443",
        "0x7f000001:443",
        "017700000001:443",
        "localhost:443",
        "localhost.:443",
        "api.acme.example.:443",
        "169.254.169.254:443",
        "user@api.acme.example:443",
        "user:pass@api.acme.example:443",
        "API.acme.example:443",
        "api.acme.example",
        "api.acme.example:0443",
        "api.acme.example:65536",
        "api.acme.example:-1",
        "b\u00fccher.example:443",
        "api..example:443",
        "http://api.acme.example:443/",
        "api.acme.example%00.evil.example:443"
      })
  void targetsThatCouldBeReadAsAnAddressAreRefused(String target) throws IOException {
    long before = proxy.refused("TARGET_FORM") + proxy.refused("MALFORMED");
    try (Socket socket = open(target, Ticket.at(NOW + 100).sign(key))) {
      assertThat(head(socket)).startsWith("HTTP/1.1 400 ");
    }
    assertThat(proxy.refused("TARGET_FORM") + proxy.refused("MALFORMED")).isEqualTo(before + 1);
    assertThat(lookups).isEmpty();
  }

  @Test
  void onePrivateAddressAmongPublicOnesIsEnoughToRefuse() throws IOException {
    names.put(
        "rebind.example",
        List.of(InetAddress.ofLiteral("93.184.215.14"), InetAddress.ofLiteral("10.0.0.7")));
    names.put("metadata.example", List.of(InetAddress.ofLiteral("169.254.169.254")));
    names.put("self.example", List.of(InetAddress.getLoopbackAddress()));

    Ticket ticket = Ticket.at(NOW + 100);
    assertRefused(ticket.target("rebind.example", 443), "NOT_GLOBAL");
    assertRefused(ticket.jti("j-2").target("metadata.example", 443), "NOT_GLOBAL");
    assertRefused(ticket.jti("j-3").target("self.example", 443), "NOT_GLOBAL");
    assertRefused(ticket.jti("j-4").target("unknown.example", 443), "UNRESOLVED");
    assertThat(lookups)
        .containsExactly("rebind.example", "metadata.example", "self.example", "unknown.example");
  }

  @Test
  void refusedDestinationUsesTheTicketUp() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100).target("self.example", 443);
    names.put("self.example", List.of(InetAddress.getLoopbackAddress()));
    assertRefused(ticket, "NOT_GLOBAL");
    assertRefused(ticket, "TICKET_REPLAYED");
  }

  @Test
  void upwardCapCutsTheTunnel() throws Exception {
    try (Socket tunnel =
        open("api.acme.example:443", Ticket.at(NOW + 100).caps(1_000, 9_999).sign(key))) {
      assertThat(head(tunnel)).startsWith("HTTP/1.1 200 ");
      send(tunnel, "x".repeat(1_000));
      assertThat(tunnel.getInputStream().readNBytes(1_000)).hasSize(1_000);
      send(tunnel, "y");
      assertThat(Ends.of(tunnel)).isTrue();
    }
    assertThat(host.received()).isEqualTo(1_000);
  }

  @Test
  void downwardCapCutsTheTunnel() throws Exception {
    try (Socket tunnel =
        open("api.acme.example:443", Ticket.at(NOW + 100).caps(9_999, 700).sign(key))) {
      assertThat(head(tunnel)).startsWith("HTTP/1.1 200 ");
      send(tunnel, "x".repeat(1_000));
      assertThat(Ends.bytesBefore(tunnel)).isLessThanOrEqualTo(700);
    }
  }

  @Test
  void tunnelIsCutAtCloseAt() throws Exception {
    long start = System.nanoTime();
    Ticket ticket = Ticket.at(NOW + 100);
    try (Socket tunnel =
        open(
            "api.acme.example:443",
            ticket.times(NOW + 100, NOW + 1_000, NOW + 100 + 300).sign(key))) {
      assertThat(head(tunnel)).startsWith("HTTP/1.1 200 ");
      assertEchoes(tunnel, "hello");
      assertThat(Ends.of(tunnel)).isTrue();
    }
    assertThat((System.nanoTime() - start) / 1_000_000).isBetween(290L, 4_000L);
  }

  @Test
  void onlyConnectIsServed() throws IOException {
    assertRefused("GET http://api.acme.example/ HTTP/1.1\r\n\r\n", 405, "METHOD");
    assertRefused("CONNECT api.acme.example:443 HTTP/1.0\r\n\r\n", 400, "MALFORMED");
    assertRefused("CONNECT api.acme.example:443 HTTP/1.1\r\nbad\r\n\r\n", 400, "MALFORMED");
    assertRefused("CONNECT  HTTP/1.1\r\n\r\n", 400, "TARGET_FORM");
    assertRefused(
        "CONNECT api.acme.example:443 HTTP/1.1\r\nContent-Length: 1\r\n\r\n", 400, "MALFORMED");
    assertRefused(
        "CONNECT api.acme.example:443 HTTP/1.1\r\nA: " + "x".repeat(8_192), 431, "HEAD_TOO_LARGE");
  }

  @Test
  void openTunnelsOfOneTenantAreBounded() throws IOException {
    List<Socket> open =
        IntStream.range(0, 4)
            .mapToObj(each -> {
              try {
                Socket tunnel =
                    open("api.acme.example:443", Ticket.at(NOW + 100).jti("k" + each).sign(key));
                assertThat(head(tunnel)).startsWith("HTTP/1.1 200 ");
                return tunnel;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
            .toList();
    try (Socket fifth = open("api.acme.example:443", Ticket.at(NOW + 100).sign(key))) {
      assertThat(head(fifth)).startsWith("HTTP/1.1 429 ").contains("BUSY");
    }
    for (Socket each : open) {
      each.close();
    }
  }

  @Test
  void unreachableHostIsSaidSo() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100).target("down.acme.example", 443);
    try (Socket socket = open("down.acme.example:443", ticket.sign(key))) {
      assertThat(head(socket)).startsWith("HTTP/1.1 424 ").contains("UNREACHABLE");
    }
  }

  /// An address where nobody listens.
  private static InetSocketAddress nobody() throws IOException {
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(unused.getInetAddress(), unused.getLocalPort());
    }
  }
}
