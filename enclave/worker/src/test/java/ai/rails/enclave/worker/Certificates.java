package ai.rails.enclave.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority for one test.
public final class Certificates {
  public static final String PASSWORD = "test-password";
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant UNTIL = FROM.plus(Duration.ofDays(36_500));

  private final Path directory;
  private final KeyPair keys = pair();
  private final X509Certificate certificate;
  private int serial = 1;

  public Certificates(Path directory) {
    this.directory = directory;
    this.certificate =
        sign("CN=test authority", keys, new GeneralName(GeneralName.dNSName, "authority"), true);
  }

  /// The authority's certificate as a PEM file.
  public Path authority() throws IOException, GeneralSecurityException {
    String body = Base64.getMimeEncoder().encodeToString(certificate.getEncoded());
    return Files.writeString(
        directory.resolve("authority.pem"),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(body));
  }

  public Path server() throws IOException, GeneralSecurityException {
    return issue("server", new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
  }

  public Path worker(String uri) throws IOException, GeneralSecurityException {
    return issue(
        URI.create(uri).getScheme(), new GeneralName(GeneralName.uniformResourceIdentifier, uri));
  }

  private Path issue(String name, GeneralName alternative)
      throws IOException, GeneralSecurityException {
    KeyPair pair = pair();
    X509Certificate issued = sign("CN=" + name, pair, alternative, false);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        name,
        pair.getPrivate(),
        PASSWORD.toCharArray(),
        new X509Certificate[] {issued, certificate});
    Path file = directory.resolve(name + ".p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private X509Certificate sign(
      String subject, KeyPair pair, GeneralName alternative, boolean authority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=test authority"),
              BigInteger.valueOf(serial++),
              Date.from(FROM),
              Date.from(UNTIL),
              new X500Name(subject),
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternative));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
