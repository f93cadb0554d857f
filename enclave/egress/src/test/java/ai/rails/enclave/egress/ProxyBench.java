package ai.rails.enclave.egress;

import java.io.IOException;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/// A proxy over real sockets; only the clock and the resolver are the test's.
final class ProxyBench implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final long NOW = NOON.toEpochMilli();

  private final AtomicReference<Instant> time = new AtomicReference<>(NOON);
  private final InstantSource clock = time::get;
  private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> lookups = new ConcurrentLinkedQueue<>();
  private final Ed25519Sign key;
  private final Ed25519Verify publicKey;
  private final EchoServer host = new EchoServer();
  private EgressProxy proxy;

  ProxyBench() throws GeneralSecurityException, IOException {
    Ed25519Sign.KeyPair pair = Ed25519Sign.KeyPair.newKeyPair();
    key = new Ed25519Sign(pair.getPrivateKey());
    publicKey = new Ed25519Verify(pair.getPublicKey());
    proxy = start();
    // Tickets are issued after the start.
    time.set(NOON.plusMillis(100));
  }

  private EgressProxy start() throws IOException {
    EgressConfig config =
        new EgressConfig(
            0,
            InetAddress.getLoopbackAddress(),
            "runner.p-1",
            publicKey,
            Map.of(
                new Target("api.acme.example", 443),
                host.address(),
                new Target("down.acme.example", 443),
                nobody()),
            Set.of(new Target("erp.plant.example", 443)),
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

  @Override
  public void close() throws IOException {
    proxy.close();
    host.close();
  }

  Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(5_000);
    return socket;
  }

  static String head(Socket socket) throws IOException {
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

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Socket open(String target, String wire) throws IOException {
    Socket socket = dial();
    send(
        socket,
        "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Ticket %s\r\n\r\n"
            .formatted(target, target, wire));
    return socket;
  }

  void assertRefused(String request, int status, String code) throws IOException {
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

  void assertRefused(Ticket ticket, String code) throws IOException {
    String target = ticket.host() + ":" + ticket.port();
    assertRefused(
        "CONNECT %s HTTP/1.1\r\nProxy-Authorization: Ticket %s\r\n\r\n"
            .formatted(target, ticket.sign(key)),
        code.equals("UNRESOLVED") ? 424 : 403,
        code);
  }

  static void assertEchoes(Socket socket, String text) throws IOException {
    send(socket, text);
    assertThat(socket.getInputStream().readNBytes(text.length()))
        .isEqualTo(text.getBytes(US_ASCII));
  }

  EgressProxy proxy() {
    return proxy;
  }

  EchoServer host() {
    return host;
  }

  Ed25519Sign key() {
    return key;
  }

  /// Names that were looked up.
  List<String> lookups() {
    return List.copyOf(lookups);
  }

  void name(String name, List<InetAddress> addresses) {
    names.put(name, addresses);
  }

  void restart(Instant at) throws IOException {
    proxy.close();
    time.set(at);
    proxy = start();
  }

  /// An address where nobody listens.
  private static InetSocketAddress nobody() throws IOException {
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(unused.getInetAddress(), unused.getLocalPort());
    }
  }
}
