package ai.rails.projection.feed;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONFormat;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.UniqueKey;

import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.projection.jooq.generated.Projection;

import static ai.rails.projection.jooq.generated.Tables.CHECKPOINT;
import static ai.rails.projection.jooq.generated.Tables.FEED_OFFSET;

/// One hash over all views: folding from zero must give the same as following live.
public final class ViewHash {
  private static final int ROWS_AT_ONCE = 1_000;

  private ViewHash() {}

  /// SHA-256 over every row of every view in key order, hex. Offsets are left out: a topic may be
  /// read again with other offsets. So are checkpoints, which do not follow from the ledger: others
  /// sign them, later.
  public static String of(Database database) {
    return database.inSnapshot(
        Errand.REBUILD,
        connection -> {
          DSLContext sql = Folding.sql(connection);
          MessageDigest digest = sha256();
          views().forEach(view -> add(digest, sql, view));
          return HexFormat.of().formatHex(digest.digest());
        });
  }

  private static List<Table<?>> views() {
    return Projection.PROJECTION.getTables().stream()
        .filter(table -> !table.equals(FEED_OFFSET) && !table.equals(CHECKPOINT))
        .sorted(Comparator.comparing(Table::getName))
        .toList();
  }

  private static void add(MessageDigest digest, DSLContext sql, Table<?> view) {
    UniqueKey<?> key = view.getPrimaryKey();
    if (key == null) {
      throw new IllegalStateException("view %s has no key to sort it by".formatted(view));
    }
    digest.update(view.getName().getBytes(StandardCharsets.UTF_8));
    try (Cursor<? extends Record> rows =
        sql.selectFrom(view)
            .orderBy(key.getFields().toArray(Field<?>[]::new))
            .fetchSize(ROWS_AT_ONCE)
            .fetchLazy()) {
      rows.forEach(row ->
          digest.update(
              row.formatJSON(JSONFormat.DEFAULT_FOR_RECORDS).getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
