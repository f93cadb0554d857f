package ai.rails.app.embedded;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.time.InstantSource.fixed;
import static org.assertj.core.api.Assertions.assertThat;

final class DevelopmentCaTest {
  private static final Instant NEW_YEAR = Instant.parse("2027-01-01T00:00:00Z");

  @TempDir Path directory;

  @Test
  void aServersChainVerifiesAndNamesTheHost() throws Exception {
    DevelopmentCa ca = open(NEW_YEAR);

    IssuedCertificate server = ca.server("command", List.of("api.slack.test"));

    verify(server.certificate(), ca.certificate());
    assertThat(server.certificate().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("localhost", "127.0.0.1", "api.slack.test");
    assertThat(server.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
  }

  @Test
  void aClientsChainVerifiesAndCarriesItsUri() throws Exception {
    DevelopmentCa ca = open(NEW_YEAR);
    var worker = URI.create("spiffe://cell.dev/tenant/t1/worker/w1");

    IssuedCertificate client = ca.client("worker", worker);

    verify(client.certificate(), ca.certificate());
    assertThat(client.certificate().getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly(worker.toString());
  }

  @Test
  void theAuthorityIsLoudlyForDevelopmentAndSurvivesARestart() {
    X509Certificate first = open(NEW_YEAR).certificate();

    assertThat(open(NEW_YEAR.plus(Duration.ofDays(1))).certificate()).isEqualTo(first);
    assertThat(first.getSubjectX500Principal().getName()).isEqualTo("CN=AI Rails DEVELOPMENT CA");
  }

  @Test
  void anAuthorityNearItsEndIsReplaced() {
    X509Certificate first = open(NEW_YEAR).certificate();

    assertThat(open(NEW_YEAR.plus(Duration.ofDays(3600))).certificate()).isNotEqualTo(first);
  }

  @Test
  void theStoreOpensWithItsPasswordAndEveryFileIsTheOwnersOnly() throws Exception {
    IssuedCertificate server = open(NEW_YEAR).server("command", List.of());

    KeyStore store = KeyStore.getInstance(server.pkcs12().toFile(), "secret".toCharArray());

    assertThat(store.getCertificateChain("command")).hasSize(2);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  private DevelopmentCa open(Instant now) {
    return DevelopmentCa.open(directory, "secret", fixed(now), new SecureRandom());
  }

  private static void verify(X509Certificate leaf, X509Certificate authority) throws Exception {
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(NEW_YEAR.plus(Duration.ofDays(30))));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
  }
}
