package ai.rails.standin;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// What a client sent, read whole before anything is decided. Header names are lower case; of a
/// repeated header the first counts.
///
/// @param octets the body again, a character for each byte
public record Request(
    String method,
    String path,
    String rawQuery,
    Map<String, String> headers,
    String body,
    String octets) {
  public Request {
    headers = Map.copyOf(headers);
  }

  static Request of(
      String method, String path, String rawQuery, Map<String, String> headers, byte[] body) {
    return new Request(
        method, path, rawQuery, headers, new String(body, UTF_8), new String(body, ISO_8859_1));
  }

  /// The body as it came.
  public byte[] content() {
    return octets.getBytes(ISO_8859_1);
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
    return octets.length();
  }
}
