package ai.rails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// `docs/asvs.csv` claims nothing that no test shows: each test that it names is there.
class AsvsTest {
  private static final Path ROOT = root();
  private static final String HEAD = "standard,requirement,what it asks for,control,test";
  private static final Pattern TEST = Pattern.compile("[A-Z]\\w*Test(#[a-z]\\w*)?");

  @Test
  void everyClaimNamesATestThatIsThere() throws IOException {
    Map<String, String> tests = tests();
    List<String> wrong = new ArrayList<>();
    List<String> rows = Files.readAllLines(ROOT.resolve("docs/asvs.csv"));
    assertThat(rows.getFirst()).isEqualTo(HEAD);
    for (String row : rows.subList(1, rows.size())) {
      String test = row.substring(row.lastIndexOf(',') + 1);
      if (!test.isEmpty() && !there(tests, test)) {
        wrong.add("%s in: %s".formatted(test, row));
      }
    }

    assertThat(wrong).as("claims without their test").isEmpty();
    assertThat(rows.stream().filter(row -> !row.endsWith(",")).count()).isGreaterThan(50);
  }

  private static boolean there(Map<String, String> tests, String test) {
    if (!TEST.matcher(test).matches()) {
      return false;
    }
    int hash = test.indexOf('#');
    String source = tests.getOrDefault(hash < 0 ? test : test.substring(0, hash), "");
    return !source.isEmpty()
        && (hash < 0 || source.contains("void " + test.substring(hash + 1) + "("));
  }

  /// Simple names to sources.
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().contains("/src/test/java/"))
              .filter(file -> file.toString().endsWith("Test.java"))
              .toList();
      for (Path source : sources) {
        String name = String.valueOf(source.getFileName()).replace(".java", "");
        tests.put(name, Files.readString(source));
      }
    }
    return tests;
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("rails"))) {
      here = requireNonNull(here.getParent(), "run this inside the project");
    }
    return here;
  }
}
