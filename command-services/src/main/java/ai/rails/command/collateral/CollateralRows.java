package ai.rails.command.collateral;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Tee;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Collateral in the store. Thread-safe.
public final class CollateralRows implements CollateralStore {
  private static final int INTELS = 6;
  private static final String FIND =
      """
      SELECT evaluation, fetched_at, parts FROM collateral_set
       WHERE fmspc = ? AND ca = ? AND set_kind = ?
      """;
  private static final String KEEP =
      """
      INSERT INTO collateral_set (fmspc, ca, set_kind, evaluation, fetched_at, parts)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (fmspc, ca, set_kind)
      DO UPDATE SET evaluation = excluded.evaluation, fetched_at = excluded.fetched_at,
                    parts = excluded.parts
       WHERE collateral_set.evaluation <= excluded.evaluation
      """;

  private final Database database;

  public CollateralRows(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Kept> find(Place place) {
    return database.acrossTenants(
        Errand.WORKERS,
        c ->
            Sql.one(
                c,
                FIND,
                row ->
                    new Kept(
                        collateral(row.getArray(3)),
                        row.getTimestamp(2).toInstant(),
                        row.getInt(1)),
                place.fmspc(),
                place.ca(),
                place.set()));
  }

  @Override
  public boolean keep(Place place, Kept kept) {
    return database.acrossTenants(
        Errand.WORKERS,
        c ->
            Sql.execute(
                    c,
                    KEEP,
                    place.fmspc(),
                    place.ca(),
                    place.set(),
                    kept.evaluation(),
                    Timestamp.from(kept.fetchedAt()),
                    parts(c, kept.collateral()))
                == 1);
  }

  private static Array parts(Connection c, Collateral collateral) throws SQLException {
    return c.createArrayOf(
        "bytea", collateral.parts().stream().map(Bytes::toArray).toArray(byte[][]::new));
  }

  private static Collateral collateral(Array array) throws SQLException {
    List<Bytes> parts = Arrays.stream((byte[][]) array.getArray()).map(Bytes::copyOf).toList();
    try {
      return Collateral.of(parts.size() == INTELS ? Tee.TDX : Tee.SEV_SNP, parts);
    } catch (Malformed e) {
      throw new SQLException("a set of collateral that is none", e);
    }
  }
}
