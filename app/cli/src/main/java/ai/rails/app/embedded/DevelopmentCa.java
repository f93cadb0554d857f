package ai.rails.app.embedded;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority for one development installation. Its key lies in the data directory, so
/// nothing outside this machine may trust it; its name says so.
public final class DevelopmentCa {
  static final String NAME = "AI Rails DEVELOPMENT CA";

  private static final Duration CA_LIFE = Duration.ofDays(3650);
  private static final Duration LEAF_LIFE = Duration.ofDays(397);
  private static final Duration SKEW = Duration.ofHours(1);

  private final TlsFiles files;
  private final InstantSource clock;
  private final SecureRandom random;
  private final PrivateKey key;
  private final X509Certificate certificate;

  private DevelopmentCa(
      TlsFiles files, InstantSource clock, SecureRandom random, TlsFiles.Identity authority) {
    this.files = files;
    this.clock = clock;
    this.random = random;
    this.key = authority.key();
    this.certificate = authority.chain().getFirst();
  }

  /// Finds the authority in the directory, or makes one; one that would end before a certificate it
  /// issues is replaced.
  public static DevelopmentCa open(
      Path directory, String storePassword, InstantSource clock, SecureRandom random) {
    var files = new TlsFiles(directory, storePassword);
    try {
      TlsFiles.Identity authority =
          files
              .read("ca")
              .filter(found ->
                  found
                      .chain()
                      .getFirst()
                      .getNotAfter()
                      .toInstant()
                      .isAfter(clock.instant().plus(LEAF_LIFE)))
              .orElse(null);
      if (authority == null) {
        authority = selfSigned(clock, random);
        files.write("ca", authority);
      }
      files.writeTrust(authority.chain().getFirst());
      return new DevelopmentCa(files, clock, random, authority);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot open the development CA in " + directory, e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /// PEM, for clients that take `--cacert`.
  public Path certificateFile() {
    return files.certificate("ca");
  }

  /// PKCS#12 with this authority alone, for Java clients.
  public Path trustStore() {
    return files.trustStore();
  }

  /// A server's certificate for localhost, 127.0.0.1 and the given DNS names, issued anew.
  public IssuedCertificate server(String name, List<String> dnsNames) {
    var names = new ArrayList<GeneralName>();
    names.add(new GeneralName(GeneralName.dNSName, "localhost"));
    names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    dnsNames.forEach(dns -> names.add(new GeneralName(GeneralName.dNSName, dns)));
    return issue(name, names, KeyPurposeId.id_kp_serverAuth);
  }

  /// A client's certificate that names the client by a URI, issued anew.
  public IssuedCertificate client(String name, URI identity) {
    var names =
        List.of(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString()));
    return issue(name, names, KeyPurposeId.id_kp_clientAuth);
  }

  private IssuedCertificate issue(String name, List<GeneralName> names, KeyPurposeId purpose) {
    try {
      KeyPair pair = keyPair(random);
      JcaX509v3CertificateBuilder leaf =
          builder(clock.instant(), LEAF_LIFE, random, distinguished(name), pair.getPublic());
      leaf.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      leaf.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      leaf.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      leaf.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      leaf.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
      X509Certificate issued = sign(leaf, key, random);
      files.write(name, new TlsFiles.Identity(pair.getPrivate(), List.of(issued, certificate)));
      return new IssuedCertificate(
          issued, pair.getPrivate(), files.certificate(name), files.key(name), files.store(name));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot issue a certificate for " + name, e);
    }
  }

  private static TlsFiles.Identity selfSigned(InstantSource clock, SecureRandom random)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    KeyPair pair = keyPair(random);
    JcaX509v3CertificateBuilder ca =
        builder(clock.instant(), CA_LIFE, random, distinguished(NAME), pair.getPublic());
    ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    ca.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    ca.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    return new TlsFiles.Identity(pair.getPrivate(), List.of(sign(ca, pair.getPrivate(), random)));
  }

  private static JcaX509v3CertificateBuilder builder(
      Instant now, Duration life, SecureRandom random, X500Name subject, PublicKey publicKey) {
    return new JcaX509v3CertificateBuilder(
        distinguished(NAME),
        new BigInteger(127, random).setBit(126),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(life)),
        subject,
        publicKey);
  }

  private static X509Certificate sign(
      JcaX509v3CertificateBuilder builder, PrivateKey key, SecureRandom random)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(key)));
  }

  private static KeyPair keyPair(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X500Name distinguished(String commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
  }
}
