package ai.rails.standin;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/// What a stand-in answers. `refusal` is the vendor's code when the request was refused, else
/// empty: Slack refuses with status 200.
public record Response(int status, Map<String, String> headers, String body, String refusal) {
  public Response {
    headers = Map.copyOf(headers);
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
    return new Response(status, more, body, refusal);
  }

  public Response withAll(Map<String, String> added) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.putAll(added);
    return new Response(status, more, body, refusal);
  }

  public Response withoutBody() {
    return new Response(status, headers, "", refusal);
  }

  public boolean isRefused() {
    return !refusal.isEmpty();
  }
}
