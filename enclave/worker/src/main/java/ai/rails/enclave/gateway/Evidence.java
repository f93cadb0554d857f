package ai.rails.enclave.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/// What a call leaves as evidence: redacted JSON by kind. Headers that authenticate are never in
/// it, secrets never at any place. Confined to the thread that makes the call.
final class Evidence {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> KEPT_HEADERS =
      List.of(
          "date",
          "content-type",
          "location",
          "retry-after",
          "request-id",
          "x-request-id",
          "apim-request-id");
  private static final int MAX_TEXT = 4_096;
  private static final String HIDDEN = "[redacted]";

  private final Optional<Credential> credential;
  private final List<String> redact;
  private final Map<String, byte[]> kinds = new TreeMap<>();

  Evidence(Optional<Credential> credential, List<String> redact) {
    this.credential = credential;
    this.redact = redact;
  }

  void request(String kind, String method, String host, String target, Optional<JsonNode> body) {
    ObjectNode json =
        NODES.objectNode().put("method", method).put("host", host).put("target", scrub(target));
    body.ifPresent(each -> json.set("body", clean(each)));
    put(kind, json);
  }

  /// @param body parsed, or missing if it is not JSON
  void response(String kind, Answered answer, JsonNode body) {
    byte[] raw = answer.body();
    ObjectNode json = NODES.objectNode().put("status", answer.status());
    ObjectNode headers = json.putObject("headers");
    KEPT_HEADERS.forEach(
        name -> answer.header(name).ifPresent(value -> headers.put(name, scrub(value))));
    json.put("bodySha256", sha256(raw)).put("bodyBytes", raw.length);
    if (body.isMissingNode()) {
      String text = scrub(new String(raw, StandardCharsets.UTF_8));
      json.put("text", text.substring(0, Math.min(text.length(), MAX_TEXT)));
    } else {
      json.set("body", clean(body));
    }
    put(kind, json);
  }

  Map<String, byte[]> kinds() {
    return kinds;
  }

  /// A copy without secrets and without the members that the manifest hides.
  JsonNode clean(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> TextNode.valueOf(scrub(node.textValue()));
      case ARRAY -> {
        ArrayNode items = NODES.arrayNode();
        node.forEach(each -> items.add(clean(each)));
        yield items;
      }
      case OBJECT -> {
        ObjectNode members = NODES.objectNode();
        node.propertyStream()
            .forEach(each ->
                members.set(
                    scrub(each.getKey()),
                    redact.contains(each.getKey())
                        ? TextNode.valueOf(HIDDEN)
                        : clean(each.getValue())));
        yield members;
      }
      default -> node;
    };
  }

  private void put(String kind, JsonNode json) {
    kinds.put(kind, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private String scrub(String text) {
    return credential.map(each -> each.scrub(text)).orElse(text);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
