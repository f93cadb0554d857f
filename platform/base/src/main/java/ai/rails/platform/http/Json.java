package ai.rails.platform.http;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/// The one JSON mapper: unknown, repeated, missing and null members, trailing text, and numbers in
/// quotes are all refused, so that nobody reads a text differently from us.
///
/// Members of kind `Optional` may be left out, and absent ones are not written. Safe for use by
/// several threads.
public final class Json {
  private static final int MAX_DEPTH = 32;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .addModule(new Jdk8Module())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
          .build();

  private Json() {}

  /// Reads a record.
  ///
  /// @throws Problem with 400 for what is no JSON, 422 for JSON of another form; neither repeats
  ///   what was sent, but for the name of an unknown member
  public static <T> T read(byte[] json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (IOException e) {
      throw problem(e);
    }
  }

  /// Reads any JSON value.
  public static JsonNode tree(byte[] json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (node.isMissingNode()) {
        throw Problem.malformed("the body is empty; send JSON");
      }
      return node;
    } catch (IOException e) {
      throw problem(e);
    }
  }

  /// Converts a tree to a record under the same rules.
  public static <T> T convert(JsonNode node, Class<T> type) {
    return read(write(node), type);
  }

  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not writable as JSON: " + value.getClass(), e);
    }
  }

  private static Problem problem(IOException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return Problem.invalid(
          "member %s is not known here; remove it".formatted(name(unknown.getPropertyName())));
    }
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return Problem.invalid(
          "member %s is missing, null or of the wrong type".formatted(path(mapping.getPath())));
    }
    if (e instanceof JsonProcessingException syntax && syntax.getLocation() != null) {
      return Problem.malformed(
          "the body is not valid JSON at line %d, column %d"
              .formatted(syntax.getLocation().getLineNr(), syntax.getLocation().getColumnNr()));
    }
    return Problem.malformed("the body is not valid JSON");
  }

  private static String path(List<JsonMappingException.Reference> references) {
    var path = new StringBuilder();
    for (JsonMappingException.Reference reference : references) {
      String field = reference.getFieldName();
      path.append('/').append(field == null ? String.valueOf(reference.getIndex()) : name(field));
    }
    return path.toString();
  }

  /// A member's name as it may be shown: short and printable.
  public static String name(String given) {
    String printable = given.replaceAll("[^A-Za-z0-9_.:@/+-]", "?");
    return printable.length() <= 64 ? printable : printable.substring(0, 64) + "...";
  }
}
