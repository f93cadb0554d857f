package ai.rails.connector;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/// One declared request. Its texts are templates ([Template]) over `params`, `call`, `prompts` and
/// what earlier requests extracted, `got.<request>.<name>`.
///
/// @param when all must hold, else the request is left out
/// @param require checked before it is sent; a failed one ends the call without an effect
/// @param path parts in braces are percent-encoded, so that a value can not leave its segment
/// @param json body template
/// @param form template of an object that is sent form encoded, members of members in brackets, as
///   `metadata[run]`
/// @param raw body that is neither
/// @param place where it is sent, one of the manifest's places; absent for the instance itself
/// @param expect statuses that mean success; also 404, where nothing there is an answer
/// @param answer what its body is
/// @param extract name to what is taken from the answer
/// @param check checked after the answer
/// @param effect whether this request is the one that changes something or costs money
/// @param repair asks a model once more, made only when its answer does not fit
/// @param evidence part (`request`, `response`) to the kind of evidence it is kept as
public record RequestTemplate(
    @JsonProperty(required = true) String id,
    List<Condition> when,
    List<Check> require,
    @JsonProperty(required = true) String method,
    @JsonProperty(required = true) String path,
    Map<String, String> query,
    Map<String, String> headers,
    Optional<JsonNode> json,
    Optional<JsonNode> form,
    Optional<Raw> raw,
    Optional<String> place,
    @JsonProperty(required = true) List<Integer> expect,
    Optional<Answer> answer,
    Map<String, Extract> extract,
    List<Check> check,
    boolean effect,
    boolean repair,
    Map<String, String> evidence) {
  public RequestTemplate {
    when = Defaults.of(when);
    require = Defaults.of(require);
    query = Defaults.of(query);
    headers = Defaults.of(headers);
    json = Defaults.given(json);
    form = Defaults.given(form);
    if ((json.isPresent() ? 1 : 0) + (form.isPresent() ? 1 : 0) + (raw.isPresent() ? 1 : 0) > 1) {
      throw new IllegalArgumentException("request %s has two bodies".formatted(id));
    }
    expect = List.copyOf(expect);
    extract = Defaults.of(extract);
    check = Defaults.of(check);
    evidence = Defaults.of(evidence);
  }

  /// What an answer's body is.
  public enum Answer {
    JSON,
    /// Elements become members; each is an array, because there may be several.
    XML,
    /// `{text, base64, bytes, sha256}`, without the text where the bytes are no UTF-8.
    RAW
  }

  /// A body of any media type.
  ///
  /// @param mediaType template
  /// @param text pointer of the text that is sent, if it is there
  /// @param base64 pointer of the bytes that are sent otherwise
  public record Raw(
      @JsonProperty(required = true) String mediaType,
      Optional<String> text,
      Optional<String> base64) {
    /// @throws IllegalArgumentException if there is nothing to send
    public byte[] bytes(JsonNode scope) {
      JsonNode plain = text.map(each -> Template.at(scope, each)).orElseGet(() -> missing());
      if (plain.isTextual()) {
        return plain.textValue().getBytes(StandardCharsets.UTF_8);
      }
      JsonNode coded = base64.map(each -> Template.at(scope, each)).orElseGet(() -> missing());
      if (!coded.isTextual()) {
        throw new IllegalArgumentException("there is no body");
      }
      return Base64.getDecoder().decode(coded.textValue());
    }
  }

  private static JsonNode missing() {
    return MissingNode.getInstance();
  }

  /// Holds if the scope has something there, or has not.
  public record Condition(Optional<String> present, Optional<String> absent) {
    public Condition {
      if (present.isPresent() == absent.isPresent()) {
        throw new IllegalArgumentException("a condition is either present or absent");
      }
    }

    public boolean holds(JsonNode scope) {
      return present.map(each -> !Template.at(scope, each).isMissingNode()).orElse(true)
          && absent.map(each -> Template.at(scope, each).isMissingNode()).orElse(true);
    }
  }

  /// Compares a part of the scope.
  ///
  /// @param value pointer into the scope
  /// @param expected template that it must equal; numbers and their text are equal
  /// @param contains template of an object whose members it must have, with equal values
  /// @param code of the failure, for example `PRECONDITION_CHANGED`
  public record Check(
      @JsonProperty(required = true) String value,
      @JsonProperty("equals") Optional<JsonNode> expected,
      Optional<JsonNode> contains,
      @JsonProperty(required = true) String code,
      boolean retryable) {
    public Check {
      expected = Defaults.given(expected);
      contains = Defaults.given(contains);
      if (expected.isPresent() == contains.isPresent()) {
        throw new IllegalArgumentException("a check has either equals or contains");
      }
    }

    public boolean holds(JsonNode scope) {
      JsonNode found = Template.at(scope, value);
      if (expected.isPresent()) {
        return same(found, Template.render(expected.get(), scope));
      }
      return contains
          .map(each -> Template.render(each, scope))
          .filter(wanted ->
              wanted
                  .propertyStream()
                  .allMatch(member -> same(found.path(member.getKey()), member.getValue())))
          .isPresent();
    }

    private static boolean same(JsonNode found, JsonNode wanted) {
      JsonNode scalar = Template.scalar(found);
      return (scalar.isValueNode() && wanted.isValueNode())
          ? scalar.asText().equals(wanted.asText())
          : scalar.equals(wanted);
    }
  }

  /// What is taken from an answer.
  ///
  /// @param pointer into the body, or with `in` into the item that was found
  /// @param in pointer of an array in which the first item is sought that fits `where`
  /// @param where pointer into an item to the text it must equal
  /// @param whereContains pointer into an item to a text that must be in it
  /// @param header of the answer; `where` with an empty pointer then is about its value
  /// @param json whether the text found is itself JSON
  /// @param required whether an answer without it is malformed
  public record Extract(
      Optional<String> pointer,
      Optional<String> in,
      Map<String, String> where,
      Map<String, String> whereContains,
      Optional<String> header,
      boolean json,
      boolean required) {
    public Extract {
      where = Defaults.of(where);
      whereContains = Defaults.of(whereContains);
      boolean seeks = !where.isEmpty() || !whereContains.isEmpty();
      if (pointer.isPresent() == header.isPresent()
          || (in.isEmpty() && header.isEmpty() && seeks)) {
        throw new IllegalArgumentException("an extract has either a pointer or a header");
      }
    }

    /// Takes it from a body; missing if it is not there.
    public JsonNode from(JsonNode body, JsonNode scope) {
      if (in.isEmpty()) {
        return pointer.map(body::at).orElseGet(RequestTemplate::missing);
      }
      for (JsonNode item : body.at(in.get())) {
        if (fits(item, scope)) {
          return pointer.map(item::at).orElse(item);
        }
      }
      return missing();
    }

    /// Whether an item, or a header's value, is the one that is sought.
    public boolean fits(JsonNode item, JsonNode scope) {
      return where.entrySet().stream()
              .allMatch(each ->
                  item.at(each.getKey()).asText().equals(Template.text(each.getValue(), scope)))
          && whereContains.entrySet().stream()
              .allMatch(each ->
                  item.at(each.getKey()).asText().contains(Template.text(each.getValue(), scope)));
    }
  }
}
