package ai.rails.app.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;

import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Wait;

/// Another worker of the same workflow version, started beside the launcher's own from its settings
/// and a certificate of its own.
final class SecondWorker implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;

  private SecondWorker(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// @param different settings in the place of the first worker's
  static SecondWorker start(
      Cell cell, Triage triage, String name, String digest, Map<String, String> different) {
    try {
      Path settings = cell.data().resolve("run").resolve(name + ".properties");
      Path log = cell.data().resolve("logs").resolve(name + ".log");
      EffectiveProperties first = EffectiveProperties.load(settingsOfTheFirst(cell, triage));
      first
          .with("worker.tls.file", certificate(cell, triage, name, digest).toString())
          .with("data.dir", cell.data().resolve(name).toString())
          .with(different)
          .write(settings);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx256m",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "ai.rails.app.worker.SimulatedWorker",
                  "--exit-with-parent",
                  settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(log.toFile()))
              .start();
      return new SecondWorker(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path settingsOfTheFirst(Cell cell, Triage triage) throws IOException {
    try (Stream<Path> files = Files.list(cell.data().resolve("run"))) {
      return files
          .filter(file -> file.toString().endsWith(".properties"))
          .filter(file ->
              file.getFileName().toString().startsWith("worker-" + triage.tenant().substring(0, 8)))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path certificate(Cell cell, Triage triage, String name, String digest) {
    var random = new SecureRandom();
    Secrets secrets = Secrets.open(cell.data().resolve("secrets.properties"), random);
    DevelopmentCa ca =
        DevelopmentCa.open(
            cell.data().resolve("tls"),
            secrets.of("tls.store.password"),
            InstantSource.system(),
            random);
    return ca.client(
            name, URI.create("airails://%s/%s/%s/dev".formatted(triage.tenant(), name, digest)))
        .pkcs12();
  }

  SecondWorker awaitReady() {
    awaitWord("partitions assigned");
    return this;
  }

  void awaitWord(String word) {
    if (!Wait.until(LIMIT, () -> output().contains(word))) {
      throw new AssertionError("the worker never said %s:%n%s".formatted(word, output()));
    }
  }

  int awaitEnd() {
    if (!Wait.until(LIMIT, () -> !process.isAlive())) {
      throw new AssertionError("the worker does not end:%n" + output());
    }
    return process.exitValue();
  }

  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a machine that is switched off.
  void kill() {
    Signals.kill(process.toHandle());
  }

  @Override
  public void close() {
    process.destroy();
    awaitEnd();
  }
}
