package ai.rails.projection.feed;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

import org.jooq.Field;
import org.jooq.JSONFormat;
import org.jooq.Table;
import org.jooq.TableField;

import ai.rails.platform.postgres.Database;
import ai.rails.projection.jooq.generated.Projection;

import static ai.rails.projection.jooq.generated.Tables.FEED_OFFSET;

/// One hash over all views: folding from zero must give the same as following live.
public final class ViewHash {
  private ViewHash() {}

  /// SHA-256 over every row of every view in key order, hex. Offsets are left out: a topic may be
  /// read again with other offsets.
  public static String of(Database database) {
    return database.inTransaction(connection -> {
      MessageDigest digest = sha256();
      List<Table<?>> tables =
          Projection.PROJECTION.getTables().stream()
              .filter(table -> !table.equals(FEED_OFFSET))
              .sorted(Comparator.comparing(Table::getName))
              .toList();
      for (Table<?> table : tables) {
        digest.update(table.getName().getBytes(StandardCharsets.UTF_8));
        Field<?>[] key =
            java.util.Objects.requireNonNull(table.getPrimaryKey())
                .getFields()
                .toArray(TableField<?, ?>[]::new);
        Folding.sql(connection)
            .selectFrom(table)
            .orderBy(key)
            .fetchSize(1_000)
            .fetchLazy()
            .forEach(row ->
                digest.update(
                    row.formatJSON(JSONFormat.DEFAULT_FOR_RECORDS)
                        .getBytes(StandardCharsets.UTF_8)));
      }
      return HexFormat.of().formatHex(digest.digest());
    });
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
