package ai.rails.connector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What our manifests send is what the vendors' own OpenAPI documents take: path, method, query
/// parameters and body of every request of every action, built from the action's example.
class VendorContractTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "stripe, stripe_openapi3.json, ''",
    "github, github_api_openapi3.json, ''",
    "telegram, telegram_bot_openapi3.json, ''",
    "x, x_api_v2_openapi3.json, ''",
    "gmail, gmail_openapi3.json, ''"
  })
  void everyRequestIsOneThatTheVendorDescribes(String name, String file, String base)
      throws IOException {
    JsonNode spec = spec(file);
    List<String> wrong = new ArrayList<>();

    for (Connector connector : Connectors.builtIn().all()) {
      if (connector.name().equals(name)) {
        connector
            .actions()
            .forEach((action, what) -> {
              for (RequestTemplate request : what.requests()) {
                wrong.addAll(complaints(spec, base, connector, action, what, request));
              }
            });
      }
    }

    assertThat(wrong).isEmpty();
  }

  private static List<String> complaints(
      JsonNode spec,
      String base,
      Connector connector,
      String name,
      Action action,
      RequestTemplate request) {
    JsonNode scope = scope(connector, action);
    String path = base + Template.path(request.path(), scope);
    String where = "%s %s: %s %s".formatted(connector, name, request.method(), path);
    Optional<JsonNode> item = item(spec, path);
    JsonNode operation =
        item.map(found -> found.path(request.method().toLowerCase(java.util.Locale.ROOT)))
            .orElseGet(JSON::missingNode);
    if (operation.isMissingNode()) {
      return List.of(where + " is not described");
    }
    List<String> wrong = new ArrayList<>();
    for (String parameter : request.query().keySet()) {
      if (!declares(spec, operation, parameter) && !declares(spec, item.get(), parameter)) {
        wrong.add(where + " has no parameter " + parameter);
      }
    }
    Optional<JsonNode> template = request.json().or(request::form);
    if (template.isPresent()) {
      JsonNode body = Template.render(template.get(), scope);
      String type =
          request.form().isPresent() ? "application/x-www-form-urlencoded" : "application/json";
      wrong.addAll(bodyComplaints(spec, operation, type, body, where));
    }
    return wrong;
  }

  private static List<String> bodyComplaints(
      JsonNode spec, JsonNode operation, String type, JsonNode body, String where) {
    JsonNode content = resolved(spec, operation.path("requestBody")).path("content");
    JsonNode schema = content.path(type).path("schema");
    if (schema.isMissingNode()) {
      // Google describes its bodies under the media types of uploads.
      schema = content.isEmpty() ? JSON.missingNode() : content.elements().next().path("schema");
    }
    if (schema.isMissingNode()) {
      return List.of(where + " takes no " + type);
    }
    ObjectNode whole = JSON.createObjectNode();
    whole.set("components", spec.path("components"));
    whole.setAll((ObjectNode) resolved(spec, schema).deepCopy());
    List<String> wrong = new ArrayList<>();
    JsonNode properties = resolved(spec, schema).path("properties");
    if (!properties.isEmpty()) {
      body.fieldNames()
          .forEachRemaining(member -> {
            if (!properties.has(member)) {
              wrong.add(where + " has no member " + member);
            }
          });
    }
    Schema compiled =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(whole);
    compiled.validate(body).forEach(each -> wrong.add(where + ": " + each.getMessage()));
    return wrong;
  }

  private static boolean declares(JsonNode spec, JsonNode holder, String name) {
    return holder
        .path("parameters")
        .valueStream()
        .map(each -> resolved(spec, each))
        .anyMatch(each -> each.path("name").asText().equals(name));
  }

  private static JsonNode resolved(JsonNode spec, JsonNode node) {
    return node.has("$ref") ? spec.at(node.path("$ref").asText().substring(1)) : node;
  }

  /// The path item whose template fits, the most literal one first.
  private static Optional<JsonNode> item(JsonNode spec, String path) {
    String[] parts = path.split("/", -1);
    JsonNode best = null;
    int most = -1;
    for (Map.Entry<String, JsonNode> each : spec.path("paths").properties()) {
      String[] template = each.getKey().split("/", -1);
      int literal = fit(template, parts);
      if (literal > most) {
        most = literal;
        best = each.getValue();
      }
    }
    return Optional.ofNullable(best);
  }

  private static int fit(String[] template, String[] parts) {
    if (template.length != parts.length) {
      return -1;
    }
    int literal = 0;
    for (int i = 0; i < parts.length; i++) {
      if (template[i].equals(parts[i])) {
        literal++;
      } else if (!template[i].startsWith("{")) {
        return -1;
      }
    }
    return literal;
  }

  /// The action's own example, and something for whatever an earlier request would have got.
  private static JsonNode scope(Connector connector, Action action) {
    JsonNode example = action.parameters().path("examples").path(0);
    assertThat(example.isObject()).as("%s has an example", action.title()).isTrue();
    CallScope scope =
        new CallScope(
            connector,
            action,
            example,
            "[airails:r/s]",
            "ar1_key",
            Instant.parse("2026-01-01T00:00:00Z"));
    action
        .requests()
        .forEach(request ->
            request
                .extract()
                .keySet()
                .forEach(each -> scope.got(request.id(), each, TextNode.valueOf("got1"))));
    return scope.json();
  }

  private static JsonNode spec(String file) throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path found = folder.resolve("shared/data/specs").resolve(file);
      if (Files.exists(found)) {
        return JSON.readTree(Files.readString(found, StandardCharsets.UTF_8));
      }
    }
    return Assumptions.abort(
        "skipped: no folder ../shared with data/specs/%s beside the project".formatted(file));
  }
}
