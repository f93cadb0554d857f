package ai.rails.app.connector;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import ai.rails.connector.Action;
import ai.rails.connector.CallScope;
import ai.rails.connector.Connector;
import ai.rails.connector.Protocol;
import ai.rails.connector.RequestTemplate;
import ai.rails.connector.Template;
import ai.rails.standin.OpenApi;

/// What a connector would send for its actions' own examples, and whether the vendor's description
/// takes it. Nothing is sent.
final class Contract {
  private static final String FORM = "application/x-www-form-urlencoded";

  private final Connector connector;
  private final Optional<OpenApi> description;

  Contract(Connector connector, Optional<OpenApi> description) {
    this.connector = connector;
    this.description = description;
  }

  /// One request of one example.
  ///
  /// @param described whether it was held against the vendor's description
  record Checked(String action, String request, boolean described, List<String> complaints) {}

  List<Checked> check() {
    List<Checked> all = new ArrayList<>();
    new TreeMap<>(connector.actions()).forEach((name, action) -> all.addAll(check(name, action)));
    return all;
  }

  private List<Checked> check(String name, Action action) {
    JsonNode examples = action.parameters().path("examples");
    if (examples.isEmpty()) {
      return List.of(new Checked(name, "", false, List.of("there is no example")));
    }
    List<Checked> all = new ArrayList<>();
    for (JsonNode example : examples) {
      List<String> wrong =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(action.parameters())
              .validate(example)
              .stream()
              .map(each -> "its example: " + each.getMessage())
              .toList();
      if (!wrong.isEmpty()) {
        all.add(new Checked(name, "", false, wrong));
        continue;
      }
      JsonNode scope = scope(action, example);
      action.requests().forEach(each -> all.add(check(name, each, scope)));
    }
    return all;
  }

  private Checked check(String action, RequestTemplate request, JsonNode scope) {
    try {
      String path = Template.path(request.path(), scope);
      String shown = "%s %s".formatted(request.method(), path);
      Map<String, String> query = new LinkedHashMap<>();
      request.query().forEach((name, value) -> query.put(name, Template.text(value, scope)));
      Optional<JsonNode> body =
          request.json().or(request::form).map(each -> Template.render(each, scope));
      request.raw().ifPresent(each -> each.bytes(scope));
      boolean described = description.isPresent() && request.place().isEmpty() && isHttps();
      List<String> wrong =
          described
              ? description
                  .get()
                  .complaints(
                      request.method(),
                      path,
                      query,
                      request.form().isPresent() ? FORM : "application/json",
                      body)
              : List.of();
      return new Checked(action, shown, described, wrong);
    } catch (IllegalArgumentException e) {
      return new Checked(
          action, request.id(), false, List.of("can not be made: " + e.getMessage()));
    }
  }

  private boolean isHttps() {
    return connector.protocol() == Protocol.HTTPS;
  }

  /// The example, and something for whatever an earlier request would have got.
  private JsonNode scope(Action action, JsonNode example) {
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
}
