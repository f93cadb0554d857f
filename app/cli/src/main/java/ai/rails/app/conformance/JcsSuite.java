package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

/// Canonical JSON of RFC 8785: `input/` beside `output/` or `outhex/`, files of ES6 numbers, and
/// inputs that must be refused (in a folder called `invalid`, `reject`, `refuse` or `fail`).
final class JcsSuite implements Suite {
  private static final HexFormat HEX = HexFormat.of();

  /// What every implementation must refuse; no vectors of others exist for it.
  private static final List<List<String>> BUILT_IN =
      List.of(
          List.of("lone high surrogate", "{\"a\":\"\\ud800\"}"),
          List.of("lone low surrogate", "[\"\\udead\"]"),
          List.of("surrogates the wrong way round", "[\"\\udc00\\ud800\"]"),
          List.of("lone surrogate in a name", "{\"\\ud800\":1}"),
          List.of("duplicate name", "{\"a\":1,\"a\":2}"),
          List.of("duplicate name, escaped", "{\"a\":1,\"\\u0061\":2}"),
          List.of("nested duplicate name", "[{\"b\":{\"a\":1,\"a\":1}}]"),
          List.of("not a number", "[NaN]"),
          List.of("infinite", "[Infinity]"),
          List.of("beyond the largest double", "[1e400]"),
          List.of("integer that no double holds", "[9007199254740993]"),
          List.of("text behind the value", "{} {}"),
          List.of("nothing", ""),
          List.of("control character in a string", "[\"\u0001\"]"),
          List.of("trailing comma", "[1,]"),
          List.of("leading zero", "[01]"),
          List.of("byte order mark", "\ufeff[1]"));

  @Override
  public String name() {
    return "jcs";
  }

  @Override
  public String about() {
    return "canonical JSON, RFC 8785 (cyberphone/json-canonicalization testdata)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    List<Case> found =
        Vectors.files(directory).stream().flatMap(file -> of(directory, file)).toList();
    return found.isEmpty()
        ? Stream.empty()
        : Stream.concat(
            found.stream(),
            BUILT_IN.stream()
                .map(each ->
                    new Case(
                        "built in: " + each.get(0),
                        Expectation.REJECT,
                        () -> refusal(each.get(1).getBytes(StandardCharsets.UTF_8)))));
  }

  private static Stream<Case> of(Path directory, Path file) {
    String folder = String.valueOf(Vectors.folder(file).getFileName());
    String fileName = file.getFileName().toString();
    String name = Vectors.name(directory, file);
    String lower = fileName.toLowerCase(Locale.ROOT);
    if (lower.startsWith("es6") && lower.endsWith(".txt")) {
      return numbers(name, file);
    }
    if (!lower.endsWith(".json")) {
      return Stream.empty();
    }
    if (folder.matches("(?i).*(invalid|reject|refuse|fail).*")) {
      return Stream.of(new Case(name, Expectation.REJECT, () -> refusal(Vectors.bytes(file))));
    }
    return folder.equals("input") ? pair(name, file) : Stream.empty();
  }

  private static Stream<Case> pair(String name, Path input) {
    Path root = Vectors.folder(Vectors.folder(input));
    String fileName = input.getFileName().toString();
    Path output = root.resolve("output").resolve(fileName);
    Path hex = root.resolve("outhex").resolve(fileName.replaceFirst("\\.json$", ".txt"));
    return Stream.concat(
        Files.isRegularFile(output)
            ? Stream.of(same(name, input, () -> Vectors.bytes(output)))
            : Stream.empty(),
        Files.isRegularFile(hex)
            ? Stream.of(same(name + " as hex", input, () -> hex(Vectors.bytes(hex))))
            : Stream.empty());
  }

  private interface Bytes {
    byte[] get() throws IOException;
  }

  private static Case same(String name, Path input, Bytes expected) {
    return new Case(
        name,
        Expectation.ACCEPT,
        () -> {
          byte[] want = expected.get();
          byte[] ours = canonical(Vectors.bytes(input));
          return Outcome.of(
              Arrays.equals(ours, want) || Arrays.equals(ours, stripped(want)),
              "other bytes from number %d on".formatted(Arrays.mismatch(ours, want)));
        });
  }

  /// Editors like to end a file with a line break; the canonical form of a value never does.
  private static byte[] stripped(byte[] text) {
    int end = text.length;
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
      end--;
    }
    return Arrays.copyOf(text, end);
  }

  private static Outcome refusal(byte[] input) {
    try {
      return Outcome.accept(new String(canonical(input), StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException refused) {
      return Outcome.reject(Case.said(refused));
    }
  }

  private static byte[] canonical(byte[] json) throws IOException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("JSON between systems is UTF-8", e);
    }
    if (text.startsWith("\ufeff")) {
      throw new IllegalArgumentException("JSON between systems has no byte order mark");
    }
    return CanonicalJson.bytes(StrictJson.read(json));
  }

  private static byte[] hex(byte[] text) {
    return HEX.parseHex(new String(text, StandardCharsets.US_ASCII).replaceAll("\\s", ""));
  }

  /// A thousand lines are one case: a file of them has up to a hundred million.
  private static Stream<Case> numbers(String name, Path file) {
    List<String> lines;
    try {
      lines = new String(Vectors.bytes(file), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      return Stream.of(
          Case.accepting(
              name,
              () -> {
                throw e;
              }));
    }
    int chunk = 1_000;
    return IntStream.range(0, (lines.size() + chunk - 1) / chunk)
        .mapToObj(part -> {
          int from = part * chunk;
          List<String> some = lines.subList(from, Math.min(from + chunk, lines.size()));
          return new Case(
              "%s lines %d to %d".formatted(name, from + 1, from + some.size()),
              Expectation.ACCEPT,
              () ->
                  some.stream()
                      .filter(line -> !line.isBlank() && !right(line))
                      .findFirst()
                      .map(line -> Outcome.reject("another spelling of " + line))
                      .orElse(Outcome.accept("")));
        });
  }

  private static boolean right(String line) {
    int comma = line.indexOf(',');
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(line.substring(0, comma), 16));
    return CanonicalJson.text(value).equals(line.substring(comma + 1));
  }
}
