package ai.rails.attestation.tdx;

import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import ai.rails.attestation.certificate.Curve;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.LittleEndian;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.QeReport;
import ai.rails.attestation.verdict.TdReport;

/// A TDX quote, version 4 or 5, taken apart. Every length inside is exact; what follows the
/// declared signature data is the padding of the kernel's buffer and belongs to nothing.
///
/// @param signed the bytes that the attestation key signs
/// @param whole the quote without padding
/// @param quotingEnclaveReport the 384 bytes that the PCK key signs
/// @param chain PEM
record Quote(
    Header header,
    OptionalInt bodyType,
    TdReport report,
    Bytes signed,
    Bytes whole,
    int trailing,
    Bytes signature,
    Bytes attestationKey,
    ECPublicKey attestationPublicKey,
    Bytes quotingEnclaveReport,
    QeReport quotingEnclave,
    Bytes quotingEnclaveSignature,
    Bytes authenticationData,
    Bytes chain) {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int BODY_1_0 = 2;
  private static final int BODY_1_5 = 3;
  private static final int QE_REPORT_CERTIFICATION = 6;
  private static final int PCK_CHAIN_CERTIFICATION = 5;

  /// The first 48 bytes, whose other values are fixed.
  record Header(int version, int qeSvn, int pceSvn, Bytes userData) {
    private static final int KEY_TYPE_P256 = 2;
    private static final long TEE_TDX = 0x81;
    private static final String INTEL = "939a7233f79c4ca9940a0db3957f0607";

    static Header of(LittleEndian quote) throws Malformed {
      int version = quote.u16();
      require(version == 4 || version == 5, "version %d where 4 or 5 belongs", version);
      int keyType = quote.u16();
      require(keyType == KEY_TYPE_P256, "attestation key type %d where 2 (P-256) belongs", keyType);
      long tee = quote.u32();
      require(tee == TEE_TDX, "TEE type %d where 129 (TDX) belongs", tee);
      int qeSvn = quote.u16();
      int pceSvn = quote.u16();
      require(quote.bytes(16).hex().equals(INTEL), "a quoting enclave of another vendor", 0);
      return new Header(version, qeSvn, pceSvn, quote.bytes(20));
    }
  }

  static Quote of(Bytes evidence) throws Malformed {
    require(evidence.length() <= MOST_BYTES, "%d bytes are too many", evidence.length());
    var reader = new LittleEndian(evidence);
    Header header = Header.of(reader);
    OptionalInt bodyType =
        header.version() == 4 ? OptionalInt.empty() : OptionalInt.of(bodyType(reader));
    TdReport report = report(reader, bodyType.orElse(BODY_1_0));
    int signedLength = reader.position();
    LittleEndian section = reader.part(reader.u32());
    Bytes signature = section.bytes(64);
    Bytes attestationKey = section.bytes(64);
    LittleEndian certification = certification(section, QE_REPORT_CERTIFICATION, "outer");
    section.finished("the signature data");
    Bytes quotingEnclave = certification.bytes(384);
    Bytes quotingEnclaveSignature = certification.bytes(64);
    Bytes authenticationData = certification.bytes(certification.u16());
    LittleEndian chain = certification(certification, PCK_CHAIN_CERTIFICATION, "inner");
    certification.finished("the certification data");
    return new Quote(
        header,
        bodyType,
        report,
        evidence.slice(0, signedLength),
        evidence.slice(0, reader.position()),
        reader.remaining(),
        signature,
        attestationKey,
        Curve.P256.publicKey(attestationKey),
        quotingEnclave,
        quotingEnclave(new LittleEndian(quotingEnclave)),
        quotingEnclaveSignature,
        authenticationData,
        chain.bytes(chain.remaining()));
  }

  Claims.Tdx claims(Optional<PckIdentity> pck) {
    return new Claims.Tdx(
        header.version(),
        bodyType,
        header.qeSvn(),
        header.pceSvn(),
        header.userData(),
        report,
        quotingEnclave,
        attestationKey,
        signed.length(),
        whole.length() - signed.length() - Integer.BYTES,
        trailing,
        pck);
  }

  private static int bodyType(LittleEndian reader) throws Malformed {
    int type = reader.u16();
    long size = reader.u32();
    long expected =
        switch (type) {
          case BODY_1_0 -> 584;
          case BODY_1_5 -> 648;
          default -> throw new Malformed("body type %d is not supported".formatted(type));
        };
    require(size == expected, "a body of %d bytes does not fit its type", size);
    return type;
  }

  private static TdReport report(LittleEndian body, int type) throws Malformed {
    Bytes teeTcbSvn = body.bytes(16);
    Bytes mrSeam = body.bytes(48);
    Bytes mrSignerSeam = body.bytes(48);
    Bytes seamAttributes = body.bytes(8);
    Bytes tdAttributes = body.bytes(8);
    Bytes xfam = body.bytes(8);
    Bytes mrTd = body.bytes(48);
    Bytes mrConfigId = body.bytes(48);
    Bytes mrOwner = body.bytes(48);
    Bytes mrOwnerConfig = body.bytes(48);
    List<Bytes> rtMr = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rtMr.add(body.bytes(48));
    }
    Bytes reportData = body.bytes(64);
    boolean later = type == BODY_1_5;
    return new TdReport(
        teeTcbSvn,
        mrSeam,
        mrSignerSeam,
        seamAttributes,
        tdAttributes,
        xfam,
        mrTd,
        mrConfigId,
        mrOwner,
        mrOwnerConfig,
        rtMr,
        reportData,
        later ? Optional.of(body.bytes(16)) : Optional.empty(),
        later ? Optional.of(body.bytes(48)) : Optional.empty());
  }

  private static LittleEndian certification(LittleEndian from, int wanted, String which)
      throws Malformed {
    int type = from.u16();
    require(type == wanted, which + " certification data type %d is not supported", type);
    return from.part(from.u32());
  }

  private static QeReport quotingEnclave(LittleEndian report) throws Malformed {
    Bytes cpuSvn = report.bytes(16);
    Bytes miscSelect = report.bytes(4);
    report.bytes(28);
    Bytes attributes = report.bytes(16);
    Bytes mrEnclave = report.bytes(32);
    report.bytes(32);
    Bytes mrSigner = report.bytes(32);
    report.bytes(96);
    int isvProdId = report.u16();
    int isvSvn = report.u16();
    report.bytes(60);
    return new QeReport(
        cpuSvn, miscSelect, attributes, mrEnclave, mrSigner, isvProdId, isvSvn, report.bytes(64));
  }

  private static void require(boolean holds, String otherwise, long value) throws Malformed {
    if (!holds) {
      throw new Malformed(otherwise.formatted(value));
    }
  }
}
