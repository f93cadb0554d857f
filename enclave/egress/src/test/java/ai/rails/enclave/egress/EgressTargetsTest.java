package ai.rails.enclave.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static ai.rails.enclave.egress.ProxyBench.NOW;
import static org.assertj.core.api.Assertions.assertThat;

/// What the proxy connects to, and what it never does.
class EgressTargetsTest {
  private final ProxyBench bench;

  EgressTargetsTest() throws GeneralSecurityException, IOException {
    bench = new ProxyBench();
  }

  @AfterEach
  void stop() throws IOException {
    bench.close();
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
    long before = bench.proxy().refused("TARGET_FORM") + bench.proxy().refused("MALFORMED");
    try (Socket socket = bench.open(target, Ticket.at(NOW + 100).sign(bench.key()))) {
      assertThat(ProxyBench.head(socket)).startsWith("HTTP/1.1 400 ");
    }
    assertThat(bench.proxy().refused("TARGET_FORM") + bench.proxy().refused("MALFORMED"))
        .isEqualTo(before + 1);
    assertThat(bench.lookups()).isEmpty();
  }

  @Test
  void onePrivateAddressAmongPublicOnesIsEnoughToRefuse() throws IOException {
    bench.name(
        "rebind.example",
        List.of(InetAddress.ofLiteral("93.184.215.14"), InetAddress.ofLiteral("10.0.0.7")));
    bench.name("metadata.example", List.of(InetAddress.ofLiteral("169.254.169.254")));
    bench.name("self.example", List.of(InetAddress.getLoopbackAddress()));

    Ticket ticket = Ticket.at(NOW + 100);
    bench.assertRefused(ticket.target("rebind.example", 443), "NOT_GLOBAL");
    bench.assertRefused(ticket.jti("j-2").target("metadata.example", 443), "NOT_GLOBAL");
    bench.assertRefused(ticket.jti("j-3").target("self.example", 443), "NOT_GLOBAL");
    bench.assertRefused(ticket.jti("j-4").target("unknown.example", 443), "UNRESOLVED");
    assertThat(bench.lookups())
        .containsExactly("rebind.example", "metadata.example", "self.example", "unknown.example");
  }

  @Test
  void aTargetOfAPrivateNetworkIsNeverThisMachineNorItsMetadata() throws IOException {
    bench.name("erp.plant.example", List.of(InetAddress.getLoopbackAddress()));
    bench.assertRefused(Ticket.at(NOW + 100).target("erp.plant.example", 443), "NOT_GLOBAL");

    bench.name("erp.plant.example", List.of(InetAddress.ofLiteral("169.254.169.254")));
    bench.assertRefused(
        Ticket.at(NOW + 100).jti("j-2").target("erp.plant.example", 443), "NOT_GLOBAL");

    bench.name("erp.plant.example", List.of(InetAddress.ofLiteral("10.0.0.7")));
    bench.assertRefused(
        Ticket.at(NOW + 100).jti("j-3").target("erp.plant.example", 8443), "NOT_GLOBAL");
  }

  @Test
  void refusedDestinationUsesTheTicketUp() throws IOException {
    Ticket ticket = Ticket.at(NOW + 100).target("self.example", 443);
    bench.name("self.example", List.of(InetAddress.getLoopbackAddress()));
    bench.assertRefused(ticket, "NOT_GLOBAL");
    bench.assertRefused(ticket, "TICKET_REPLAYED");
  }
}
