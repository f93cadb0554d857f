package ai.rails.platform.evidence;

import java.security.interfaces.ECPublicKey;

/// Signs bundles with ECDSA over P-256 and SHA-256: a key in memory, or one that never leaves its
/// module. Thread-safe.
public interface EvidenceSigner {
  ECPublicKey publicKey();

  /// @return the signature in DER
  byte[] sign(byte[] message);
}
