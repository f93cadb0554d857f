package ai.rails.app.journey;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.postgresql.PGConnection;

import ai.rails.app.embedded.ProcessIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/// What a system holds beside its files: rows as PostgreSQL reads them, and the memory of its
/// processes.
final class Written {
  private static final String TABLES =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
       ORDER BY 1
      """;

  private Written() {}

  /// Writes every row of every table of a database to files, detoasted.
  static int tables(String database, Connection connection, Path directory)
      throws SQLException, IOException {
    Files.createDirectories(directory);
    List<String> names = new ArrayList<>();
    try (var statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
      try (var rows = statement.executeQuery(TABLES)) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
    }
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    for (String name : names) {
      try (OutputStream out = Files.newOutputStream(directory.resolve(database + "." + name))) {
        long _ =
            copy.copyOut("COPY (SELECT * FROM %s) TO STDOUT (FORMAT binary)".formatted(name), out);
      }
    }
    return names.size();
  }

  /// Dumps a process's heap, with what the collector has not yet taken.
  static void heap(ProcessHandle process, Path file) throws IOException, InterruptedException {
    Files.createDirectories(file.getParent());
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.pid()),
                "GC.heap_dump",
                "-all",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes());
    assertThat(jcmd.waitFor()).as(said).isZero();
    assertThat(file).as(said).exists();
  }

  /// The launcher's Java processes but for the workers, by name.
  static List<Child> children(Path data) throws IOException {
    try (Stream<Path> records = Files.list(data.resolve("run"))) {
      return records
          .filter(file -> file.toString().endsWith(".pid"))
          .filter(file -> !file.getFileName().toString().startsWith("worker-"))
          .flatMap(Written::child)
          .toList();
    }
  }

  private static Stream<Child> child(Path record) {
    return ProcessIdentity.read(record).flatMap(ProcessIdentity::alive).stream()
        .filter(process -> process.info().command().orElse("").endsWith("/java"))
        .map(process -> new Child(record.getFileName().toString().replace(".pid", ""), process));
  }

  /// A process beside the launcher.
  record Child(String name, ProcessHandle process) {}
}
