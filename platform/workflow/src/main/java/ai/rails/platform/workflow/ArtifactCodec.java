package ai.rails.platform.workflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;

import ai.rails.domain.Refused;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

/// A compiled workflow as bytes: canonical JSON (RFC 8785), named by its SHA-256 and signed with
/// Ed25519. Both directions are exact.
public final class ArtifactCodec {
  /// Longest artifact, in bytes.
  public static final int MAX_BYTES = 1 << 20;

  private ArtifactCodec() {}

  public static byte[] encode(Workflow workflow) {
    return CanonicalJson.bytes(ArtifactWriter.json(workflow));
  }

  /// `sha256:` and 64 hex digits.
  public static String digest(byte[] bytes) {
    return "sha256:" + CanonicalJson.sha256(bytes);
  }

  public static byte[] sign(byte[] artifact, Ed25519Sign key) throws GeneralSecurityException {
    return key.sign(artifact);
  }

  /// Checks digest and signature, and only then reads the workflow. To be used at every load.
  ///
  /// @param publicKey Ed25519, 32 bytes
  /// @throws Refused with ARTIFACT_ALTERED
  public static Workflow load(byte[] artifact, String digest, byte[] signature, byte[] publicKey) {
    if (artifact.length > MAX_BYTES || !same(digest, digest(artifact))) {
      throw altered("digest", digest);
    }
    try {
      new Ed25519Verify(publicKey).verify(signature, artifact);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw altered("signature", digest);
    }
    try {
      return decode(artifact);
    } catch (IllegalArgumentException e) {
      throw altered("form", digest);
    }
  }

  /// Reads bytes that were checked.
  ///
  /// @throws IllegalArgumentException if they are no canonical artifact of this version
  public static Workflow decode(byte[] artifact) {
    try {
      JsonNode tree = StrictJson.read(artifact);
      if (!Arrays.equals(CanonicalJson.bytes(tree), artifact)) {
        throw new IllegalArgumentException("an artifact is canonical JSON");
      }
      return ArtifactReader.workflow(tree);
    } catch (IOException e) {
      throw new IllegalArgumentException("an artifact is JSON", e);
    }
  }

  private static boolean same(String expected, String actual) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
  }

  private static Refused altered(String what, String digest) {
    return new Refused(
        Refused.Code.ARTIFACT_ALTERED,
        "the %s of artifact %s is wrong; publish the workflow again".formatted(what, digest));
  }
}
