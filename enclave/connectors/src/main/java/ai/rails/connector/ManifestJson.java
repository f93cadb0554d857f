package ai.rails.connector;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/// Reads manifests strictly and names them by their canonical bytes (RFC 8785).
///
/// A manifest has no fractions and no control characters, so that sorting its members and writing
/// it without blanks is its canonical form.
final class ManifestJson {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(48)
                          .maxDocumentLength(1 << 20)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .addModule(new Jdk8Module())
          .build();

  private static final long EXACT = 1L << 53;

  private ManifestJson() {}

  static JsonNode tree(byte[] bytes) throws IOException {
    return MAPPER.readTree(bytes);
  }

  /// `sha256:` and 64 hex digits over the canonical bytes of all but the signature.
  static String digest(JsonNode manifest) throws IOException {
    ObjectNode signed = manifest.deepCopy();
    signed.remove("signature");
    return "sha256:" + sha256(canonical(signed));
  }

  static byte[] canonical(JsonNode tree) throws IOException {
    requirePlain(tree);
    return MAPPER.writeValueAsBytes(MAPPER.treeToValue(tree, Object.class));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void requirePlain(JsonNode node) {
    boolean plain =
        switch (node.getNodeType()) {
          case NUMBER ->
              node.isIntegralNumber()
                  && node.canConvertToLong()
                  && Math.abs(node.longValue()) <= EXACT;
          case STRING -> node.textValue().chars().allMatch(c -> c >= ' ' || c == '\n');
          default -> true;
        };
    if (!plain) {
      throw new IllegalArgumentException(
          "a manifest has whole numbers up to 2^53 and text without control characters; not "
              + node);
    }
    node.propertyStream().forEach(each -> requirePlain(each.getValue()));
    if (node.isArray()) {
      node.forEach(ManifestJson::requirePlain);
    }
  }
}
