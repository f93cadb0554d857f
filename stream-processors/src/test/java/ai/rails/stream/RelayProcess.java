package ai.rails.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

import ai.rails.stream.relay.Relay;

/// The relay in a process of its own, to be killed.
final class RelayProcess {
  private RelayProcess() {}

  static Process start(Cell cell, Path directory) throws IOException {
    Path file = directory.resolve("relay.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      cell.config().store(out, null);
    }
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            RelayProcess.class.getName(),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("relay.log").toFile()))
        .start();
  }

  public static void main(String[] arguments) throws Exception {
    var config = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      config.load(in);
    }
    Relay relay = Relay.start(config, InstantSource.system());
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println("relay " + relay.state());
    new CountDownLatch(1).await();
  }
}
