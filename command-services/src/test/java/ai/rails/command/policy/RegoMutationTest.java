package ai.rails.command.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.policy.RegoMutants.Mutant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// Whether the policies' own tests would notice: of the lines, and of mistakes made on purpose.
/// `-Dairails.mutants=1` makes every one of them; a larger number only each of so many.
@Tag("slow")
class RegoMutationTest {
  private static final int EACH = Integer.getInteger("airails.mutants", 4);

  /// What the removal of a line or an operator leaves no policy of.
  private static final String STILLBORN = "error";

  @TempDir private Path folder;

  private enum Fate {
    CAUGHT,
    SURVIVED,
    STILLBORN
  }

  private record Tried(Mutant mutant, Fate fate) {}

  @Test
  void testsReachNearlyEveryLine() throws Exception {
    Path policies = policies();
    Ran ran =
        opa(
            "test",
            "--coverage",
            "--format=json",
            policies.resolve("rego").toString(),
            policies.resolve("data").toString());
    JsonNode files = new ObjectMapper().readTree(ran.text()).path("files");

    long covered = lines(files, "covered");
    long missed = lines(files, "not_covered");

    assertThat(covered).isGreaterThan(200);
    assertThat(covered * 100.0 / (covered + missed)).isGreaterThanOrEqualTo(95);
  }

  @Test
  void testsCatchMistakes() throws Exception {
    Path policies = policies();
    List<Mutant> all = RegoMutants.of(policies.resolve("rego"));
    List<Tried> tried = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Tried>> trials =
          IntStream.range(0, all.size())
              .filter(i -> i % EACH == 0)
              .mapToObj(i -> threads.submit(() -> attempt(policies, all.get(i), i)))
              .toList();
      for (Future<Tried> trial : trials) {
        tried.add(trial.get());
      }
    }
    List<Mutant> survivors =
        tried.stream().filter(t -> t.fate() == Fate.SURVIVED).map(Tried::mutant).toList();
    long alive = tried.stream().filter(t -> t.fate() != Fate.STILLBORN).count();
    System.out.printf(
        "policies: %s of %s mistakes caught%n%s%n",
        alive - survivors.size(),
        alive,
        String.join("\n", survivors.stream().map(Mutant::toString).toList()));

    assertThat(alive).isGreaterThanOrEqualTo(120 / EACH);
    assertThat(survivors).hasSizeLessThanOrEqualTo((int) (alive / 10));
  }

  private Tried attempt(Path policies, Mutant mutant, int number) throws Exception {
    Path copy = folder.resolve("m" + number);
    copy(policies.resolve("rego"), copy.resolve("rego"));
    copy(policies.resolve("data"), copy.resolve("data"));
    Files.writeString(copy.resolve("rego").resolve(mutant.file()), mutant.text() + "\n");
    Ran ran =
        opa(
            "test",
            "--format=json",
            copy.resolve("rego").toString(),
            copy.resolve("data").toString());
    Fate fate =
        ran.status() == 0
            ? Fate.SURVIVED
            : ran.text().contains("\"fail\": true") || ran.text().contains("\"" + STILLBORN + "\"")
                ? Fate.CAUGHT
                : Fate.STILLBORN;
    return new Tried(mutant, fate);
  }

  private static long lines(JsonNode files, String kind) {
    return files
        .propertyStream()
        .filter(file -> !file.getKey().endsWith("_test.rego"))
        .flatMap(file -> file.getValue().path(kind).valueStream())
        .mapToLong(range ->
            range.path("end").path("row").asLong() - range.path("start").path("row").asLong() + 1)
        .sum();
  }

  private record Ran(int status, String text) {}

  private static Ran opa(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of(OpaSidecar.binary()), Stream.of(arguments)).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), text);
  }

  private static Path policies() {
    return Stream.of("policies", "../policies")
        .map(Path::of)
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
