package ai.rails.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.avro.Schema;

/// The schemas of one version, from the class path: the working ones under `avro`, released ones
/// under `released/<version>`. Owned by the codec that builds it; not thread-safe.
final class SchemaSet {
  /// Types that others name, in the order in which they build on each other.
  private static final List<String> SHARED =
      List.of(
          "Actor",
          "Header",
          "SealedRef",
          "Money",
          "Usage",
          "Hold",
          "Obligation",
          "Decision",
          "AttestedEvidence",
          "Escalation",
          "PasskeySignature",
          "GpuTime");

  private final String directory;
  private final Schema.Parser parser = new Schema.Parser();
  private final Map<String, Optional<Schema>> parsed = new HashMap<>();

  private SchemaSet(String directory) {
    this.directory = directory;
    for (String name : SHARED) {
      find("shared", name);
    }
  }

  static SchemaSet of(String directory) {
    return new SchemaSet(directory);
  }

  static SchemaSet current() {
    return new SchemaSet("avro");
  }

  /// Every released version, oldest first.
  static List<SchemaSet> released() {
    return versions().stream().map(version -> new SchemaSet("released/" + version)).toList();
  }

  static List<String> versions() {
    return read("released/versions.txt")
        .orElseThrow(
            () -> new IllegalStateException("released/versions.txt is not on the class path"))
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  /// The schema `<feature>/<name>.avsc`, empty if this version has none.
  Optional<Schema> find(String feature, String name) {
    String path = "%s/%s/%s.avsc".formatted(directory, feature, name);
    return parsed.computeIfAbsent(path, p -> read(p).map(parser::parse));
  }

  /// @throws IllegalStateException if this version has none
  Schema get(String feature, String name) {
    return find(feature, name)
        .orElseThrow(() ->
            new IllegalStateException(
                "no schema %s/%s/%s.avsc; write one".formatted(directory, feature, name)));
  }

  private static Optional<String> read(String path) {
    try (InputStream in = SchemaSet.class.getResourceAsStream(path)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read schema " + path, e);
    }
  }
}
