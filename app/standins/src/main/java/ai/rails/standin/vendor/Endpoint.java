package ai.rails.standin.vendor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import ai.rails.standin.Form;
import ai.rails.standin.Json;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;

/// One method at one path of one host, and everything that a request there may carry. Immutable.
///
/// @param path template; a part in braces is one segment, kept by its name
/// @param query parameters that may be sent, each with the form of its value
/// @param headers that must be sent, by lower-case name, each with the form of its value
/// @param body JSON Schema of the body; absent where none may be sent
/// @param forms members of a form body, exactly one of them; empty where none may be sent
public record Endpoint(
    String host,
    String method,
    String path,
    Optional<Guard> guard,
    Map<String, String> query,
    Map<String, String> headers,
    Optional<Schema> body,
    List<Map<String, String>> forms,
    Function<Taken, Response> does) {
  private static final Pattern NAME = Pattern.compile("\\{([a-z]+)}");

  /// Whether a request says who it is from.
  @FunctionalInterface
  public interface Guard {
    boolean admits(Request request);

    /// A header with exactly this value.
    static Guard header(String name, String value) {
      return request -> request.header(name).equals(Optional.of(value));
    }
  }

  static Endpoint of(
      String host, String method, String path, Guard guard, Function<Taken, Response> does) {
    return new Endpoint(
        host,
        method,
        path,
        Optional.of(guard),
        Map.of(),
        Map.of(),
        Optional.empty(),
        List.of(),
        does);
  }

  /// A token endpoint as RFC 6749 has it: exactly one of these forms, and the answer is this token.
  public static Endpoint token(
      String host, String path, List<Map<String, String>> forms, String token) {
    return new Endpoint(
        host,
        "POST",
        path,
        Optional.empty(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        List.copyOf(forms),
        _ ->
            Response.json(
                200,
                Json.object()
                    .put("access_token", token)
                    .put("token_type", "Bearer")
                    .put("expires_in", 3599)));
  }

  Endpoint query(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(query);
    more.put(name, value);
    return new Endpoint(host, method, path, guard, more, headers, body, forms, does);
  }

  Endpoint header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Endpoint(host, method, path, guard, query, more, body, forms, does);
  }

  /// @param form its members, all of them
  Endpoint form(Map<String, String> form) {
    return new Endpoint(
        host, method, path, guard, query, headers, body, List.of(Map.copyOf(form)), does);
  }

  /// @param schema of the body, in single quotes
  Endpoint body(String schema) {
    Schema compiled =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Json.parse(schema.replace('\'', '"')));
    return new Endpoint(
        host, method, path, guard, query, headers, Optional.of(compiled), forms, does);
  }

  /// Parts of the path by name, if host, method and path are these.
  Optional<Map<String, String>> match(Request request) {
    if (!request.method().equals(method) || !request.header("host").equals(Optional.of(host))) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    StringBuilder regex = new StringBuilder();
    Matcher parts = NAME.matcher(path);
    int end = 0;
    while (parts.find()) {
      names.add(parts.group(1));
      regex.append(Pattern.quote(path.substring(end, parts.start()))).append("([^/]+)");
      end = parts.end();
    }
    Matcher found =
        Pattern.compile(regex + Pattern.quote(path.substring(end))).matcher(request.path());
    if (!found.matches()) {
      return Optional.empty();
    }
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), found.group(i + 1));
    }
    return Optional.of(named);
  }

  boolean admits(Request request) {
    return guard.map(each -> each.admits(request)).orElse(true);
  }

  /// What the vendor does not take of it, or nothing.
  List<String> complaints(Request request) {
    List<String> wrong = new ArrayList<>();
    Form.decode(request.rawQuery())
        .forEach((name, value) -> {
          if (!query.containsKey(name) || !value.matches(query.get(name))) {
            wrong.add("query " + name);
          }
        });
    headers.forEach((name, value) -> {
      if (!request.header(name).map(sent -> sent.matches(value)).orElse(false)) {
        wrong.add("header " + name);
      }
    });
    if (body.isPresent()) {
      wrong.addAll(json(request, body.get()));
    } else if (!forms.isEmpty()) {
      if (!request.mediaType().equals("application/x-www-form-urlencoded")
          || !forms.contains(Form.decode(request.body()))) {
        wrong.add("form");
      }
    } else if (request.bytes() > 0) {
      wrong.add("a body");
    }
    return wrong;
  }

  private static List<String> json(Request request, Schema schema) {
    if (!request.mediaType().equals("application/json")) {
      return List.of("media type");
    }
    try {
      return schema.validate(Json.parse(request.body())).stream()
          .map(each -> each.getMessage())
          .toList();
    } catch (MalformedRequest e) {
      return List.of(e.getMessage());
    }
  }

  /// The body of a request without complaints.
  JsonNode content(Request request) {
    return body.isPresent() ? Json.parse(request.body()) : MissingNode.getInstance();
  }
}
