package ai.rails.command.collateral;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Tee;

/// A root of AMD's shape with signing keys and the keys of one chip and one provider, and the
/// reports that they sign.
final class AmdPki {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final String PRODUCT = "Milan";
  static final byte[] CHIP = HexFormat.of().parseHex("c5".repeat(64));
  static final int BOOT_LOADER = 3;
  static final int SNP = 8;
  static final int MICROCODE = 115;
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final int REPORT_BYTES = 0x4A0;
  private static final int SIGNED_BYTES = 0x2A0;
  private static final int FIELD_BYTES = 72;

  private final KeyPair rootKey = rsa();
  private final KeyPair askKey = rsa();
  private final KeyPair asvkKey = rsa();
  private final KeyPair vcekKey = p384();
  private final KeyPair vlekKey = p384();
  final byte[] root = authority("ARK-" + PRODUCT, rootKey, "ARK-" + PRODUCT, 1);
  final byte[] ask = authority("SEV-" + PRODUCT, askKey, "ARK-" + PRODUCT, 2);
  final byte[] asvk = authority("SEV-VLEK-" + PRODUCT, asvkKey, "ARK-" + PRODUCT, 3);
  final byte[] vcek = endorsement("SEV-VCEK", vcekKey, "SEV-" + PRODUCT, askKey, true);
  final byte[] vlek = endorsement("SEV-VLEK", vlekKey, "SEV-VLEK-" + PRODUCT, asvkKey, false);

  /// The root's revocation list of a time, in which AMD's signing key stands or does not.
  byte[] revocations(Instant at, boolean askRevoked) {
    var builder = new X509v2CRLBuilder(name("ARK-" + PRODUCT), Date.from(at));
    builder.setNextUpdate(Date.from(at.plus(Duration.ofDays(30))));
    if (askRevoked) {
      builder.addCRLEntry(BigInteger.TWO, Date.from(at), 1);
    }
    try {
      return builder.build(pss(rootKey)).getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// A report of version 3 by the chip's key, or the provider's.
  Evidence report(boolean byProvider) {
    return report(byProvider, CHIP, 3);
  }

  /// @param chip as the report names it
  Evidence report(boolean byProvider, byte[] chip, int version) {
    ByteBuffer report = ByteBuffer.allocate(REPORT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    report.putInt(0, version);
    report.putLong(0x08, 1L << 17);
    report.putInt(0x34, 1);
    report.putInt(0x48, byProvider ? 1 << 2 : 0);
    byte[] tcb = {BOOT_LOADER, 0, 0, 0, 0, 0, SNP, MICROCODE};
    report.put(0x38, tcb).put(0x180, tcb).put(0x1E0, tcb).put(0x1F0, tcb);
    if (version > 2) {
      report.put(0x188, (byte) 0x19).put(0x189, (byte) 1).put(0x18A, (byte) 1);
    }
    report.put(0x1A0, chip);
    try {
      Signature signer = Signature.getInstance("SHA384withECDSAinP1363Format");
      signer.initSign((byProvider ? vlekKey : vcekKey).getPrivate());
      signer.update(report.array(), 0, SIGNED_BYTES);
      byte[] signature = signer.sign();
      report.put(SIGNED_BYTES, field(Arrays.copyOf(signature, 48)));
      report.put(SIGNED_BYTES + FIELD_BYTES, field(Arrays.copyOfRange(signature, 48, 96)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return new Evidence(Tee.SEV_SNP, Bytes.copyOf(report.array()));
  }

  /// What a host would hand its guest: the provider's key and AMD's for it.
  Bytes table() {
    byte[] first = vlek;
    byte[] second = asvk;
    int at = 3 * 24;
    ByteBuffer table =
        ByteBuffer.allocate(at + first.length + second.length).order(ByteOrder.LITTLE_ENDIAN);
    table.put(HexFormat.of().parseHex("a8074bc2a25a483eaae639c045a0b8a1"));
    table.putInt(at).putInt(first.length);
    table.put(HexFormat.of().parseHex("4ab7b379bbac4fe4a02f05aef327c782"));
    table.putInt(at + first.length).putInt(second.length);
    table.position(at).put(first).put(second);
    return Bytes.copyOf(table.array());
  }

  private static byte[] field(byte[] bigEndian) {
    byte[] little = new byte[FIELD_BYTES];
    for (int i = 0; i < bigEndian.length; i++) {
      little[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return little;
  }

  private byte[] authority(String name, KeyPair key, String issuer, long serial) {
    try {
      X509v3CertificateBuilder builder = builder(name, key, issuer, serial);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return builder.build(pss(rootKey)).getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] endorsement(
      String name, KeyPair key, String issuer, KeyPair issuerKey, boolean ofChip) {
    try {
      X509v3CertificateBuilder builder = builder(name, key, issuer, 0);
      add(builder, "1", new ASN1Integer(0));
      add(builder, "2", new DERIA5String(PRODUCT + "-B0"));
      add(builder, "3.1", new ASN1Integer(BOOT_LOADER));
      add(builder, "3.2", new ASN1Integer(0));
      add(builder, "3.3", new ASN1Integer(SNP));
      add(builder, "3.8", new ASN1Integer(MICROCODE));
      if (ofChip) {
        builder.addExtension(new ASN1ObjectIdentifier(ARC + "4"), false, CHIP);
      } else {
        add(builder, "5", new DERIA5String("a provider"));
      }
      return builder.build(pss(issuerKey)).getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(X509v3CertificateBuilder builder, String arc, ASN1Encodable value)
      throws Exception {
    builder.addExtension(new ASN1ObjectIdentifier(ARC + arc), false, value);
  }

  private static X509v3CertificateBuilder builder(
      String name, KeyPair key, String issuer, long serial) {
    return new JcaX509v3CertificateBuilder(
        name(issuer),
        BigInteger.valueOf(serial),
        Date.from(NOON.minus(Duration.ofDays(100))),
        Date.from(NOON.plus(Duration.ofDays(1_000))),
        name(name),
        key.getPublic());
  }

  private static X500Name name(String commonName) {
    return new X500Name("CN=" + commonName + ",O=Advanced Micro Devices");
  }

  private static ContentSigner pss(KeyPair key) throws Exception {
    return new JcaContentSignerBuilder("SHA384withRSAandMGF1")
        .setProvider(new BouncyCastleProvider())
        .build(key.getPrivate());
  }

  private static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair p384() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp384r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
