package ai.rails.attestation.verdict;

/// Whose hardware a verdict speaks of. It follows from the root's fingerprint alone.
public enum TrustDomain {
  /// A root of Intel or AMD.
  PRODUCTION,
  /// Any other root, such as the simulator's: proves nothing about hardware.
  DEVELOPMENT
}
