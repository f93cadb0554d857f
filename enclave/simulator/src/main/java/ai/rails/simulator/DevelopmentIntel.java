package ai.rails.simulator;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;

/// Plays Intel for one platform: root, platform CA, PCK certificate, TCB signing, and collateral in
/// the shapes that Intel's service has. Every name says DEVELOPMENT; every key is made anew.
public final class DevelopmentIntel {
  static final String MR_SIGNER =
      "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5";
  static final String QE_FLAGS = "1100000000000000";

  private static final String SGX = "1.2.840.113741.1.13.1";
  private static final String FMSPC = "d0d0d0000000";
  private static final int PCE_SVN = 13;
  private static final int COMPONENT_SVN = 4;
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final String ZERO_48 = "00".repeat(48);

  /// What can be wrong with the simulated platform, or with what Intel says of it.
  public enum Fault {
    PCK_REVOKED,
    PLATFORM_CA_REVOKED,
    PLATFORM_OUT_OF_DATE,
    PLATFORM_REVOKED
  }

  private final Authority root;
  private final Authority platformCa;
  private final Authority pck;
  private final Authority tcbSigning;

  private DevelopmentIntel(Instant now, SecureRandom random) {
    Instant from = now.minus(BACKDATED);
    this.root = Authority.root(name("SGX Root CA"), from, random);
    this.platformCa = root.authority(name("SGX PCK Platform CA"), from, random);
    this.pck =
        platformCa.leaf(
            name("SGX PCK Certificate"),
            List.of(new Authority.Extra(SGX, platform(random))),
            from,
            random);
    this.tcbSigning = root.leaf(name("SGX TCB Signing"), List.of(), from, random);
  }

  public static DevelopmentIntel create(Instant now, SecureRandom random) {
    return new DevelopmentIntel(now, random);
  }

  /// The root in DER: what a development verifier is configured with.
  public Bytes root() {
    return root.der();
  }

  /// Collateral for the simulated platform.
  public Collateral.Tdx collateral(Instant issued, Instant nextUpdate, Set<Fault> faults) {
    Bytes chain = Authority.pem(List.of(tcbSigning, root));
    List<BigInteger> leaves = faults.contains(Fault.PCK_REVOKED) ? List.of(serial(pck)) : List.of();
    List<BigInteger> authorities =
        faults.contains(Fault.PLATFORM_CA_REVOKED) ? List.of(serial(platformCa)) : List.of();
    return new Collateral.Tdx(
        signed("tcbInfo", tcbInfo(issued, nextUpdate, faults)),
        chain,
        signed("enclaveIdentity", quotingEnclave(issued, nextUpdate, faults)),
        chain,
        platformCa.revocations(issued, nextUpdate, leaves),
        root.revocations(issued, nextUpdate, authorities));
  }

  /// The one machine that it made.
  public Platform platform() {
    return new Platform(Authority.pem(List.of(pck, platformCa, root)), pck.key());
  }

  private static String name(String role) {
    return "CN=AI Rails DEVELOPMENT " + role;
  }

  private static BigInteger serial(Authority of) {
    return of.certificate().getSerialNumber();
  }

  private static ASN1Encodable platform(SecureRandom random) {
    ASN1EncodableVector tcb = new ASN1EncodableVector();
    for (int i = 1; i <= 16; i++) {
      tcb.add(pair(".2." + i, new ASN1Integer(COMPONENT_SVN)));
    }
    tcb.add(pair(".2.17", new ASN1Integer(PCE_SVN)));
    tcb.add(pair(".2.18", new DEROctetString(new byte[16])));
    ASN1EncodableVector all = new ASN1EncodableVector();
    all.add(pair(".1", new DEROctetString(random(random, 16))));
    all.add(pair(".2", new DERSequence(tcb)));
    all.add(pair(".3", new DEROctetString(new byte[2])));
    all.add(pair(".4", new DEROctetString(HexFormat.of().parseHex(FMSPC))));
    all.add(pair(".5", new ASN1Enumerated(1)));
    all.add(pair(".6", new DEROctetString(random(random, 16))));
    return new DERSequence(all);
  }

