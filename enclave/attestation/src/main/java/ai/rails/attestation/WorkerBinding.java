package ai.rails.attestation;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Framed;

/// What an AI Rails worker binds its evidence to, the same for the worker that asks, the service
/// that answers, and whoever checks an archived verdict.
///
/// @param audience the service that asked for evidence
/// @param worker the worker's id
/// @param environment of the tenant
/// @param artifactDigest the one workflow version that it runs
/// @param nonce 32 bytes of the service
/// @param hpkePublicKey 32 bytes: the key that an answer is sealed to
/// @param tlsKeySha256 of the worker's TLS key; empty for none
/// @param runtime the worker's version
/// @param policySha256 the platform policy that the worker insists on; empty for any
public record WorkerBinding(
    String audience,
    String tenant,
    String environment,
    String worker,
    String artifactDigest,
    Bytes nonce,
    Bytes hpkePublicKey,
    Bytes tlsKeySha256,
    String runtime,
    String policySha256) {
  private static final String CLAIMS = "AIRAILS-CLAIMS-V1";
  private static final String RELEASE = "AIRAILS-KR-V1";
  private static final String CONFIRMATION = "AIRAILS-ACK-V1";

  /// What must stand in the evidence.
  public Bytes reportData() {
    Bytes claims =
        new Framed(CLAIMS)
            .add(tenant)
            .add(environment)
            .add(artifactDigest)
            .add(runtime)
            .add(policySha256)
            .sha256();
    return new Transcript(
            nonce,
            audience,
            worker,
            Transcript.X25519_AES_256_GCM,
            hpkePublicKey,
            tlsKeySha256,
            claims)
        .reportData();
  }

  /// HPKE info of the keys that are sealed for this evidence: they open for nothing else.
  ///
  /// @param evidenceSha256 of the evidence without padding, hex
  /// @param policyRevision of the policy that released them
  /// @param expiresAt Unix milliseconds
  public byte[] releaseInfo(
      String releaseId, String evidenceSha256, String policyRevision, long expiresAt) {
    return new Framed(RELEASE)
        .add(releaseId)
        .add(nonce)
        .add(worker)
        .add(artifactDigest)
        .add(evidenceSha256)
        .add(policyRevision)
        .add(expiresAt)
        .bytes()
        .toArray();
  }

  /// What the worker's confirmation authenticates.
  public byte[] confirmation(String releaseId) {
    return new Framed(CONFIRMATION).add(releaseId).add(nonce).add(worker).bytes().toArray();
  }
}
