package ai.rails.platform.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// The descriptions of a port's endpoints, served by that port.
public final class OpenApi {
  private static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "patch", "head", "options");

  private OpenApi() {}

  /// One description of several: paths, schemas, parameters, responses and tags together.
  ///
  /// @throws IllegalStateException if two describe the same path and method, or name two things
  ///   alike
  public static ObjectNode merge(List<ObjectNode> descriptions) {
    ObjectNode merged = descriptions.getFirst().deepCopy();
    for (ObjectNode further : descriptions.subList(1, descriptions.size())) {
      mergePaths(merged.withObjectProperty("paths"), further.path("paths"));
      for (Map.Entry<String, JsonNode> kind : further.path("components").properties()) {
        mergeDistinct(
            merged.withObjectProperty("components").withObjectProperty(kind.getKey()),
            kind.getValue());
      }
    }
    return merged;
  }

  /// `/openapi.json` and `/openapi.yaml`; the latter is the same text, since JSON is YAML.
  public static List<Route> routes(ObjectNode description) {
    byte[] json = Json.write(description);
    Access open = Access.open("the description of the API is public");
    return List.of(
        new Route(
            "GET", "/openapi.json", Label.STRONG, open, _ -> Answer.bytes(200, Answer.JSON, json)),
        new Route(
            "GET",
            "/openapi.yaml",
            Label.STRONG,
            open,
            _ -> Answer.bytes(200, "application/yaml", json)));
  }

  /// Method and path of every operation, for example `POST /v1/runs`, in order.
  public static List<String> operations(ObjectNode description) {
    var operations = new TreeSet<String>();
    for (Map.Entry<String, JsonNode> path : description.path("paths").properties()) {
      for (String method : METHODS) {
        if (path.getValue().has(method)) {
          operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    return new ArrayList<>(operations);
  }

  private static void mergePaths(ObjectNode into, JsonNode paths) {
    for (Map.Entry<String, JsonNode> path : paths.properties()) {
      mergeDistinct(into.withObjectProperty(path.getKey()), path.getValue());
    }
  }

  private static void mergeDistinct(ObjectNode into, JsonNode from) {
    for (Map.Entry<String, JsonNode> member : from.properties()) {
      JsonNode there = into.get(member.getKey());
      if (there != null && !there.equals(member.getValue())) {
        throw new IllegalStateException(
            "two descriptions differ in %s; rename one".formatted(member.getKey()));
      }
      into.set(member.getKey(), member.getValue());
    }
  }
}
