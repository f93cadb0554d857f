package ai.rails.attestation.snp;

import java.util.List;
import java.util.Optional;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.LittleEndian;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Claims.SigningKey;

/// A SEV-SNP attestation report of version 2 to 5, taken apart. What follows its 1184 bytes belongs
/// to nothing.
///
/// @param signed the bytes that the endorsement key signs
/// @param signature r and s, big-endian; empty when the field can not hold a signature
record Report(Claims.Snp claims, Bytes whole, Bytes signed, Optional<Bytes> signature) {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int BYTES = 0x4A0;
  private static final int SIGNED_BYTES = 0x2A0;
  private static final int ECDSA_P384 = 1;
  private static final int NUMBER_BYTES = 48;
  private static final int FIELD_BYTES = 72;
  private static final int RESERVED_POLICY_BIT = 17;
  private static final int FIRST_UNKNOWN_POLICY_BIT = 26;
  private static final int MOST_VMPL = 3;

  static Report of(Bytes evidence) throws Malformed {
    if (evidence.length() < BYTES || evidence.length() > MOST_BYTES) {
      throw new Malformed("%d bytes where a report has %d".formatted(evidence.length(), BYTES));
    }
    Bytes whole = evidence.slice(0, BYTES);
    var reader = new LittleEndian(whole);
    Claims.Snp claims = claims(reader);
    Bytes signature = reader.bytes(2 * FIELD_BYTES);
    reader.zeros(reader.remaining(), "behind the signature");
    return new Report(claims, whole, whole.slice(0, SIGNED_BYTES), bigEndian(signature));
  }

  private static Claims.Snp claims(LittleEndian report) throws Malformed {
    long version = report.u32();
    require(version >= 2 && version <= 5, "version %d is not supported", version);
    long guestSvn = report.u32();
    long policy = report.u64();
    require(
        (policy >>> RESERVED_POLICY_BIT & 1) == 1 && policy >>> FIRST_UNKNOWN_POLICY_BIT == 0,
        "the guest policy's reserved bits are wrong",
        0);
    Bytes familyId = report.bytes(16);
    Bytes imageId = report.bytes(16);
    long vmpl = report.u32();
    require(vmpl <= MOST_VMPL, "VMPL %d does not exist", vmpl);
    long algorithm = report.u32();
    require(algorithm == ECDSA_P384, "signature algorithm %d is not supported", algorithm);
    Bytes currentTcb = report.bytes(8);
    long platformInfo = report.u64();
    long keys = report.u32();
    require(keys >>> 5 == 0, "KEY_INFO's reserved bits are set", 0);
    SigningKey signingKey = signingKey((int) (keys >> 2 & 7));
    report.zeros(4, "behind KEY_INFO");
    Bytes reportData = report.bytes(64);
    Bytes measurement = report.bytes(48);
    Bytes hostData = report.bytes(32);
    Bytes idKeyDigest = report.bytes(48);
    Bytes authorKeyDigest = report.bytes(48);
    Bytes reportId = report.bytes(32);
    report.bytes(32);
    Bytes reportedTcb = report.bytes(8);
    List<Integer> cpu = cpu(report, (int) version);
    report.zeros(21, "behind CPUID");
    Bytes chipId = report.bytes(64);
    Bytes committedTcb = report.bytes(8);
    firmwareVersions(report);
    Bytes launchTcb = report.bytes(8);
    if (version >= 5) {
      report.bytes(16);
    } else {
      report.zeros(16, "behind LAUNCH_TCB");
    }
    report.zeros(152, "before the signature");
    return new Claims.Snp(
        (int) version,
        guestSvn,
        policy,
        familyId,
        imageId,
        (int) vmpl,
        platformInfo,
        signingKey,
        (keys & 1) == 1,
        (keys >> 1 & 1) == 1,
        reportData,
        measurement,
        hostData,
        idKeyDigest,
        authorKeyDigest,
        reportId,
        chipId,
        currentTcb,
        reportedTcb,
        committedTcb,
        launchTcb,
        cpu,
        cpu.isEmpty() ? Optional.empty() : Optional.of(product(cpu).label()),
        Optional.empty());
  }

  private static SigningKey signingKey(int code) throws Malformed {
    return switch (code) {
      case 0 -> SigningKey.VCEK;
      case 1 -> SigningKey.VLEK;
      default -> throw new Malformed("signing key %d is not supported".formatted(code));
    };
  }

  private static List<Integer> cpu(LittleEndian report, int version) throws Malformed {
    if (version == 2) {
      report.zeros(3, "behind REPORTED_TCB");
      return List.of();
    }
    return List.of(report.u8(), report.u8(), report.u8());
  }

  private static Product product(List<Integer> cpu) throws Malformed {
    return Product.of(cpu.get(0), cpu.get(1))
        .orElseThrow(() ->
            new Malformed(
                "no known product has family %d and model %d".formatted(cpu.get(0), cpu.get(1))));
  }

  private static void firmwareVersions(LittleEndian report) throws Malformed {
    for (int i = 0; i < 2; i++) {
      report.bytes(3);
      report.zeros(1, "behind a firmware version");
    }
  }

  /// AMD writes r and s least significant byte first, in 72 bytes each of which 48 count.
  private static Optional<Bytes> bigEndian(Bytes field) {
    Bytes r = field.slice(0, FIELD_BYTES).reversed();
    Bytes s = field.slice(FIELD_BYTES, FIELD_BYTES).reversed();
    int padding = FIELD_BYTES - NUMBER_BYTES;
    if (!r.slice(0, padding).isZero() || !s.slice(0, padding).isZero()) {
      return Optional.empty();
    }
    return Optional.of(r.slice(padding, NUMBER_BYTES).concat(s.slice(padding, NUMBER_BYTES)));
  }

  private static void require(boolean holds, String otherwise, long value) throws Malformed {
    if (!holds) {
      throw new Malformed(otherwise.formatted(value));
    }
  }
}
