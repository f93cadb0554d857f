package ai.rails.app.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.http.Declined;

/// A candidate policy on this disk: a directory of Rego and data for everybody, or a JSON file with
/// one tenant's data.
final class PolicyFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PolicyFiles() {}

  /// The candidate as the API takes it.
  static Map<String, Object> read(Path candidate) {
    try {
      if (Files.isDirectory(candidate)) {
        return Map.of("platform", files(candidate));
      }
      return Map.of("tenantData", object(candidate));
    } catch (IOException e) {
      throw unread(candidate, e);
    }
  }

  /// A JSON file's members.
  static Map<String, Object> object(Path file) {
    try {
      return JSON.convertValue(tree(file), new TypeReference<Map<String, Object>>() {});
    } catch (IOException e) {
      throw unread(file, e);
    }
  }

  private static UncheckedIOException unread(Path file, IOException e) {
    return new UncheckedIOException("cannot read " + file, e);
  }

  private static JsonNode tree(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new Declined("%s is neither a directory of policies nor a JSON file".formatted(file));
    }
    JsonNode tree = JSON.readTree(file.toFile());
    if (!tree.isObject()) {
      throw new Declined("%s must hold one JSON object".formatted(file));
    }
    return tree;
  }

  /// The folders of the project (`rego/airails`, `data/platform`), or those of a bundle (`airails`,
  /// `platform`). Tests stay here.
  private static Map<String, String> files(Path directory) throws IOException {
    boolean project = Files.isDirectory(directory.resolve("rego"));
    Map<String, String> files = new TreeMap<>();
    add(files, project ? directory.resolve("rego") : directory, "airails", ".rego");
    add(files, project ? directory.resolve("data") : directory, "platform", ".json");
    if (files.isEmpty()) {
      throw new Declined("%s has neither airails/ nor rego/airails/".formatted(directory));
    }
    return files;
  }

  private static void add(Map<String, String> files, Path root, String part, String ending)
      throws IOException {
    Path folder = root.resolve(part);
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> found;
    try (Stream<Path> all = Files.walk(folder)) {
      found =
          all.filter(Files::isRegularFile)
              .filter(file -> file.toString().endsWith(ending))
              .filter(file -> !file.toString().endsWith("_test.rego"))
              .sorted()
              .toList();
    }
    for (Path file : found) {
      files.put(root.relativize(file).toString().replace('\\', '/'), Files.readString(file));
    }
  }
}
