package ai.rails.app.journey;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// A canary put where content must not be, in every form, so that a search that finds none says
/// something.
final class Plants {
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
  private static final String TEXT = "in a sentence %s that somebody wrote ";

  private Plants() {}

  /// One file for each form, archives, and a segment for each codec of Kafka.
  static void files(Canary canary, Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Canary.Form form : canary.forms()) {
      Files.write(
          directory.resolve(form.name()), ("xyz" + form.bytes() + "xyz").getBytes(ISO_8859_1));
    }
    byte[] text = TEXT.formatted(canary.word()).repeat(100).getBytes(UTF_8);
    var gzip = new ByteArrayOutputStream();
    gzip.write(new byte[777]);
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(text);
    }
    gzip.write(new byte[777]);
    Files.write(directory.resolve("gzip"), gzip.toByteArray());
    try (var out = new ZipOutputStream(Files.newOutputStream(directory.resolve("deflated.zip")))) {
      out.putNextEntry(new ZipEntry("entry"));
      out.write(text);
    }
    for (String codec : CODECS) {
      Path segment = Files.createDirectories(directory.resolve("kafka-" + codec));
      try (FileRecords records =
          FileRecords.open(segment.resolve("00000000000000000000.log").toFile())) {
        int _ =
            records.append(
                MemoryRecords.withRecords(
                    Compression.of(codec).build(), new SimpleRecord(1L, text, text)));
      }
    }
  }

  /// A row that PostgreSQL stores compressed and out of line.
  static void row(Canary canary, Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE planted (content text)");
    }
    try (var statement = connection.prepareStatement("INSERT INTO planted VALUES (?)")) {
      // Compressed, the word itself comes in pieces.
      statement.setString(
          1, (canary.word().substring(0, 9) + " ").repeat(2_000) + canary.word().repeat(1_000));
      statement.executeUpdate();
    }
  }

  static void assertFound(List<Search.Hit> hits, Canary canary) {
    List<String> places = hits.stream().map(Search.Hit::where).toList();
    for (Canary.Form form : canary.forms()) {
      assertThat(places).contains("data/planted/" + form.name());
      assertThat(hits).anyMatch(hit -> hit.form().equals(form.name()));
    }
    assertThat(places)
        .contains("data/planted/gzip (gzip at 777)", "data/planted/deflated.zip!entry");
    for (String codec : CODECS) {
      assertThat(places)
          .contains("data/planted/kafka-%s/00000000000000000000.log record 0".formatted(codec));
    }
    assertThat(places).contains("tables/airails.public.planted", "heaps/launcher");
  }
}
