package ai.rails.enclave.release;

import java.util.Optional;

import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.evidence.EvidenceSource;
import ai.rails.attestation.format.Bytes;
import ai.rails.platform.http.WorkerIdentity;

/// What this worker says of itself, and where evidence for it comes from.
///
/// @param tlsKeySha256 of its TLS key, lower-case hex
/// @param runtime its version
/// @param policySha256 the platform policy without which it wants no keys
public record AttestedSelf(
    WorkerIdentity identity,
    String tlsKeySha256,
    String runtime,
    Optional<String> policySha256,
    EvidenceSource evidence) {
  /// What evidence for one request has to be bound to.
  WorkerBinding binding(String audience, Bytes nonce, Bytes hpkePublicKey, Bytes tlsKey) {
    return new WorkerBinding(
        audience,
        identity.tenant(),
        identity.environment(),
        identity.worker(),
        identity.artifactDigest(),
        nonce,
        hpkePublicKey,
        tlsKey,
        runtime,
        policySha256.orElse(""));
  }
}