  private static DERSequence pair(String suffix, ASN1Encodable value) {
    return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(SGX + suffix), value});
  }

  private static byte[] random(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private Bytes signed(String member, String body) {
    Bytes content = utf8(body);
    String signature = Signing.sign(tcbSigning.key(), content).hex();
    return utf8("{\"%s\":%s,\"signature\":\"%s\"}".formatted(member, body, signature));
  }

  private static Bytes utf8(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String tcbInfo(Instant issued, Instant nextUpdate, Set<Fault> faults) {
    String module =
        "\"mrsigner\":\"%s\",\"attributes\":\"%s\",\"attributesMask\":\"%s\""
            .formatted(ZERO_48, "00".repeat(8), "FF".repeat(8));
    return "{\"id\":\"TDX\",\"version\":3,%s,\"fmspc\":\"%s\",\"pceId\":\"0000\",\"tcbType\":0,"
            .formatted(dates(issued, nextUpdate), FMSPC.toUpperCase(Locale.ROOT))
        + "\"tcbEvaluationDataNumber\":%d,\"tdxModule\":{%s},".formatted(number(faults), module)
        + "\"tdxModuleIdentities\":[{\"id\":\"TDX_01\",%s,\"tcbLevels\":[%s,%s]}],"
            .formatted(module, enclaveLevel(6, "UpToDate"), enclaveLevel(4, "OutOfDate"))
        + "\"tcbLevels\":[%s,%s]}"
            .formatted(platformLevel(4, status(faults)), platformLevel(2, "OutOfDate"));
  }

  /// Intel raises the bar with the next number.
  private static int number(Set<Fault> faults) {
    return faults.contains(Fault.PLATFORM_OUT_OF_DATE) ? 2 : 1;
  }

  private static String status(Set<Fault> faults) {
    if (faults.contains(Fault.PLATFORM_REVOKED)) {
      return "Revoked";
    }
    return faults.contains(Fault.PLATFORM_OUT_OF_DATE) ? "OutOfDate" : "UpToDate";
  }

  private static String platformLevel(int microcode, String status) {
    String sgx = components(COMPONENT_SVN, COMPONENT_SVN);
    String tdx = components(0, microcode);
    return ("{\"tcb\":{\"sgxtcbcomponents\":[%s],\"pcesvn\":%d,\"tdxtcbcomponents\":[%s]},"
            + "\"tcbDate\":\"2025-05-14T00:00:00Z\",\"tcbStatus\":\"%s\"}")
        .formatted(sgx, PCE_SVN, tdx, status);
  }

  /// 16 components, all zero but the first three.
  private static String components(int firstTwo, int third) {
    return "{\"svn\":%1$d},{\"svn\":%1$d},{\"svn\":%2$d}".formatted(firstTwo, third)
        + ",{\"svn\":0}".repeat(13);
  }

  private static String quotingEnclave(Instant issued, Instant nextUpdate, Set<Fault> faults) {
    return "{\"id\":\"TD_QE\",\"version\":2,%s,\"tcbEvaluationDataNumber\":%d,"
            .formatted(dates(issued, nextUpdate), number(faults))
        + "\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\","
        + "\"attributes\":\"%s\",\"attributesMask\":\"%s\","
            .formatted(QE_FLAGS + "00".repeat(8), "fbffffffffffffff" + "00".repeat(8))
        + "\"mrsigner\":\"%s\",\"isvprodid\":2,\"tcbLevels\":[%s]}"
            .formatted(MR_SIGNER, enclaveLevel(8, "UpToDate"));
  }

  private static String enclaveLevel(int svn, String status) {
    return "{\"tcb\":{\"isvsvn\":%d},\"tcbDate\":\"2025-05-14T00:00:00Z\",\"tcbStatus\":\"%s\"}"
        .formatted(svn, status);
  }

  private static String dates(Instant issued, Instant nextUpdate) {
    return "\"issueDate\":\"%s\",\"nextUpdate\":\"%s\"".formatted(issued, nextUpdate);
  }
}
