package ai.rails.stream.siem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// The `ocsf` suite of the conformance runner: a directory with events and, if they are not to be
/// held against OCSF 1.8.0 as it comes with the product, a compiled schema.
///
/// ```
/// DIR/*compiled*.json or DIR/schema.json   compiled schema (optional)
/// DIR/events/*.json                        one event each, or an array of events
/// DIR/events/*.jsonl, *.ndjson             one event a line
/// ```
///
/// Where there is no `events` directory, events are looked for in the whole of `DIR`, but only
/// files whose JSON has a `class_uid`. Expected is ACCEPT, or REJECT where the file's name or a
/// directory below `DIR` in its path has one of the words `reject`, `invalid`, `bad`, `fail` and
/// their forms (`api.invalid.json`, `reject/no-actor.json`).
public final class OcsfCases {
  private static final long FILE_BYTES = 16_777_216;
  private static final int FILES = 10_000;
  private static final Pattern REFUSED =
      Pattern.compile("(^|[^a-z])(reject(ed|s)?|refused?|invalid|bad|fail(s|ed|ing)?)([^a-z]|$)");
  private static final Pattern EVENTS = Pattern.compile(".*\\.(json|jsonl|ndjson)");
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path directory;
  private final OcsfSchema schema;
  private final boolean scattered;

  private OcsfCases(Path directory, OcsfSchema schema, boolean scattered) {
    this.directory = directory;
    this.schema = schema;
    this.scattered = scattered;
  }

  /// One event that was looked at.
  ///
  /// @param name path below the directory, with the place in the file where it holds several
  /// @param accept whether it is meant to be valid
  /// @param problems empty if it is valid
  public record Case(String name, boolean accept, List<String> problems) {
    public Case {
      problems = List.copyOf(problems);
    }
  }

  /// Looks at every event.
  ///
  /// @throws IOException if the directory or its schema can not be read
  /// @throws IllegalArgumentException if it has too many files or its schema is none
  public static List<Case> of(Path directory) throws IOException {
    Path events = directory.resolve("events");
    boolean scattered = !Files.isDirectory(events);
    OcsfSchema schema = schema(directory);
    return new OcsfCases(directory, schema, scattered).cases(scattered ? directory : events);
  }

  private static OcsfSchema schema(Path directory) throws IOException {
    Optional<Path> found = Optional.empty();
    try (Stream<Path> files = Files.list(directory)) {
      found = files.filter(OcsfCases::isSchema).sorted().findFirst();
    }
    if (found.isEmpty()) {
      return OcsfSchema.bundled();
    }
    return OcsfSchema.of(JSON.readTree(Files.readAllBytes(found.get())));
  }

  private static boolean isSchema(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json") && (name.contains("compiled") || name.equals("schema.json"));
  }

  private List<Case> cases(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(root, 8)) {
      files =
          found
              .filter(Files::isRegularFile)
              .filter(file -> EVENTS.matcher(file.getFileName().toString()).matches())
              .filter(file -> !isSchema(file))
              .limit(FILES + 1L)
              .sorted()
              .toList();
    }
    if (files.size() > FILES) {
      throw new IllegalArgumentException("more than %d files in %s".formatted(FILES, root));
    }
    var cases = new ArrayList<Case>();
    for (Path file : files) {
      read(file, cases::add);
    }
    return List.copyOf(cases);
  }

  private void read(Path file, Consumer<Case> cases) throws IOException {
    String name = directory.relativize(file).toString();
    boolean accept = !REFUSED.matcher(name.toLowerCase(Locale.ROOT)).find();
    if (Files.size(file) > FILE_BYTES) {
      cases.accept(new Case(name, accept, List.of("the file is larger than 16 MiB")));
      return;
    }
    if (!name.endsWith(".json")) {
      int line = 0;
      for (String text : Files.readAllLines(file)) {
        line++;
        if (!text.isBlank()) {
          parse(name + ":" + line, accept, text, cases);
        }
      }
      return;
    }
    parse(name, accept, Files.readString(file), cases);
  }

  private void parse(String name, boolean accept, String text, Consumer<Case> cases) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      if (!scattered) {
        cases.accept(new Case(name, accept, List.of("this is no JSON: " + place(e))));
      }
      return;
    }
    if (json.isArray()) {
      for (int i = 0; i < json.size(); i++) {
        check("%s[%d]".formatted(name, i), accept, json.get(i), cases);
      }
      return;
    }
    check(name, accept, json, cases);
  }

  private void check(String name, boolean accept, JsonNode event, Consumer<Case> cases) {
    if (!scattered || event.has("class_uid")) {
      cases.accept(new Case(name, accept, schema.problems(event)));
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? "it is cut short"
        : "line %d, column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }
}
