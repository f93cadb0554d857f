package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// Finds and reads vector files.
final class Vectors {
  /// The largest vector file that is read at once, in bytes.
  static final long BYTES_MAX = 256L << 20;

  private static final int DEPTH = 32;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(64 << 20).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();

  private Vectors() {}

  /// All regular files below, sorted, so that two runs print the same.
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /// JSON files below that hold an object.
  static Stream<Named> objects(Path directory) throws IOException {
    return files(directory).stream()
        .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".json"))
        .flatMap(file -> object(directory, file));
  }

  /// A JSON object and where it lies.
  record Named(String name, Path file, JsonNode object) {}

  /// The folder that a file lies in.
  static Path folder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }

  static String name(Path directory, Path file) {
    return directory.relativize(file).toString();
  }

  static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("%s is larger than %d bytes".formatted(file, BYTES_MAX));
    }
    return Files.readAllBytes(file);
  }

  static JsonMapper json() {
    return JSON;
  }

  private static Stream<Named> object(Path directory, Path file) {
    try {
      JsonNode node = JSON.readTree(bytes(file));
      return node != null && node.isObject()
          ? Stream.of(new Named(name(directory, file), file, node))
          : Stream.empty();
    } catch (IOException notJson) {
      // Vectors of other suites may lie beside these; one that is no JSON is none of ours.
      return Stream.empty();
    }
  }
}
