package ai.rails.command.privacy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import ai.rails.command.TestStore;
import ai.rails.platform.postgres.Sql;

/// Looks for bytes in every column of every table of a store.
record Everywhere(TestStore store) {
  private static final String TABLES =
      """
      SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1\
      """;

  /// Tables with a row that holds the bytes as they are, as hex or as base64.
  List<String> with(byte[] needle) {
    String hex = HexFormat.of().formatHex(needle);
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(needle);
    return store.everything(c -> {
      List<String> found = new ArrayList<>();
      for (String table : Sql.all(c, TABLES, row -> row.getString(1))) {
        if (!readable(table)) {
          continue;
        }
        String query =
            "SELECT count(*) FROM %s t WHERE strpos(t::text, ?) > 0 OR strpos(t::text, ?) > 0"
                .formatted(table);
        if (Sql.one(c, query, row -> row.getLong(1), hex, base64).orElse(0L) > 0) {
          found.add(table);
        }
      }
      return found;
    });
  }

  private static boolean readable(String table) {
    return !table.endsWith("flyway_schema_history");
  }
}
