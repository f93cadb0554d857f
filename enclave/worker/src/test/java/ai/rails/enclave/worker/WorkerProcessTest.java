package ai.rails.enclave.worker;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The worker as a process of its own: how it starts, and how it ends.
@Tag("slow")
class WorkerProcessTest {
  // Nobody listens there: a consumer without a broker waits and takes no command.
  private static final Map<String, String> NO_BROKER =
      Map.of(
          "kafka.bootstrap.servers", "127.0.0.1:9",
          "kafka.security.protocol", "PLAINTEXT",
          "egress.port", "9");

  @TempDir Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory, NO_BROKER);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void itIsReadyOnceItHasItsKeysAndEndsWithItsParent() throws Exception {
    Process process = launch(Map.of());

    try (BufferedReader out = process.inputReader()) {
      assertThat(out.lines().anyMatch(("READY worker " + Triage.WORKER)::equals)).isTrue();
      process.getOutputStream().close();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isZero();
    assertThat(bench.keys.releases).hasValue(1);
  }

  @Test
  void itEndsWithItsParentEvenWhileItWaitsForItsKeys() throws Exception {
    bench.server.failuresAhead.set(Integer.MAX_VALUE);
    Process process = launch(Map.of());
    Eventually.holds("it asks for keys", () -> !bench.server.seen.isEmpty());

    process.getOutputStream().close();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(bench.keys.releases).hasValue(0);
  }

  @Test
  void outsideOfAConfidentialGuestItGetsNoKeys() throws Exception {
    Process process = launch(Worker.class, Map.of("worker.environment.kind", "production"));

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(bench.server.requests("/releases")).isEmpty();
    assertThat(Files.readString(directory.resolve("worker.err")))
        .contains("nothing attests this worker")
        .doesNotContain(Certificates.PASSWORD);
  }

  private Process launch(Map<String, String> more) throws Exception {
    return launch(TestGuest.class, more);
  }

  private Process launch(Class<?> main, Map<String, String> more) throws Exception {
    var settings = new HashMap<>(bench.settings);
    settings.putAll(more);
    var properties = new Properties();
    properties.putAll(settings);
    Path file = directory.resolve("worker.properties");
    try (var out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                "--exit-with-parent",
                file.toString()))
        .redirectError(directory.resolve("worker.err").toFile())
        .start();
  }
}
