package ai.rails.platform.http;

import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority that lives in a directory of a test.
record TestAuthority(Path directory, KeyPair keys, X509Certificate certificate) {
  static final String PASSWORD = "password";

  static TestAuthority make(Path directory, String name) throws Exception {
    KeyPair keys = newKeys();
    X509Certificate certificate =
        certificate(
            name,
            keys,
            name,
            keys,
            new BasicConstraints(true),
            new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    String pem =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(certificate.getEncoded()));
    Files.writeString(directory.resolve(name + ".pem"), pem);
    return new TestAuthority(directory, keys, certificate);
  }

  /// Writes `<name>.p12`.
  void issue(String name, GeneralName... names) throws Exception {
    KeyPair own = newKeys();
    X509Certificate issued =
        certificate(
            name,
            own,
            certificate.getSubjectX500Principal().getName().substring(3),
            keys,
            new BasicConstraints(false),
            new GeneralNames(names));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        name, own.getPrivate(), PASSWORD.toCharArray(), new Certificate[] {issued, certificate});
    try (OutputStream out = Files.newOutputStream(directory.resolve(name + ".p12"))) {
      store.store(out, PASSWORD.toCharArray());
    }
  }

  private static X509Certificate certificate(
      String name,
      KeyPair own,
      String issuer,
      KeyPair signer,
      BasicConstraints constraints,
      GeneralNames names)
      throws Exception {
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
                new X500Principal("CN=" + issuer),
                BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minus(Duration.ofMinutes(5))),
                Date.from(now.plus(Duration.ofHours(1))),
                new X500Principal("CN=" + name),
                own.getPublic())
            .addExtension(Extension.basicConstraints, true, constraints)
            .addExtension(Extension.subjectAlternativeName, false, names);
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
  }

  private static KeyPair newKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }
}
