package ai.rails.attestation.collateral;

import java.util.List;
import java.util.Set;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Json;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.TcbStatus;

/// Intel's description of the TD quoting enclave, version 2.
///
/// @param miscSelect as in a report: least significant byte first
public record QeIdentity(
    Bytes miscSelect,
    Bytes miscSelectMask,
    Bytes attributes,
    Bytes attributesMask,
    Bytes mrSigner,
    int isvProdId,
    List<TcbLevel.OfEnclave> levels) {
  private static final Set<TcbStatus> STATUSES =
      Set.of(
          TcbStatus.UP_TO_DATE,
          TcbStatus.OUT_OF_DATE,
          TcbStatus.CONFIGURATION_NEEDED,
          TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
          TcbStatus.REVOKED);

  public QeIdentity {
    levels = List.copyOf(levels);
  }

  /// Whether the identity is of the enclave that quotes TDs.
  public static boolean isOfTdQuotingEnclave(Json.Members body) throws Malformed {
    return body.text("id").equals("TD_QE") && body.number("version", Integer.MAX_VALUE) >= 2;
  }

  public static QeIdentity of(Json.Members body) throws Malformed {
    return new QeIdentity(
        body.hex("miscselect", 4).reversed(),
        body.hex("miscselectMask", 4).reversed(),
        body.hex("attributes", 16),
        body.hex("attributesMask", 16),
        body.hex("mrsigner", 32),
        body.number("isvprodid", 0xFFFF),
        TcbLevel.OfEnclave.of(body.list("tcbLevels"), STATUSES));
  }
}
