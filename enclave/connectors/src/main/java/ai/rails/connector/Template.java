package ai.rails.connector;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/// The language of manifests. It has no loops but over a given value, no recursion and no code.
///
/// In JSON, an object with one of these single members stands for something else:
/// * `{"$value": "/pointer"}`: the value there; a member or item whose value is missing is left
///   out;
/// * `{"$first": ["/a", "/b"]}`: the first of these that is there;
/// * `{"$scalar": "/pointer"}`: the same, and the `value` member of a ServiceNow reference;
/// * `{"$blank": "/pointer"}`: the value there, and empty text for null;
/// * `{"$text": "run {/pointer}"}`: text with values in it;
/// * `{"$html": "<p>{/pointer}</p>"}`: the same for a side that takes HTML: markup in values is
///   shown and not followed, and their lines stay lines;
/// * `{"$base64url": "run {/pointer}"}`: the same as base64url, with lines that end in CRLF;
/// * `{"$each": {"in": "/pointer", "item": template}}`: one item for each of an array's items or an
///   object's members, as `/item` and `/key`; one for a scalar, none for what is missing. Inside an
///   array the items join the array's own.
///
/// In text, `{/pointer}` is replaced by the scalar there, or by nothing.
public final class Template {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern PART = Pattern.compile("\\{([+]?)(/[^{}]*)}");
  private static final int MAX_ITEMS = 1_000;

  private Template() {}

  /// Builds JSON.
  ///
  /// @throws IllegalArgumentException if the template uses a word that there is not
  public static JsonNode render(JsonNode template, JsonNode scope) {
    if (template.isArray()) {
      ArrayNode items = NODES.arrayNode();
      for (JsonNode each : template) {
        JsonNode item = render(each, scope);
        if (each.has("$each")) {
          items.addAll((ArrayNode) item);
        } else if (!item.isMissingNode()) {
          items.add(item);
        }
      }
      return items;
    }
    if (!template.isObject()) {
      return template;
    }
    Map.Entry<String, JsonNode> first =
        template.isEmpty() ? null : template.properties().iterator().next();
    if (first != null && first.getKey().startsWith("$") && isWord(template, first.getKey())) {
      return word(first.getKey(), first.getValue(), scope);
    }
    ObjectNode members = NODES.objectNode();
    template
        .propertyStream()
        .forEach(each -> {
          JsonNode value = render(each.getValue(), scope);
          if (!value.isMissingNode()) {
            members.set(each.getKey(), value);
          }
        });
    return members;
  }

  /// Builds text.
  public static String text(String template, JsonNode scope) {
    return fill(template, scope, (_, value) -> value);
  }

  /// Builds a path; every value is one segment, and `{+/pointer}` stands for several.
  ///
  /// @throws IllegalArgumentException if a segment is empty or made of dots
  public static String path(String template, JsonNode scope) {
    return fill(
        template,
        scope,
        (several, value) ->
            several
                ? Stream.of(value.split("/", -1))
                    .map(Template::segment)
                    .collect(Collectors.joining("/"))
                : segment(value));
  }

  private static String segment(String value) {
    if (value.isEmpty() || value.equals(".") || value.equals("..")) {
      throw new IllegalArgumentException("a path has an empty segment");
    }
    return percent(value);
  }

  /// Builds a query, form-encoded with `%20` for blanks; without the question mark.
  public static String query(Map<String, String> templates, JsonNode scope) {
    StringBuilder query = new StringBuilder();
    templates.forEach((name, template) -> {
      if (!query.isEmpty()) {
        query.append('&');
      }
      query.append(percent(name)).append('=').append(percent(text(template, scope)));
    });
    return query.toString();
  }

  /// Builds a form-encoded body out of a rendered object.
  public static String form(JsonNode rendered) {
    StringBuilder form = new StringBuilder();
    rendered.propertyStream().forEach(each -> member(form, each.getKey(), each.getValue()));
    return form.toString();
  }

