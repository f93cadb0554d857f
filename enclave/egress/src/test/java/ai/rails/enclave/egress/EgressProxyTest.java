package ai.rails.enclave.egress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static ai.rails.enclave.egress.ProxyBench.NOON;
import static ai.rails.enclave.egress.ProxyBench.NOW;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/// Tickets, tunnels and their limits.
class EgressProxyTest {
  private final ProxyBench bench;

  EgressProxyTest() throws GeneralSecurityException, IOException {
    bench = new ProxyBench();
  }

  @AfterEach
  void stop() throws IOException {
    bench.close();
  }

  @Test
  void ticketOpensOneTunnel() throws IOException {
    try (Socket tunnel =
        bench.open("api.acme.example:443", Ticket.at(NOW + 100).sign(bench.key()))) {
      assertThat(ProxyBench.head(tunnel)).isEqualTo("HTTP/1.1 200 Connection established\r\n\r\n");
      ProxyBench.assertEchoes(tunnel, "hello");
      tunnel.shutdownOutput();
      assertThat(tunnel.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(bench.proxy().opened()).isEqualTo(1);
    assertThat(bench.lookups()).isEmpty();
  }

  @Test
  void bytesSentWithTheHeadReachTheHost() throws IOException {
    try (Socket socket = bench.dial()) {
      ProxyBench.send(
          socket,
          "CONNECT api.acme.example:443 HTTP/1.1\r\nProxy-Authorization: Ticket %s\r\n\r\nearly"
              .formatted(Ticket.at(NOW + 100).sign(bench.key())));
      assertThat(ProxyBench.head(socket)).startsWith("HTTP/1.1 200 ");
      assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("early".getBytes(US_ASCII));
    }
  }

  @Test
  void ticketIsTakenOnce() throws IOException {
    String wire = Ticket.at(NOW + 100).sign(bench.key());
    try (Socket first = bench.open("api.acme.example:443", wire)) {
      assertThat(ProxyBench.head(first)).startsWith("HTTP/1.1 200 ");
    }
    try (Socket second = bench.open("api.acme.example:443", wire)) {
      assertThat(ProxyBench.head(second)).startsWith("HTTP/1.1 403 ").contains("TICKET_REPLAYED");
    }
  }

  @Test
  void ofManyAtOnceOneTakesTheTicket() throws Exception {
    String wire = Ticket.at(NOW + 100).sign(bench.key());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> answers =
          threads
              .invokeAll(
                  IntStream.range(0, 50)
                      .mapToObj(_ ->
                          (Callable<String>)
                              () -> {
                                try (Socket one = bench.open("api.acme.example:443", wire)) {
                                  return ProxyBench.head(one);
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
      try (Socket tunnel = bench.open("api.acme.example:443", each.sign(bench.key()))) {
        assertThat(ProxyBench.head(tunnel)).startsWith("HTTP/1.1 200 ");
      }
    }
    try (Socket zombie = bench.open("api.acme.example:443", ticket.jti("j-4").sign(bench.key()))) {
      assertThat(ProxyBench.head(zombie)).startsWith("HTTP/1.1 403 ").contains("EPOCH_FENCED");
    }
  }

  @Test
  void restartedProxyRefusesTicketsFromBeforeItsStart() throws IOException {
    String unused = Ticket.at(NOW + 100).sign(bench.key());
    bench.restart(NOON.plusMillis(200));

    try (Socket tunnel = bench.open("api.acme.example:443", unused)) {
      assertThat(ProxyBench.head(tunnel))
          .startsWith("HTTP/1.1 403 ")
          .contains("ISSUED_BEFORE_START");
    }
  }

  @Test
  void timesAreChecked() throws IOException {
    Ticket ticket = Ticket.at(NOW);
    long issued = NOW + 50;
    bench.assertRefused(ticket.times(issued, issued + 10_001, NOW + 30_000), "TICKET_LIFE");
    bench.assertRefused(ticket.times(issued, issued - 1, NOW + 30_000), "TICKET_LIFE");
    bench.assertRefused(ticket.times(issued, issued + 49, NOW + 30_000), "TICKET_EXPIRED");
    bench.assertRefused(ticket.times(issued, issued + 50, NOW + 100), "LEASE_OVER");
    bench.assertRefused(ticket.times(NOW - 1, NOW + 1_000, NOW + 30_000), "ISSUED_BEFORE_START");
    bench.assertRefused(ticket.times(NOW + 2_101, NOW + 9_000, NOW + 30_000), "TICKET_FROM_FUTURE");
  }

  @Test
  void ticketIsForThisProxyAndExactlyItsTarget() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100);
    bench.assertRefused(ticket.proxyId("p-2"), "OTHER_PROXY");
    for (String target : List.of("api.acme.example:444", "apj.acme.example:443")) {
      bench.assertRefused(
          "CONNECT %s HTTP/1.1\r\nProxy-Authorization: Ticket %s\r\n\r\n"
              .formatted(target, ticket.sign(bench.key())),
          403,
          "OTHER_TARGET");
    }
  }

  @Test
  void ticketNeedsOurSignature() throws Exception {
    Ed25519Sign other = new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey());
    String good = Ticket.at(NOW + 100).sign(bench.key());
    String request = "CONNECT api.acme.example:443 HTTP/1.1\r\n%s\r\n";
    bench.assertRefused(request.formatted(""), 407, "NO_TICKET");
    for (String value :
        List.of(
            "Ticket " + Ticket.at(NOW + 100).sign(other),
            "Ticket A" + good,
            "Ticket " + good.substring(0, good.length() - 2),
            "Ticket x",
            "Ticket " + good + ".x",
            "Basic dXNlcjpwYXNz")) {
      bench.assertRefused(
          request.formatted("Proxy-Authorization: " + value + "\r\n"), 403, "TICKET_INVALID");
    }
    bench.assertRefused(
        request.formatted(
            "Proxy-Authorization: Ticket %s\r\nProxy-Authorization: Ticket %s\r\n"
                .formatted(good, good)),
        400,
        "MALFORMED");
  }

  @Test
  void upwardCapCutsTheTunnel() throws Exception {
    try (Socket tunnel =
        bench.open(
            "api.acme.example:443", Ticket.at(NOW + 100).caps(1_000, 9_999).sign(bench.key()))) {
      assertThat(ProxyBench.head(tunnel)).startsWith("HTTP/1.1 200 ");
      ProxyBench.send(tunnel, "x".repeat(1_000));
      assertThat(tunnel.getInputStream().readNBytes(1_000)).hasSize(1_000);
      ProxyBench.send(tunnel, "y");
      assertThat(Ends.of(tunnel)).isTrue();
    }
    assertThat(bench.host().received()).isEqualTo(1_000);
  }

  @Test
  void downwardCapCutsTheTunnel() throws Exception {
    try (Socket tunnel =
        bench.open(
            "api.acme.example:443", Ticket.at(NOW + 100).caps(9_999, 700).sign(bench.key()))) {
      assertThat(ProxyBench.head(tunnel)).startsWith("HTTP/1.1 200 ");
      ProxyBench.send(tunnel, "x".repeat(1_000));
      assertThat(Ends.bytesBefore(tunnel)).isLessThanOrEqualTo(700);
    }
  }

  @Test
  void tunnelIsCutAtCloseAt() throws Exception {
    long start = System.nanoTime();
    Ticket ticket = Ticket.at(NOW + 100);
    try (Socket tunnel =
        bench.open(
            "api.acme.example:443",
            ticket.times(NOW + 100, NOW + 1_000, NOW + 100 + 300).sign(bench.key()))) {
      assertThat(ProxyBench.head(tunnel)).startsWith("HTTP/1.1 200 ");
      ProxyBench.assertEchoes(tunnel, "hello");
      assertThat(Ends.of(tunnel)).isTrue();
    }
    assertThat((System.nanoTime() - start) / 1_000_000).isBetween(290L, 4_000L);
  }

  @Test
  void onlyConnectIsServed() throws IOException {
    bench.assertRefused("GET http://api.acme.example/ HTTP/1.1\r\n\r\n", 405, "METHOD");
    bench.assertRefused("CONNECT api.acme.example:443 HTTP/1.0\r\n\r\n", 400, "MALFORMED");
    bench.assertRefused("CONNECT api.acme.example:443 HTTP/1.1\r\nbad\r\n\r\n", 400, "MALFORMED");
    bench.assertRefused("CONNECT  HTTP/1.1\r\n\r\n", 400, "TARGET_FORM");
    bench.assertRefused(
        "CONNECT api.acme.example:443 HTTP/1.1\r\nContent-Length: 1\r\n\r\n", 400, "MALFORMED");
    bench.assertRefused(
        "CONNECT api.acme.example:443 HTTP/1.1\r\nA: " + "x".repeat(8_192), 431, "HEAD_TOO_LARGE");
  }

  @Test
  void openTunnelsOfOneTenantAreBounded() throws IOException {
    List<Socket> open =
        IntStream.range(0, 4)
            .mapToObj(each -> {
              try {
                Socket tunnel =
                    bench.open(
                        "api.acme.example:443",
                        Ticket.at(NOW + 100).jti("k" + each).sign(bench.key()));
                assertThat(ProxyBench.head(tunnel)).startsWith("HTTP/1.1 200 ");
                return tunnel;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
            .toList();
    try (Socket fifth =
        bench.open("api.acme.example:443", Ticket.at(NOW + 100).sign(bench.key()))) {
      assertThat(ProxyBench.head(fifth)).startsWith("HTTP/1.1 429 ").contains("BUSY");
    }
    for (Socket each : open) {
      each.close();
    }
  }

  @Test
  void unreachableHostIsSaidSo() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100).target("down.acme.example", 443);
    try (Socket socket = bench.open("down.acme.example:443", ticket.sign(bench.key()))) {
      assertThat(ProxyBench.head(socket)).startsWith("HTTP/1.1 424 ").contains("UNREACHABLE");
    }
  }
}
