package ai.rails.platform.timestamp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Key and certificates of a local time stamp authority, made once and kept in a directory:
/// `tsa-root.pem`, `tsa-chain.pem` (the authority's certificate, then the root) and `tsa-key.pem`.
/// The root's key is thrown away when it has signed.
public final class DevelopmentRoot {
  /// What an auditor trusts.
  public static final String ROOT_FILE = "tsa-root.pem";

  /// What bundles carry.
  public static final String CHAIN_FILE = "tsa-chain.pem";

  private static final String KEY_FILE = "tsa-key.pem";
  private static final String ROOT_NAME = "CN=AI Rails DEVELOPMENT time stamp root";
  private static final String NAME = "CN=AI Rails DEVELOPMENT time stamp authority";
  private static final Duration LIFE = Duration.ofDays(3650);
  private static final Duration SKEW = Duration.ofHours(1);
  private static final int SERIAL_BITS = 127;

  private DevelopmentRoot() {}

  /// Finds the authority in the directory, or makes one.
  public static LocalAuthority open(Path directory, InstantSource clock, SecureRandom random) {
    try {
      if (!Files.exists(directory.resolve(CHAIN_FILE))) {
        make(directory, clock.instant(), random);
      }
      return new LocalAuthority(
          key(Files.readString(directory.resolve(KEY_FILE))),
          chain(Files.readString(directory.resolve(CHAIN_FILE))),
          clock,
          random);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(
          "cannot open the time stamp authority in %s; remove its tsa-* files to make a new one"
              .formatted(directory),
          e);
    }
  }

  private static void make(Path directory, Instant now, SecureRandom random)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair root = pair(random);
    KeyPair authority = pair(random);
    JcaX509v3CertificateBuilder rootBuilder = builder(now, ROOT_NAME, root.getPublic(), random);
    rootBuilder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    rootBuilder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    X509Certificate rootCertificate = sign(rootBuilder, root.getPrivate());
    X509Certificate certificate =
        sign(authorityBuilder(now, authority.getPublic(), random), root.getPrivate());
    Files.createDirectories(directory);
    write(directory.resolve(KEY_FILE), pem("PRIVATE KEY", authority.getPrivate().getEncoded()));
    write(directory.resolve(ROOT_FILE), pem("CERTIFICATE", rootCertificate.getEncoded()));
    write(
        directory.resolve(CHAIN_FILE),
        pem("CERTIFICATE", certificate.getEncoded())
            + pem("CERTIFICATE", rootCertificate.getEncoded()));
  }

  private static JcaX509v3CertificateBuilder authorityBuilder(
      Instant now, PublicKey key, SecureRandom random) throws CertIOException {
    JcaX509v3CertificateBuilder builder = builder(now, NAME, key, random);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    return builder;
  }

  private static JcaX509v3CertificateBuilder builder(
      Instant now, String subject, PublicKey key, SecureRandom random) {
    return new JcaX509v3CertificateBuilder(
        new X500Name(ROOT_NAME),
        new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(LIFE)),
        new X500Name(subject),
        key);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }

  private static KeyPair pair(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static PrivateKey key(String pem) throws GeneralSecurityException {
    String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
  }

  private static List<X509Certificate> chain(String pem)
      throws IOException, GeneralSecurityException {
    try (var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map((Certificate certificate) -> (X509Certificate) certificate)
          .toList();
    }
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), kind);
  }

  /// Readable by its owner only, and never half written.
  private static void write(Path file, String content) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            ".tsa",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, content, StandardCharsets.US_ASCII);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
