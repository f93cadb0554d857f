package ai.rails.platform.evidence;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// Reads JSON from strangers: nothing doubled, nothing deep, nothing long, nothing after it.
final class StrictJson {
  private static final int DEPTH_MAX = 16;
  private static final int NAME_MAX = 256;
  private static final int NUMBER_MAX = 20;

  private StrictJson() {}

  /// @param bytesMax largest document
  /// @throws IllegalArgumentException saying what is wrong, without quoting it
  static JsonNode read(byte[] json, int bytesMax) {
    if (json.length > bytesMax) {
      throw new IllegalArgumentException(
          "%d bytes of JSON; at most %d are allowed".formatted(json.length, bytesMax));
    }
    try {
      return mapper(bytesMax).readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("JSON refused: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("JSON refused: it is not UTF-8", e);
    }
  }

  /// Compact, members in the order they were put.
  static byte[] write(Object tree) {
    try {
      return new ObjectMapper().writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of maps and lists cannot be written", e);
    }
  }

  private static ObjectMapper mapper(int bytesMax) {
    var constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(DEPTH_MAX)
            .maxNameLength(NAME_MAX)
            .maxNumberLength(NUMBER_MAX)
            .maxStringLength(bytesMax)
            .maxDocumentLength(bytesMax)
            .build();
    return JsonMapper.builder(
            JsonFactory.builder()
                .streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .build();
  }
}
