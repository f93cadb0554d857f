package ai.rails.simulator;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import ai.rails.attestation.format.Bytes;

/// What the simulated TDX module says of its one trust domain.
///
/// @param teeTcbSvn 16 bytes: module minor version, module major version, microcode, zeros
/// @param attributes TDATTRIBUTES, 8 bytes
/// @param mrTd 48 bytes
/// @param mrConfigId 48 bytes
/// @param rtMr four registers of 48 bytes
public record Td(
    Bytes teeTcbSvn, Bytes attributes, Bytes mrTd, Bytes mrConfigId, List<Bytes> rtMr) {
  private static final int REGISTER_BYTES = 48;
  private static final Bytes ZERO = Bytes.copyOf(new byte[REGISTER_BYTES]);

  /// SEPT_VE_DISABLE and nothing else, as production TDs have.
  private static final Bytes ORDINARY = Bytes.copyOf(new byte[] {0, 0, 0, 0x10, 0, 0, 0, 0});

  private static final Bytes CURRENT_MODULE =
      Bytes.copyOf(new byte[] {6, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});

  public Td {
    rtMr = List.copyOf(rtMr);
  }

  /// Freshly launched from a firmware, with nothing measured yet.
  public static Td launched(Bytes mrTd) {
    return new Td(CURRENT_MODULE, ORDINARY, mrTd, ZERO, Collections.nCopies(4, ZERO));
  }

  /// After measuring something into a register, 0 to 3.
  public Td extend(int register, Bytes digest) {
    MessageDigest sha384 = Bytes.digest("SHA-384");
    rtMr.get(register).updateInto(sha384);
    digest.updateInto(sha384);
    List<Bytes> registers = new ArrayList<>(rtMr);
    registers.set(register, Bytes.copyOf(sha384.digest()));
    return new Td(teeTcbSvn, attributes, mrTd, mrConfigId, registers);
  }

  public Td withAttributes(Bytes changed) {
    return new Td(teeTcbSvn, changed, mrTd, mrConfigId, rtMr);
  }

  public Td withTeeTcbSvn(Bytes changed) {
    return new Td(changed, attributes, mrTd, mrConfigId, rtMr);
  }

  public Td withConfigId(Bytes changed) {
    return new Td(teeTcbSvn, attributes, mrTd, changed, rtMr);
  }
}
