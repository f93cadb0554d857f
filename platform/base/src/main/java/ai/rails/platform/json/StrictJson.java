package ai.rails.platform.json;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// Reads JSON that two readers can not read in two ways: no doubled members, nothing after the
/// value, bounded depth.
public final class StrictJson {
  private static final int MAX_DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /// Reads exactly one value.
  ///
  /// @throws IOException if it is not one JSON value; the message does not repeat the input
  public static JsonNode read(byte[] bytes) throws IOException {
    JsonNode value = MAPPER.readTree(bytes);
    if (value == null || value.isMissingNode()) {
      throw new IOException("there is no JSON value");
    }
    return value;
  }
}
