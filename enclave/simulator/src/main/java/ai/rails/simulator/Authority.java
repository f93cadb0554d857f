package ai.rails.simulator;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import ai.rails.attestation.format.Bytes;

/// A certificate with its key, able to issue others. Keys live in memory alone.
///
/// @param certificate the subject's
/// @param key the subject's
record Authority(X509Certificate certificate, PrivateKey key) {
  private static final Duration LIFE = Duration.ofDays(3650);
  private static final String SIGNATURE = "SHA256withECDSA";

  /// An extension of a certificate to issue.
  record Extra(String oid, ASN1Encodable value) {}

  static Authority root(String name, Instant from, SecureRandom random) {
    KeyPair pair = keyPair(random);
    return issue(name, name, pair, pair.getPrivate(), true, List.of(), from, random);
  }

  Authority authority(String name, Instant from, SecureRandom random) {
    return issue(issuer(), name, keyPair(random), key, true, List.of(), from, random);
  }

  Authority leaf(String name, List<Extra> extras, Instant from, SecureRandom random) {
    return issue(issuer(), name, keyPair(random), key, false, extras, from, random);
  }

  /// A revocation list in DER.
  Bytes revocations(Instant from, Instant to, List<BigInteger> serials) {
    try {
      var list = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(from));
      list.setNextUpdate(Date.from(to));
      for (BigInteger serial : serials) {
        list.addCRLEntry(serial, Date.from(from), CRLReason.keyCompromise);
      }
      return Bytes.copyOf(
          list.build(new JcaContentSignerBuilder(SIGNATURE).build(key)).getEncoded());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("a development revocation list can not be made", e);
    }
  }

  Bytes der() {
    try {
      return Bytes.copyOf(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a development certificate can not be encoded", e);
    }
  }

  static Bytes pem(List<Authority> chain) {
    var mime = Base64.getMimeEncoder(64, new byte[] {'\n'});
    StringBuilder text = new StringBuilder();
    for (Authority each : chain) {
      text.append("-----BEGIN CERTIFICATE-----\n")
          .append(mime.encodeToString(each.der().toArray()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Bytes.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  static KeyPair keyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("P-256 is part of every JDK", e);
    }
  }

  private String issuer() {
    return new X500Name(certificate.getSubjectX500Principal().getName()).toString();
  }

  private static Authority issue(
      String issuer,
      String subject,
      KeyPair pair,
      PrivateKey issuerKey,
      boolean ca,
      List<Extra> extras,
      Instant from,
      SecureRandom random) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(issuer),
              new BigInteger(120, random).setBit(119),
              Date.from(from),
              Date.from(from.plus(LIFE)),
              new X500Name(subject),
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(ca ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
      for (Extra each : extras) {
        builder.addExtension(new ASN1ObjectIdentifier(each.oid()), false, each.value());
      }
      return new Authority(
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder(SIGNATURE).build(issuerKey))),
          pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("a development certificate can not be made", e);
    }
  }
}