  private static void member(StringBuilder form, String name, JsonNode value) {
    if (value.isObject()) {
      value
          .propertyStream()
          .forEach(each -> member(form, "%s[%s]".formatted(name, each.getKey()), each.getValue()));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        member(form, name + "[" + i + "]", value.get(i));
      }
    } else {
      form.append(form.isEmpty() ? "" : "&")
          .append(percent(name))
          .append('=')
          .append(percent(value.asText()));
    }
  }

  /// What stands at a pointer; missing also for null.
  public static JsonNode at(JsonNode scope, String pointer) {
    JsonNode found = scope.at(pointer);
    return found.isNull() ? MissingNode.getInstance() : found;
  }

  /// A reference's value, or the value itself.
  public static JsonNode scalar(JsonNode value) {
    return value.isObject() && value.has("value") ? value.path("value") : value;
  }

  private static String html(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;")
        .replace("\n", "<br>");
  }

  static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static boolean isWord(JsonNode template, String name) {
    if (template.size() != 1) {
      return false;
    }
    return switch (name) {
      case "$value", "$blank", "$first", "$scalar", "$text", "$html", "$base64url", "$each" -> true;
      // JSON Schemas inside a template have these.
      case "$schema", "$id", "$ref", "$defs", "$comment" -> false;
      default -> throw new IllegalArgumentException("a manifest has no word " + name);
    };
  }

  private static JsonNode word(String name, JsonNode argument, JsonNode scope) {
    return switch (name) {
      case "$value" -> at(scope, argument.asText());
      case "$blank" -> {
        JsonNode value = scope.at(argument.asText());
        yield value.isNull() ? TextNode.valueOf("") : value;
      }
      case "$scalar" -> scalar(at(scope, argument.asText()));
      case "$first" ->
          argument
              .valueStream()
              .map(each -> at(scope, each.asText()))
              .filter(each -> !each.isMissingNode())
              .findFirst()
              .orElse(MissingNode.getInstance());
      case "$text" -> TextNode.valueOf(text(argument.asText(), scope));
      case "$html" -> TextNode.valueOf(fill(argument.asText(), scope, (_, value) -> html(value)));
      case "$base64url" ->
          TextNode.valueOf(
              Base64.getUrlEncoder()
                  .encodeToString(
                      text(argument.asText(), scope)
                          .replace("\n", "\r\n")
                          .getBytes(StandardCharsets.UTF_8)));
      case "$each" -> each(argument, scope);
      default -> throw new IllegalStateException("no word " + name);
    };
  }

  private static JsonNode each(JsonNode argument, JsonNode scope) {
    JsonNode in = at(scope, argument.path("in").asText());
    if (in.size() > MAX_ITEMS) {
      throw new IllegalArgumentException("more than %d items".formatted(MAX_ITEMS));
    }
    ArrayNode items = NODES.arrayNode();
    if (in.isObject()) {
      in.propertyStream()
          .forEach(member ->
              items.add(
                  item(argument, scope, TextNode.valueOf(member.getKey()), member.getValue())));
    } else if (in.isArray()) {
      in.forEach(value -> items.add(item(argument, scope, NODES.numberNode(items.size()), value)));
    } else if (!in.isMissingNode()) {
      items.add(item(argument, scope, NODES.numberNode(0), in));
    }
    return items;
  }

  private static JsonNode item(JsonNode argument, JsonNode scope, JsonNode key, JsonNode value) {
    ObjectNode inner = NODES.objectNode();
    inner.setAll((ObjectNode) scope);
    inner.set("key", key);
    inner.set("item", value);
    return render(argument.path("item"), inner);
  }

  private static String fill(
      String template, JsonNode scope, BiFunction<Boolean, String, String> encode) {
    Matcher parts = PART.matcher(template);
    StringBuilder text = new StringBuilder();
    while (parts.find()) {
      JsonNode value = scalar(at(scope, parts.group(2)));
      if (value.isContainerNode()) {
        throw new IllegalArgumentException("%s is not a scalar".formatted(parts.group(2)));
      }
      boolean several = !parts.group(1).isEmpty();
      parts.appendReplacement(
          text, Matcher.quoteReplacement(encode.apply(several, value.asText())));
    }
    return parts.appendTail(text).toString();
  }
}
