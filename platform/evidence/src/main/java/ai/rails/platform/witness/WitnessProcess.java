package ai.rails.platform.witness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/// A witness as a process of its own. Its file has `witness.dir`, `witness.key.file`,
/// `witness.logs.file`, `witness.port` and perhaps `witness.bind`.
///
/// `WitnessProcess [--exit-with-parent] witness.properties` prints `READY witness <port>` when it
/// listens.
public final class WitnessProcess {
  private static final String EXIT_WITH_PARENT = "--exit-with-parent";
  private static final String LOOPBACK = "127.0.0.1";

  private WitnessProcess() {}

  @SuppressWarnings("SystemOut") // The parent process reads the READY line.
  public static void main(String... arguments) throws IOException, InterruptedException {
    List<String> given = List.of(arguments);
    boolean exitWithParent = given.contains(EXIT_WITH_PARENT);
    List<String> files = given.stream().filter(each -> !each.startsWith("--")).toList();
    if (files.size() != 1 || given.size() != (exitWithParent ? 2 : 1)) {
      throw new IllegalArgumentException(
          "usage: WitnessProcess [%s] witness.properties".formatted(EXIT_WITH_PARENT));
    }
    limitConnections();
    WitnessServer server =
        WitnessServer.start(settings(Path.of(files.getFirst())), InstantSource.system());
    System.out.println("READY witness " + server.port());
    if (exitWithParent) {
      // The parent holds the other end and writes nothing; the end of input is its death.
      System.in.transferTo(OutputStream.nullOutputStream());
      server.close();
    } else {
      new CountDownLatch(1).await();
    }
  }

  /// A client that sends a byte a minute must not hold a connection for ever. The JDK's server
  /// reads these once, before it is first used.
  public static void limitConnections() {
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
    System.setProperty("sun.net.httpserver.idleInterval", "60");
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("jdk.httpserver.maxConnections", "1000");
  }

  private static WitnessServer.Settings settings(Path file) throws IOException {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return new WitnessServer.Settings(
        Path.of(required(properties, "witness.dir")),
        Path.of(required(properties, "witness.key.file")),
        Path.of(required(properties, "witness.logs.file")),
        properties.getProperty("witness.bind", LOOPBACK),
        Integer.parseInt(required(properties, "witness.port")));
  }

  private static String required(Properties properties, String key) {
    return Optional.ofNullable(properties.getProperty(key))
        .orElseThrow(
            () -> new IllegalArgumentException("setting %s is missing; add it".formatted(key)));
  }
}
