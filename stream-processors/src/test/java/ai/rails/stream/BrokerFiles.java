package ai.rails.stream;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/// What is done to the files of a broker, or of a task, that is down.
final class BrokerFiles {
  private BrokerFiles() {}

  /// Takes the end of a partition's only segment away; the broker finds the end of the last whole
  /// batch when it starts.
  static void cut(Path kafka, String partition) throws IOException {
    Files.deleteIfExists(kafka.resolve(".kafka_cleanshutdown"));
    Path log = kafka.resolve(partition).resolve("00000000000000000000.log");
    try (var file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(file.length() - 700);
    }
    try (Stream<Path> files = Files.list(kafka.resolve(partition))) {
      for (Path file : files.filter(f -> f.toString().endsWith("index")).toList()) {
        Files.delete(file);
      }
    }
  }

  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  static void delete(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Puts an older copy in the place of what is there.
  static void setBack(Path directory, Path older) throws IOException {
    delete(directory);
    copy(older, directory);
  }
}
