package ai.rails.enclave.content;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.platform.json.CanonicalJson;

/// Takes the declared parts out of content: the only way in which anything leaves the seal.
///
/// Types are closed and values short, so that free text can not pass for an id. A value that does
/// not fit is refused whole, never cut.
public final class Disclosure {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

  private Disclosure() {}

  /// The disclosed fields of a step's output.
  ///
  /// @throws ContentRefused with DISCLOSURE_REFUSED naming the field, never its value
  public static Map<String, String> of(Map<String, Disclosed> declared, JsonNode output) {
    var fields = new TreeMap<String, String>();
    declared.forEach((name, disclosed) ->
        fields.put(
            name,
            text(name, disclosed.field(), output.at(JsonPointer.compile(disclosed.pointer())))));
    return fields;
  }

  /// The disclosed parameters of a call; a parameter that is absent stays absent.
  public static Map<String, String> ofParameters(Map<String, Field> declared, JsonNode params) {
    var fields = new TreeMap<String, String>();
    declared.forEach((name, field) -> {
      JsonNode value = params.path(name);
      if (!value.isMissingNode() && !value.isNull()) {
        fields.put(name, text(name, field, value));
      }
    });
    return fields;
  }

  private static String text(String name, Field field, JsonNode value) {
    String text =
        switch (field.type()) {
          case ID -> id(name, value);
          case ENUM -> member(name, field, value);
          case INTEGER -> integer(name, value);
          case NUMBER -> number(name, value);
          case BOOLEAN -> bool(name, value);
          case TIME -> time(name, value);
          case CONTENT -> throw refused(name, "content is never disclosed");
        };
    if (text.length() > Limits.DISCLOSED_CHARACTERS) {
      throw refused(name, "it is longer than %d characters".formatted(Limits.DISCLOSED_CHARACTERS));
    }
    return text;
  }

  private static String id(String name, JsonNode value) {
    if (!value.isTextual()) {
      throw refused(name, "an id is text");
    }
    try {
      return Limits.requireId(name, value.textValue());
    } catch (Refused e) {
      throw refused(name, "it is no id");
    }
  }

  private static String member(String name, Field field, JsonNode value) {
    if (!value.isTextual() || !field.values().contains(value.textValue())) {
      throw refused(name, "it is none of the declared values");
    }
    return value.textValue();
  }

  private static String integer(String name, JsonNode value) {
    String text = value.isIntegralNumber() || value.isTextual() ? value.asText() : "";
    if (!INTEGER.matcher(text).matches()) {
      throw refused(name, "it is no integer");
    }
    return text;
  }

  private static String number(String name, JsonNode value) {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw refused(name, "it is no number");
    }
    return CanonicalJson.text(value.doubleValue());
  }

  private static String bool(String name, JsonNode value) {
    String text = value.isBoolean() || value.isTextual() ? value.asText() : "";
    if (!text.equals("true") && !text.equals("false")) {
      throw refused(name, "it is neither true nor false");
    }
    return text;
  }

  private static String time(String name, JsonNode value) {
    try {
      return Instant.parse(value.isTextual() ? value.textValue() : "").toString();
    } catch (DateTimeException e) {
      throw refused(name, "it is no time such as 2026-01-31T12:00:00Z");
    }
  }

  private static ContentRefused refused(String name, String rule) {
    return new ContentRefused(
        Code.DISCLOSURE_REFUSED, "field %s is not disclosed: %s".formatted(name, rule));
  }
}
