package ai.rails.platform.timestamp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.platform.witness.Way;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class TimestampTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final byte[] DATA = "data".getBytes(UTF_8);

  @TempDir private Path directory;

  private LocalAuthority authority(Instant now) {
    return DevelopmentRoot.open(directory, InstantSource.fixed(now), new SecureRandom());
  }

  private List<X509Certificate> root(LocalAuthority authority) {
    return List.of(authority.chain().getLast());
  }

  @Test
  void aStampOverHttpVerifies() throws Exception {
    LocalAuthority authority = authority(NOON);
    var local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (var server = AuthorityServer.start(authority, local);
        Way way = Way.direct(Duration.ofSeconds(5))) {
      var address = URI.create("http://localhost:%d/".formatted(server.address().getPort()));

      byte[] stamp = new HttpAuthority(address, way, new SecureRandom()).stamp(DATA);

      TimestampCheck.Stamp verified = TimestampCheck.verify(stamp, DATA, root(authority));
      assertThat(verified.time()).isEqualTo(NOON);
      assertThat(verified.authority()).contains("DEVELOPMENT");
    }
  }

  @Test
  void anAuthorityIsMadeOnce() throws Exception {
    LocalAuthority first = authority(NOON);

    LocalAuthority second = authority(NOON.plus(Duration.ofDays(1)));

    assertThat(second.chain()).isEqualTo(first.chain());
    assertThat(TimestampCheck.verify(second.stamp(DATA), DATA, root(first)).time())
        .isEqualTo(NOON.plus(Duration.ofDays(1)));
  }

  @Test
  void aStampOfSomethingElseIsRefused() throws Exception {
    LocalAuthority authority = authority(NOON);
    byte[] stamp = authority.stamp(DATA);

    assertThatThrownBy(() -> TimestampCheck.verify(stamp, "other".getBytes(UTF_8), root(authority)))
        .hasMessage("the time stamp is of something else");
  }

  @Test
  void aStampByAnAuthorityThatIsNotTrustedIsRefused() throws Exception {
    byte[] stamp = authority(NOON).stamp(DATA);
    LocalAuthority other =
        DevelopmentRoot.open(
            directory.resolve("other"), InstantSource.fixed(NOON), new SecureRandom());

    assertThatThrownBy(() -> TimestampCheck.verify(stamp, DATA, root(other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not verify");
  }

  @Test
  void aStampFromBeforeTheCertificateIsRefused() throws Exception {
    LocalAuthority authority = authority(NOON);
    byte[] early = authority(NOON.minus(Duration.ofDays(2))).stamp(DATA);

    assertThatThrownBy(() -> TimestampCheck.verify(early, DATA, root(authority)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
