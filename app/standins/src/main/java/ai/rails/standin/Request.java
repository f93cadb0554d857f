package ai.rails.standin;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What a client sent, read whole before anything is decided. Header names are lower case; of a
/// repeated header the first counts.
public record Request(
    String method, String path, String rawQuery, Map<String, String> headers, String body) {
  public Request {
    headers = Map.copyOf(headers);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /// The query's members; throws [MalformedRequest] when it is not form encoded.
  public Map<String, String> query() {
    return Form.decode(rawQuery);
  }

  /// The media type without its parameters, or an empty string.
  public String mediaType() {
    String type = header("content-type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /// The token of an `Authorization: Bearer` header.
  public Optional<String> bearer() {
    return header("authorization")
        .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
        .map(value -> value.substring(7).strip());
  }

  public int bytes() {
    return body.getBytes(UTF_8).length;
  }
}
