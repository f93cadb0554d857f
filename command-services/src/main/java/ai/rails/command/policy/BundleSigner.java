package ai.rails.command.policy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.platform.json.CanonicalJson;

/// Packs and signs bundles as OPA verifies them: a JWT (ES256) over the hashes of all files.
///
/// The lease lies in the signed manifest, because OPA's signatures say nothing about time. Safe for
/// use by several threads.
public final class BundleSigner {
  private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private final BundleSettings settings;
  private final String keyId;
  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  /// @param privateKey P-256
  /// @param publicKey its other half
  public BundleSigner(
      BundleSettings settings, String keyId, PrivateKey privateKey, PublicKey publicKey) {
    this.settings = settings;
    this.keyId = keyId;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  public String keyId() {
    return keyId;
  }

  /// The public key, for OPA's configuration.
  public String publicKeyPem() {
    return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
        .formatted(PEM.encodeToString(publicKey.getEncoded()));
  }

  /// @param version of the content, SemVer
  SignedBundle sign(BundleContent content, String version, long seq, Instant at) {
    String contentSha256 = content.sha256();
    String revision =
        "%s@%s+seq.%d.sha256.%s"
            .formatted(content.name(), version, seq, contentSha256.substring(0, 16));
    SortedMap<String, byte[]> files = new TreeMap<>(content.files());
    files.put(".manifest", manifest(content, contentSha256, revision, version, seq, at));
    files.put(".signatures.json", signatures(content, files));
    byte[] archive = TarGz.pack(files);
    return new SignedBundle(
        content.name(), revision, seq, contentSha256, CanonicalJson.sha256(archive), archive);
  }

  // Whole seconds: a double holds their nanoseconds exactly, and so every reader sees one number.
  private byte[] manifest(
      BundleContent content,
      String contentSha256,
      String revision,
      String version,
      long seq,
      Instant at) {
    Duration lease = settings.lease();
    Map<String, Object> metadata =
        Map.of(
            "bundle",
            content.name(),
            "env",
            settings.env(),
            "cell",
            settings.cell(),
            "policy_semver",
            version,
            "seq",
            seq,
            "not_before_ns",
            at.getEpochSecond() * 1_000_000_000L,
            "expires_at_ns",
            at.plus(lease).getEpochSecond() * 1_000_000_000L,
            "content_sha256",
            contentSha256);
    return CanonicalJson.bytes(
        Map.of(
            "revision",
            revision,
            "rego_version",
            1,
            "roots",
            content.roots(),
            "metadata",
            metadata));
  }

  private byte[] signatures(BundleContent content, SortedMap<String, byte[]> files) {
    List<Object> hashes = new ArrayList<>();
    files.forEach((path, bytes) ->
        hashes.add(
            Map.of("name", path, "hash", CanonicalJson.sha256(bytes), "algorithm", "SHA-256")));
    String scope = "%s|%s|%s".formatted(settings.env(), settings.cell(), content.scope());
    String signed =
        part(Map.of("alg", "ES256", "typ", "JWT", "kid", keyId))
            + "."
            + part(Map.of("files", hashes, "scope", scope));
    String jwt = signed + "." + URL.encodeToString(signature(signed));
    return CanonicalJson.bytes(Map.of("signatures", List.of(jwt)));
  }

  private static String part(Map<String, Object> claims) {
    return URL.encodeToString(CanonicalJson.bytes(claims));
  }

  private byte[] signature(String signed) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSAinP1363Format");
      ecdsa.initSign(privateKey);
      ecdsa.update(signed.getBytes(StandardCharsets.US_ASCII));
      return ecdsa.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the policy signing key must be P-256", e);
    }
  }
}
