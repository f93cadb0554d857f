package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.connector.RequestTemplate;
import ai.rails.connector.RequestTemplate.Answer;
import ai.rails.enclave.content.ContentJson;

/// An answer's body as JSON. What is not of the declared media type, or no UTF-8, is missing: it is
/// kept as evidence and goes no further.
final class AnswerBody {
  private static final Pattern JSON =
      Pattern.compile("(application|text)/([a-z0-9.+-]+[+])?json|text/javascript");
  private static final Pattern XML = Pattern.compile("(application|text)/([a-z0-9.+-]+[+])?xml");
  private static final int SUCCESS = 2;

  private AnswerBody() {}

  static JsonNode of(RequestTemplate request, Answered answer) {
    Answer declared = request.answer().orElse(Answer.JSON);
    String type = mediaType(answer);
    // Errors come in a form of their own, and are told by it.
    if (XML.matcher(type).matches()) {
      return declared == Answer.RAW && succeeded(answer)
          ? raw(answer.body())
          : text(answer.body()).map(XmlBody::read).orElseGet(MissingNode::getInstance);
    }
    return switch (declared) {
      case JSON -> JSON.matcher(type).matches() ? json(answer.body()) : MissingNode.getInstance();
      case RAW -> succeeded(answer) ? raw(answer.body()) : MissingNode.getInstance();
      case XML -> MissingNode.getInstance();
    };
  }

  /// Whether a body was sent and can not be used.
  static boolean isMalformed(Answered answer, JsonNode body) {
    return body.isMissingNode() && answer.body().length > 0;
  }

  /// Strictly UTF-8, whatever it begins with.
  static JsonNode json(byte[] bytes) {
    Optional<String> text = text(bytes);
    try {
      return text.isPresent() ? ContentJson.MAPPER.readTree(text.get()) : MissingNode.getInstance();
    } catch (IOException _) {
      return MissingNode.getInstance();
    }
  }

  private static JsonNode raw(byte[] bytes) {
    ObjectNode raw =
        JsonNodeFactory.instance
            .objectNode()
            .put("base64", Base64.getEncoder().encodeToString(bytes))
            .put("bytes", bytes.length)
            .put("sha256", Macs.sha256(bytes));
    text(bytes).ifPresent(each -> raw.put("text", each));
    return raw;
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  private static boolean succeeded(Answered answer) {
    return answer.status() / 100 == SUCCESS;
  }

  private static String mediaType(Answered answer) {
    String type = answer.header("content-type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }
}
