package ai.rails.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ai.rails.stream.StreamProcessors.Part;
import ai.rails.stream.relay.Relay;

/// The relay, or parts of the stream side, in a process of their own, to be killed.
final class RelayProcess {
  private RelayProcess() {}

  /// @param parts none is the relay alone
  static Process start(Cell cell, Path directory, Part... parts) throws IOException {
    Path file = directory.resolve("relay.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      cell.config().store(out, null);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RelayProcess.class.getName(),
                file.toString()));
    Stream.of(parts).map(Part::name).forEach(command::add);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("relay.log").toFile()))
        .start();
  }

  public static void main(String[] arguments) throws Exception {
    var config = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      config.load(in);
    }
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (arguments.length > 1) {
      Set<Part> parts = Stream.of(arguments).skip(1).map(Part::valueOf).collect(Collectors.toSet());
      out.println(StreamProcessors.start(config, Cell.surroundings(), parts).health());
    } else {
      out.println("relay " + Relay.start(config, InstantSource.system()).state());
    }
    new CountDownLatch(1).await();
  }
}
