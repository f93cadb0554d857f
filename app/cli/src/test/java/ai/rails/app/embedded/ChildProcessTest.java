package ai.rails.app.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class ChildProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path data;

  @Test
  void aChildOfADeadLauncherIsEndedByTheNextOne() throws Exception {
    Process orphan = foreign();
    ProcessIdentity.of(orphan.toHandle()).record(data.resolve("run/opa.pid"));

    List<String> ended = ChildProcess.endRecorded(data);

    assertThat(ended).containsExactly("opa");
    assertThat(orphan.waitFor()).isNotZero();
    assertThat(data.resolve("run/opa.pid")).doesNotExist();
  }

  @Test
  void aForeignProcessThatGotTheSamePidIsLeftAlone() throws Exception {
    Process foreign = foreign();
    new ProcessIdentity(foreign.pid(), "1@another-boot").record(data.resolve("run/opa.pid"));

    List<String> ended = ChildProcess.endRecorded(data);

    assertThat(ended).isEmpty();
    assertThat(foreign.isAlive()).isTrue();
    foreign.destroyForcibly().waitFor();
  }

  @Test
  void aCrashedChildIsStartedAgain() {
    try (ChildProcess child = start("cat", "/bin/cat")) {
      ProcessIdentity first = child.identity().orElseThrow();

      first.alive().orElseThrow().destroyForcibly();

      assertThat(
              Wait.until(
                  LIMIT,
                  () ->
                      child.restarts() == 1
                          && child.identity().filter(now -> !now.equals(first)).isPresent()))
          .isTrue();
      assertThat(child.health()).startsWith("up");
    }
  }

  @Test
  void closingEndsTheChildForGoodAndForgetsIt() {
    ChildProcess child = start("cat", "/bin/cat");
    ProcessIdentity identity = child.identity().orElseThrow();
    assertThat(ProcessIdentity.read(data.resolve("run/cat.pid"))).contains(identity);

    child.close();

    assertThat(identity.alive()).isEmpty();
    assertThat(data.resolve("run/cat.pid")).doesNotExist();
  }

  @Test
  void aChildSeesNothingOfTheLaunchersEnvironmentButWhatItIsGiven() {
    var command =
        new ChildProcess.Command(
            "env", List.of("/bin/sh", "-c", "env; exec cat"), Map.of("TOKEN", "t1"));
    try (ChildProcess child = ChildProcess.start(data, command)) {
      assertThat(Wait.until(LIMIT, () -> read(child.log()).contains("TOKEN=t1"))).isTrue();
      assertThat(read(child.log()).lines().map(line -> line.replaceFirst("=.*", "")))
          .isSubsetOf(
              "TOKEN", "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "PWD", "SHLVL", "_");
    }
  }

  @Test
  void aProgramThatIsNotThereIsUnavailable() {
    assertThatThrownBy(() -> start("missing", "/no/such/program").close())
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("missing");
  }

  /// A second JVM starts a child that ignores its stdin, and is killed.
  @Test
  void aChildEndsWithAKilledLauncher() throws Exception {
    Process launcher =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LauncherOfOneChild.class.getName(),
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("launcher.log").toFile())
            .start();
    Path record = data.resolve("run/tail.pid");
    assertThat(Wait.until(LIMIT, () -> Files.exists(record))).isTrue();
    ProcessIdentity child = ProcessIdentity.read(record).orElseThrow();

    launcher.destroyForcibly().waitFor();

    assertThat(Wait.until(LIMIT, () -> child.alive().isEmpty())).isTrue();
  }

  private ChildProcess start(String name, String... arguments) {
    return ChildProcess.start(data, new ChildProcess.Command(name, List.of(arguments), Map.of()));
  }

  private static Process foreign() throws Exception {
    return new ProcessBuilder("tail", "-f", "/dev/null").start();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException _) {
      return "";
    }
  }
}
