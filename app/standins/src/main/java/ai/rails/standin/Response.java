package ai.rails.standin;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// What a stand-in answers. `refusal` is the vendor's code when the request was refused, else
/// empty: Slack refuses with status 200.
///
/// @param octets whether the body has a character for each byte, instead of being text
public record Response(
    int status, Map<String, String> headers, String body, String refusal, boolean octets) {
  public Response {
    headers = Map.copyOf(headers);
  }

  public Response(int status, Map<String, String> headers, String body, String refusal) {
    this(status, headers, body, refusal, false);
  }

  /// Bytes of any kind.
  public static Response bytes(int status, Map<String, String> headers, byte[] body) {
    return new Response(status, headers, new String(body, ISO_8859_1), "", true);
  }

  byte[] content() {
    return body.getBytes(octets ? ISO_8859_1 : UTF_8);
  }

  public static Response json(int status, JsonNode body) {
    return new Response(
        status, Map.of("Content-Type", "application/json;charset=UTF-8"), body.toString(), "");
  }

  public static Response refused(int status, String code, JsonNode body) {
    return new Response(
        status, Map.of("Content-Type", "application/json;charset=UTF-8"), body.toString(), code);
  }

  public static Response empty(int status) {
    return new Response(status, Map.of(), "", "");
  }

  public Response with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, body, refusal, octets);
  }

  public Response withAll(Map<String, String> added) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.putAll(added);
    return new Response(status, more, body, refusal, octets);
  }

  public Response withoutBody() {
    return new Response(status, headers, "", refusal, octets);
  }

  public boolean isRefused() {
    return !refusal.isEmpty();
  }
}
