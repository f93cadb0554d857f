package ai.rails.stream.siem;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/// A compiled OCSF schema (the output of OCSF's own schema compiler): classes, objects, types and
/// profiles. Immutable and thread-safe; making one indexes the classes.
public final class OcsfSchema {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .build();

  private final JsonNode compiled;
  private final Map<Long, JsonNode> byUid = new HashMap<>();

  private OcsfSchema(JsonNode compiled) {
    this.compiled = compiled;
    compiled.path("classes").forEach(each -> byUid.put(each.path("uid").asLong(-1), each));
  }

  /// @throws IllegalArgumentException if it is no compiled schema
  public static OcsfSchema of(JsonNode compiled) {
    boolean whole =
        compiled.path("classes").isObject()
            && compiled.path("objects").isObject()
            && compiled.path("dictionary").path("types").path("attributes").isObject();
    if (!whole) {
      throw new IllegalArgumentException(
          "this is no compiled OCSF schema: classes, objects or dictionary are missing");
    }
    return new OcsfSchema(compiled);
  }

  /// The schema of OCSF 1.8.0 that comes with the product, without its descriptions.
  public static OcsfSchema bundled() {
    try (InputStream in = OcsfSchema.class.getResourceAsStream("ocsf-1.8.0.json.gz");
        InputStream json = new GZIPInputStream(Objects.requireNonNull(in, "ocsf-1.8.0.json.gz"))) {
      return of(JSON.readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException("the schema of OCSF that comes with the product", e);
    }
  }

  /// What is wrong with an event, in sentences with the attribute's path; empty if it is valid. Of
  /// an event with very many faults only the first are named.
  ///
  /// @param compiledSchema the whole compiled schema, or one without descriptions
  public static List<String> problems(JsonNode compiledSchema, JsonNode event) {
    return of(compiledSchema).problems(event);
  }

  /// As [#problems(JsonNode, JsonNode)], for many events.
  public List<String> problems(JsonNode event) {
    return new OcsfCheck(this).of(event);
  }

  public String version() {
    return compiled.path("version").asText();
  }

  /// The class of that number, or a missing node.
  JsonNode ofClass(long uid) {
    return byUid.getOrDefault(uid, MissingNode.getInstance());
  }

  JsonNode object(String name) {
    return compiled.path("objects").path(name);
  }

  JsonNode type(String name) {
    return compiled.path("dictionary").path("types").path("attributes").path(name);
  }

  /// By their plain names and by those with the extension before them.
  Set<String> profiles() {
    var names = new HashSet<String>();
    compiled
        .path("profiles")
        .fieldNames()
        .forEachRemaining(name -> {
          names.add(name);
          names.add(name.substring(name.indexOf('/') + 1));
        });
    return names;
  }
}
