package ai.rails.domain;

/// Names content that lies sealed in `sealed_content(tenant, run, ref)`; it reveals nothing of it.
///
/// @param ref unique in the run, for example `fetch/output/1`
/// @param ciphertextSha256 64 lower-case hex digits
/// @param bytes length of the ciphertext
public record SealedRef(String ref, String ciphertextSha256, long bytes) {
  public SealedRef {
    Limits.requireId("sealed ref", ref);
  }
}
