package ai.rails.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/// A vendor's own OpenAPI 3 description, as a judge of requests: path, method, query parameters and
/// body. Thread-safe.
public final class OpenApi {
  private final JsonNode spec;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private OpenApi(JsonNode spec) {
    this.spec = spec;
  }

  /// @throws MalformedRequest if it is no description
  public static OpenApi read(Path file) {
    try {
      JsonNode spec = Json.MAPPER.readTree(Files.readAllBytes(file));
      if (spec.path("paths").isEmpty()) {
        throw new MalformedRequest(file + " describes no paths");
      }
      return new OpenApi(spec);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /// What a path has before those that are described: that of a server's own address, such as
  /// `/v71`.
  private String base(String path) {
    return spec.path("servers")
        .valueStream()
        .map(server -> server.path("url").asText().replaceFirst("^https?://[^/]*", ""))
        .filter(base -> path.startsWith(base + "/"))
        .findFirst()
        .orElse("");
  }

  /// What the vendor would not take, or nothing.
  ///
  /// @param path without the query, as it is sent
  /// @param parameters names to values of the query
  /// @param mediaType of the body; empty if there is none
  /// @param body as JSON; a form as an object
  public List<String> complaints(
      String method,
      String path,
      Map<String, String> parameters,
      String mediaType,
      Optional<JsonNode> body) {
    Optional<JsonNode> item = item(path).or(() -> item(path.substring(base(path).length())));
    JsonNode operation =
        item.map(found -> found.path(method.toLowerCase(Locale.ROOT)))
            .orElseGet(MissingNode::getInstance);
    if (operation.isMissingNode()) {
      return List.of("%s %s is not described".formatted(method, path));
    }
    List<String> wrong = new ArrayList<>();
    parameters.forEach((name, value) -> {
      Optional<JsonNode> declared =
          declared(operation, name).or(() -> item.flatMap(found -> declared(found, name)));
      if (declared.isEmpty()) {
        wrong.add("there is no parameter " + name);
      } else {
        wrong.addAll(value(name, value, declared.get().path("schema")));
      }
    });
    body.ifPresent(each -> wrong.addAll(body(operation, mediaType, each)));
    return wrong;
  }

  private List<String> body(JsonNode operation, String mediaType, JsonNode body) {
    JsonNode content = resolved(operation.path("requestBody")).path("content");
    JsonNode schema = content.path(mediaType).path("schema");
    if (schema.isMissingNode() && !content.isEmpty()) {
      // Google describes its bodies under the media types of uploads.
      schema = content.elements().next().path("schema");
    }
    if (schema.isMissingNode()) {
      return List.of("it takes no " + mediaType);
    }
    List<String> wrong = new ArrayList<>();
    JsonNode properties = resolved(schema).path("properties");
    if (!properties.isEmpty()) {
      for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!properties.has(name)) {
          wrong.add("there is no member " + name);
        }
      }
    }
    compiled(schema).validate(body).forEach(each -> wrong.add(each.getMessage()));
    return wrong;
  }

  /// A parameter is text; as a number or truth value it must be of the declared type.
  private List<String> value(String name, String value, JsonNode schema) {
    String type = resolved(schema).path("type").asText();
    boolean fits =
        switch (type) {
          case "integer" -> value.matches("-?[0-9]{1,18}");
          case "boolean" -> value.equals("true") || value.equals("false");
          default -> true;
        };
    JsonNode values = resolved(schema).path("enum");
    boolean known =
        values.isMissingNode() || values.valueStream().anyMatch(v -> v.asText().equals(value));
    return fits && known ? List.of() : List.of("parameter %s is wrong".formatted(name));
  }

  private Schema compiled(JsonNode schema) {
    return schemas.computeIfAbsent(
        schema.toString(),
        _ -> {
          ObjectNode whole = JsonNodeFactory.instance.objectNode();
          whole.set("components", spec.path("components"));
          whole.setAll((ObjectNode) resolved(schema).deepCopy());
          return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(whole);
        });
  }

  private Optional<JsonNode> declared(JsonNode holder, String name) {
    return holder
        .path("parameters")
        .valueStream()
        .map(this::resolved)
        .filter(each -> each.path("in").asText().equals("query"))
        .filter(each -> each.path("name").asText().equals(name))
        .findFirst();
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? spec.at(node.path("$ref").asText().substring(1)) : node;
  }

  /// The path item whose template fits, the most literal one first.
  private Optional<JsonNode> item(String path) {
    String[] parts = path.split("/", -1);
    Optional<JsonNode> best = Optional.empty();
    int most = -1;
    for (Map.Entry<String, JsonNode> each : spec.path("paths").properties()) {
      int literal = fit(each.getKey().split("/", -1), parts);
      if (literal > most) {
        most = literal;
        best = Optional.of(each.getValue());
      }
    }
    return best;
  }

  private static int fit(String[] template, String[] parts) {
    if (template.length != parts.length) {
      return -1;
    }
    int literal = 0;
    for (int i = 0; i < parts.length; i++) {
      if (template[i].equals(parts[i])) {
        literal++;
      } else if (!template[i].contains("{")) {
        return -1;
      }
    }
    return literal;
  }
}
