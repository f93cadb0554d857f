package ai.rails.enclave.content;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.platform.keys.ContentKey;
import ai.rails.schema.worker.WorkerProtocol.Sealed;

/// Seals and opens one run's content under its run key, each piece bound to its ref. Thread-safe.
public final class RunContent {
  /// Largest piece of content, in bytes; sealed it has at most 1 MiB.
  public static final int BYTES_MAX = (1 << 20) - ContentKey.OVERHEAD;

  private final ContentKey runKey;
  private final String tenant;
  private final String run;
  private final Map<String, RunContent> inherited;

  public RunContent(ContentKey runKey, String tenant, String run) {
    this(runKey, tenant, run, Map.of());
  }

  /// @param inherited ref to the content of the run that sealed it; nothing is sealed there
  public RunContent(
      ContentKey runKey, String tenant, String run, Map<String, RunContent> inherited) {
    this.inherited = Map.copyOf(inherited);
    this.runKey = runKey;
    this.tenant = tenant;
    this.run = run;
  }

  /// Seals under a fresh nonce; sealing the same bytes twice gives different ciphertext.
  ///
  /// @throws ContentRefused with CONTENT_MALFORMED beyond [#BYTES_MAX]
  public Sealed seal(String ref, byte[] plain) {
    if (plain.length > BYTES_MAX) {
      throw new ContentRefused(
          Code.CONTENT_MALFORMED,
          "%s has %d bytes, at most %d are kept".formatted(ref, plain.length, BYTES_MAX));
    }
    try {
      byte[] sealed = runKey.seal(plain, ContentKey.contentOf(tenant, run, ref));
      return new Sealed(ref, Base64.getEncoder().encodeToString(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing under a run key does not fail", e);
    }
  }

  /// @param ciphertext base64
  /// @throws ContentRefused with CONTENT_NOT_OPENED if it was altered or sealed for another place
  public byte[] open(String ref, String ciphertext) {
    RunContent other = inherited.get(ref);
    if (other != null) {
      return other.open(ref, ciphertext);
    }
    try {
      byte[] sealed = Base64.getDecoder().decode(ciphertext);
      return runKey.open(sealed, ContentKey.contentOf(tenant, run, ref));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw notOpened(ref, e);
    }
  }

  /// Opens content that is JSON.
  public JsonNode openJson(String ref, String ciphertext) {
    return json(ref, open(ref, ciphertext));
  }

  static ContentRefused notOpened(String ref, Throwable cause) {
    return new ContentRefused(
        Code.CONTENT_NOT_OPENED,
        ref + " does not open: it was altered, belongs to another run or was never stored",
        cause);
  }

  /// Reads JSON and clears the bytes.
  static JsonNode json(String ref, byte[] plain) {
    try {
      return ContentJson.MAPPER.readTree(plain);
    } catch (IOException e) {
      // The parser's message quotes content: it is not passed on as a cause.
      throw new ContentRefused(
          Code.CONTENT_MALFORMED, "%s is not JSON (%s)".formatted(ref, e.getClass().getName()));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }
}
