package ai.rails.app.embedded;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class PortsTest {
  @TempDir Path directory;

  @Test
  void aPortIsTheSameAfterARestart() {
    int first = ports(1).of("opa");

    assertThat(ports(2).of("opa")).isEqualTo(first);
  }

  @Test
  void twoNamesGetTwoPorts() {
    Ports ports = ports(1);

    assertThat(ports.of("opa")).isNotEqualTo(ports.of("postgres"));
  }

  @Test
  void aPortThatSomebodyElseTookIsPickedAnew() throws Exception {
    int kept = ports(1).of("opa");

    try (var _ = new ServerSocket(kept, 1, InetAddress.getLoopbackAddress())) {
      assertThat(ports(2).of("opa")).isNotEqualTo(kept);
    }
  }

  @Test
  void aPreferredPortIsTakenWhenItIsFree() throws Exception {
    int preferred;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      preferred = socket.getLocalPort();
      assertThat(ports(1).of("taken", preferred)).isNotEqualTo(preferred);
    }

    assertThat(ports(1).of("command", preferred)).isEqualTo(preferred);
  }

  private Ports ports(long seed) {
    return Ports.open(directory.resolve("ports.properties"), new Random(seed));
  }
}
