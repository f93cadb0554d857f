package ai.rails.standin.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What the journal keeps of a generation: ids, counts and a digest of the prompt; never its text.
public final class CallRecord {
  public static final String EFFECT = "model_call";

  private CallRecord() {}

  public static ObjectNode of(String responseId, Prompt prompt, Answer answer, ObjectNode usage) {
    ObjectNode facts =
        Json.object()
            .put("response", responseId)
            .put("model", prompt.model())
            .put("outcome", answer.outcome().name())
            .put("prompt_sha256", sha256(prompt.text()));
    return facts.set("usage", usage.deepCopy());
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
