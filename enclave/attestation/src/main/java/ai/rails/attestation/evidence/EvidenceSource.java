package ai.rails.attestation.evidence;

import java.util.Optional;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.format.Bytes;

/// Where a guest gets evidence about itself.
public interface EvidenceSource {
  /// The length of report data.
  int REPORT_DATA_BYTES = 64;

  /// @param reportData 64 bytes to have signed
  /// @throws EvidenceUnavailable when there is none, or others keep interfering
  Gathered gather(Bytes reportData) throws EvidenceUnavailable;

  /// Evidence and what came along.
  ///
  /// @param evidence without padding
  /// @param certificates SEV-SNP: the certificate table that the host supplied; not trusted
  record Gathered(Evidence evidence, Optional<Bytes> certificates) {}
}
