package ai.rails.attestation;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Tee;

/// Evidence as a guest hands it over, and what kind it is said to be. Nothing is looked into here.
public record Evidence(Tee tee, Bytes content) {
  public static Evidence tdx(byte[] quote) {
    return new Evidence(Tee.TDX, Bytes.copyOf(quote));
  }

  public static Evidence snp(byte[] report) {
    return new Evidence(Tee.SEV_SNP, Bytes.copyOf(report));
  }

  /// Guesses the kind from the first bytes, for people with a file; a protocol states it instead. A
  /// report begins with a version of four bytes, a quote with one of two and a key type.
  public static Evidence detect(byte[] file) {
    boolean isReport =
        file.length >= Integer.BYTES
            && file[0] >= 2
            && file[0] <= 5
            && file[1] == 0
            && file[2] == 0
            && file[3] == 0;
    return isReport ? snp(file) : tdx(file);
  }
}
