package ai.rails.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import ai.rails.stream.kafka.KafkaAccess;
import ai.rails.stream.relay.Relay;

/// A stock Kafka Connect worker with our connector file, in which only the path of the effective
/// configuration is another.
final class ConnectProcess {
  private static final String DEPLOYED = "/etc/airails/effective.properties";

  private ConnectProcess() {}

  static Process start(Cell cell, Path directory) throws IOException {
    Path effective = directory.resolve("effective.properties");
    Path connector = directory.resolve("outbox.properties");
    Path worker = directory.resolve("worker.properties");
    write(effective, cell.config());
    try (InputStream in = Relay.class.getResourceAsStream("outbox.properties")) {
      if (in == null) {
        throw new IllegalStateException("outbox.properties is not on the class path");
      }
      String file = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(connector, file.replace(DEPLOYED, effective.toString()));
    }
    write(worker, settings(cell, directory));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "org.apache.kafka.connect.cli.ConnectStandalone",
            worker.toString(),
            connector.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("connect.log").toFile()))
        .start();
  }

  private static Properties settings(Cell cell, Path directory) throws IOException {
    var settings = new Properties();
    new KafkaAccess(cell.config())
        .client("svc-cdc")
        .forEach((key, value) -> {
          settings.put(key, value);
          if (!key.equals("bootstrap.servers")) {
            settings.put("producer." + key, value);
          }
        });
    settings.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("offset.storage.file.filename", directory.resolve("connect.offsets").toString());
    settings.put("offset.flush.interval.ms", "1000");
    settings.put("plugin.discovery", "hybrid_warn");
    settings.put("config.providers", "file");
    settings.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    settings.put("listeners", "http://127.0.0.1:" + EmbeddedBroker.freePort());
    return settings;
  }

  private static void write(Path file, Properties properties) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
  }
}
