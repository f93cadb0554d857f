package ai.rails.command.workflow;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.Limits;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;

/// Checks values that stay in the clear against their declared type.
///
/// No message repeats a value: it names the member and the rule.
public final class DisclosedFields {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,63}");

  /// As several systems write UTC; it is kept as ISO 8601.
  private static final DateTimeFormatter SPACED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private DisclosedFields() {}

  /// The value as text, as events and conditions hold it.
  ///
  /// @throws Problem with 422 naming the member if the type is another, or the value is too long
  public static String text(String name, Field field, JsonNode value) {
    String text =
        switch (field.type()) {
          case ID -> id(name, value);
          case ENUM -> constant(name, field, value);
          case INTEGER -> integer(name, value);
          case NUMBER -> number(name, value);
          case BOOLEAN -> bool(name, value);
          case TIME -> time(name, value);
          case CONTENT ->
              throw Problem.invalid(
                  "member %s is content and must be sealed".formatted(Json.name(name)));
        };
    if (text.length() > Limits.DISCLOSED_CHARACTERS) {
      throw wrong(name, "at most %d characters long".formatted(Limits.DISCLOSED_CHARACTERS));
    }
    return text;
  }

  private static String id(String name, JsonNode value) {
    if (!value.isTextual() || !ID.matcher(value.textValue()).matches()) {
      throw wrong(name, "an id of 1 to 64 letters, digits or _.:@/|+=-");
    }
    return value.textValue();
  }

  private static String constant(String name, Field field, JsonNode value) {
    if (!value.isTextual() || !field.values().contains(value.textValue())) {
      throw wrong(name, "one of " + field.values());
    }
    return value.textValue();
  }

  private static String integer(String name, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, "an integer");
    }
    return Long.toString(value.longValue());
  }

  private static String number(String name, JsonNode value) {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrong(name, "a number");
    }
    BigDecimal exact = value.decimalValue();
    return Math.abs(exact.scale()) > 32
        ? Double.toString(value.doubleValue())
        : exact.toPlainString();
  }

  private static String bool(String name, JsonNode value) {
    if (!value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return Boolean.toString(value.booleanValue());
  }

  private static String time(String name, JsonNode value) {
    if (!value.isTextual()) {
      throw wrong(name, "a time");
    }
    try {
      String text = value.textValue();
      Instant time =
          text.length() > 10 && text.charAt(10) == ' '
              ? LocalDateTime.parse(text, SPACED).toInstant(ZoneOffset.UTC)
              : Instant.parse(text);
      return time.toString();
    } catch (DateTimeException e) {
      throw wrong(name, "an ISO 8601 time in UTC, like 2026-11-21T12:00:00Z");
    }
  }

  private static Problem wrong(String name, String rule) {
    return Problem.invalid("member %s must be %s".formatted(Json.name(name), rule));
  }
}
