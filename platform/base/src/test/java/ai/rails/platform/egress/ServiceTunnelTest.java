package ai.rails.platform.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServiceTunnelTest {
  private static final Duration WITHIN = Duration.ofSeconds(1);
  private static final URI SLOW = URI.create("http://slow.example/");

  /// Says a beginning, and then a letter now and then, without end.
  private static ServerSocket dripping(String beginning) throws IOException {
    ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> {
      try (Socket client = server.accept()) {
        client.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        while (true) {
          client.getOutputStream().write('x');
          LockSupport.parkNanos(50_000_000);
        }
      } catch (IOException _) {
        // The client has left.
      }
    });
    return server;
  }

  private static ServiceTunnel tunnel(int port) throws Exception {
    return new ServiceTunnel(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        SSLContext.getDefault(),
        Set.of("slow.example"),
        (_, _, _) -> "ticket");
  }

  @Test
  void whoeverSaysLittleAtATimeIsGivenUpInTime() throws Exception {
    for (String beginning :
        new String[] {
          "", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
        }) {
      try (ServerSocket server = dripping(beginning)) {
        ServiceTunnel tunnel = tunnel(server.getLocalPort());
        long began = System.nanoTime();

        assertThatThrownBy(() -> tunnel.send("GET", SLOW, Map.of(), new byte[0], WITHIN))
            .isInstanceOf(IOException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(WITHIN.multipliedBy(10));
      }
    }
  }

  @Test
  void headerIsOneLineOfItsOwn() throws Exception {
    try (ServerSocket server = dripping("HTTP/1.1 200 OK\r\n\r\n")) {
      ServiceTunnel tunnel = tunnel(server.getLocalPort());
      for (Map<String, String> each :
          Map.of(
                  "X-One", "a\r\nX-Two: b",
                  "X-Three\r\nX-Four", "c",
                  "X-Five", "d\n",
                  "X-Six: e\r\nX-Seven", "f",
                  "X-Eight", "é")
              .entrySet()
              .stream()
              .map(header -> Map.of(header.getKey(), header.getValue()))
              .toList()) {
        assertThatThrownBy(() -> tunnel.send("GET", SLOW, each, new byte[0], WITHIN))
            .hasMessageContaining("one line of ASCII");
      }
    }
  }
}
