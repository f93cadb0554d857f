package ai.rails.enclave.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/// What a call leaves as evidence: redacted JSON by kind. Headers that authenticate are never in
/// it, secrets and what [PersonalData] knows never at any place. Confined to the thread that makes
/// the call.
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
        NODES.objectNode().put("method", method).put("host", host).put("target", kept(target));
    body.ifPresent(each -> json.set("body", copy(each, this::kept)));
    put(kind, json);
  }

  /// @param body parsed, or missing if it is not JSON
  void response(String kind, Answered answer, JsonNode body) {
    byte[] raw = answer.body();
    ObjectNode json = NODES.objectNode().put("status", answer.status());
    ObjectNode headers = json.putObject("headers");
    KEPT_HEADERS.forEach(
        name -> answer.header(name).ifPresent(value -> headers.put(name, kept(value))));
    json.put("bodySha256", sha256(raw)).put("bodyBytes", raw.length);
    if (body.isMissingNode()) {
      String text = kept(new String(raw, StandardCharsets.UTF_8));
      json.put("text", text.substring(0, Math.min(text.length(), MAX_TEXT)));
    } else {
      json.set("body", copy(body, this::kept));
    }
    put(kind, json);
  }

  Map<String, byte[]> kinds() {
    return kinds;
  }

  /// A copy without secrets and without the members that the manifest hides.
  JsonNode clean(JsonNode node) {
    return copy(node, this::scrub);
  }

  private JsonNode copy(JsonNode node, UnaryOperator<String> text) {
    return switch (node.getNodeType()) {
      case STRING -> TextNode.valueOf(text.apply(node.textValue()));
      case ARRAY -> {
        ArrayNode items = NODES.arrayNode();
        node.forEach(each -> items.add(copy(each, text)));
        yield items;
      }
      case OBJECT -> {
        ObjectNode members = NODES.objectNode();
        node.propertyStream()
            .forEach(each ->
                members.set(
                    text.apply(each.getKey()),
                    redact.contains(each.getKey())
                        ? TextNode.valueOf(HIDDEN)
                        : copy(each.getValue(), text)));
        yield members;
      }
      default -> node;
    };
  }

  private void put(String kind, JsonNode json) {
    kinds.put(kind, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private String kept(String text) {
    return PersonalData.masked(scrub(text));
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
