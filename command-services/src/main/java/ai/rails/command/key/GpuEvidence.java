package ai.rails.command.key;

import java.time.Instant;
import java.util.Optional;

import ai.rails.attestation.format.Bytes;

/// Judges what a confidential GPU says of itself. Nothing here judges NVIDIA's evidence yet:
/// [#NOTHING_VERIFIED] takes none for proof, so that a workflow that demands one gets no keys.
@FunctionalInterface
public interface GpuEvidence {
  /// Whatever is shown stays unverified.
  GpuEvidence NOTHING_VERIFIED =
      (shown, _, _) -> shown.isPresent() ? Standing.UNVERIFIED : Standing.NONE;

  /// What the evidence is worth; policy decides what it takes.
  enum Standing {
    NONE,
    UNVERIFIED,
    VERIFIED
  }

  /// @param shown GPU reports and certificates, as the guest's driver gave them
  /// @param nonce that they must be about: the same as the guest's own evidence
  Standing judge(Optional<Bytes> shown, Bytes nonce, Instant at);
}
