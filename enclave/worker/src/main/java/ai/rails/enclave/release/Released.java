package ai.rails.enclave.release;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.keys.HpkeKeyPair;

/// The keys that this worker holds until `expiresAt`. Immutable; it is replaced, never renewed in
/// place.
///
/// @param workflowKey wraps the run keys of the one workflow version
/// @param ingestKeys connector instance id, or `release`, to its key pair
/// @param epoch of the release's lease
public record Released(
    String releaseId,
    ContentKey workflowKey,
    Map<String, HpkeKeyPair> ingestKeys,
    String artifactDigest,
    long epoch,
    Instant expiresAt) {
  /// Name of the key that clients seal content inputs to.
  public static final String RELEASE_KEY = "release";

  public Released {
    ingestKeys = Map.copyOf(ingestKeys);
  }

  /// Opens what a client sealed to an instance, or to the release.
  ///
  /// @throws GeneralSecurityException if there is no such key or the bytes belong elsewhere
  public byte[] open(String key, byte[] sealed, String info) throws GeneralSecurityException {
    return ingestKey(key).open(sealed, info);
  }

  /// Seals to an instance as a client does.
  ///
  /// @throws GeneralSecurityException if there is no such key
  public byte[] seal(String key, byte[] plain, String info) throws GeneralSecurityException {
    return HpkeKeyPair.seal(ingestKey(key).publicKey(), plain, info);
  }

  private HpkeKeyPair ingestKey(String key) throws GeneralSecurityException {
    return Optional.ofNullable(ingestKeys.get(key))
        .orElseThrow(() -> new GeneralSecurityException("no ingest key was released for " + key));
  }

  /// Where a credential's ciphertext belongs.
  public static String credentialOf(String tenant, String instance) {
    return "airails|1|credential|%s|%s".formatted(tenant, instance);
  }

  /// Where a content input's ciphertext belongs: a client seals it before there is a run.
  public static String inputOf(String tenant, String artifactDigest, String input) {
    return "airails|1|input|%s|%s|%s".formatted(tenant, artifactDigest, input);
  }

  @Override
  public String toString() {
    return "Released[%s until %s, %d ingest keys, all hidden]"
        .formatted(releaseId, expiresAt, ingestKeys.size());
  }
}
