package ai.rails.app.reveal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.verb.Client;
import ai.rails.platform.keys.RevealKey;

/// Asks to see sealed content of a run, with a key that lives as long as this command, and opens
/// what a worker sealed to it. The server sees neither the key nor the content.
public final class Revealed {
  private static final int LOOKS = 12;
  private static final int WAIT_SECONDS = 10;

  private final Client client;

  public Revealed(Client client) {
    this.client = client;
  }

  /// @param kind `GATE`, `CALL`, `OUTPUT`, `INPUT` or `THREAD`
  /// @param callDigest what the call must hash to, where the caller knows it
  /// @return `{reveal, worker, parts: [{kind, name, digest, content}]}`
  /// @throws Declined if no worker answers, or what it sealed is not what was asked for
  public ObjectNode of(String run, String kind, String name, Optional<String> callDigest) {
    try {
      RevealKey key = RevealKey.generate();
      byte[] publicKey = key.publicKey();
      JsonNode asked =
          client.post(
              "/v1/runs/%s/reveals".formatted(Client.encoded(run)),
              Map.of(
                  "kind", kind,
                  "name", name,
                  "publicKey", Base64.getEncoder().encodeToString(publicKey)),
              Optional.empty());
      JsonNode answer = answer(asked.path("reveal").asText());
      byte[] plain =
          key.open(bytes(answer, "sealed"), info(answer, RevealKey.thumbprint(publicKey)));
      ObjectNode shown = Api.JSON.createObjectNode();
      shown.put("reveal", answer.path("reveal").asText());
      shown.put("worker", answer.path("worker").asText());
      shown.set("parts", parts(plain, callDigest));
      return shown;
    } catch (GeneralSecurityException e) {
      throw new Declined("what came was not sealed to this command for this reveal");
    } catch (IOException e) {
      throw new Declined("what was sealed can not be read");
    }
  }

  private JsonNode answer(String reveal) {
    String path = "/v1/reveals/%s?wait=%d".formatted(Client.encoded(reveal), WAIT_SECONDS);
    for (int look = 0; look < LOOKS; look++) {
      JsonNode answer = client.get(path);
      switch (answer.path("state").asText()) {
        case "SEALED" -> {
          return answer;
        }
        case "EXPIRED" -> look = LOOKS;
        default -> {}
      }
    }
    throw new Declined(
        "no worker of this version can seal it now; see rails worker list, and ask again");
  }

  private static String info(JsonNode answer, String thumbprint) {
    return RevealKey.info(
        answer.path("tenant").asText(),
        answer.path("run").asText(),
        answer.path("reveal").asText(),
        thumbprint,
        bytes(answer, "event"));
  }

  private static ArrayNode parts(byte[] plain, Optional<String> callDigest) throws IOException {
    ArrayNode parts = Api.JSON.createArrayNode();
    boolean asApproved = callDigest.isEmpty();
    for (JsonNode part : Api.JSON.readTree(plain).path("parts")) {
      byte[] bytes = bytes(part, "bytes");
      String digest = digest(bytes);
      asApproved |=
          part.path("kind").asText().equals("CALL") && callDigest.equals(Optional.of(digest));
      ObjectNode shown = parts.addObject();
      shown.put("kind", part.path("kind").asText());
      shown.put("name", part.path("name").asText());
      shown.put("digest", digest);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean said = part.path("kind").asText().equals("COMMENT");
      shown.set("content", said ? TextNode.valueOf(text) : Api.JSON.readTree(text));
    }
    if (!asApproved) {
      throw new Declined("these arguments are not those of the call that is to be approved");
    }
    return parts;
  }

  private static byte[] bytes(JsonNode node, String name) {
    return Base64.getDecoder().decode(node.path(name).asText());
  }

  private static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
