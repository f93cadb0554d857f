package ai.rails.command.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.command.TransactionPart;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.opa.HighWater;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Policy data and sequence numbers in `policy_bundle` and `policy_high_water`.
///
/// What was signed and what was seen in a decision are different numbers: between signing and OPA's
/// next poll the older bundle is still right. The first stands under `issued:<bundle>`.
public final class PostgresBundleStore implements BundleStore {
  private static final String ISSUED = "issued:";

  private final Database database;

  public PostgresBundleStore(Database database) {
    this.database = database;
  }

  @Override
  public List<TenantData> tenants() {
    String sql =
        "SELECT tenant, data, version FROM policy_bundle WHERE tenant IS NOT NULL ORDER BY tenant";
    return with(connection -> {
      List<TenantData> found = new ArrayList<>();
      try (PreparedStatement select = connection.prepareStatement(sql);
          ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(new TenantData(rows.getString(1), rows.getBytes(2), rows.getString(3)));
        }
      }
      return found;
    });
  }

  @Override
  public TransactionPart saving(TenantData data, String contentSha256) {
    String sql =
        """
        INSERT INTO policy_bundle (bundle, tenant, content_sha256, data, version)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (bundle) DO UPDATE
          SET content_sha256 = excluded.content_sha256, data = excluded.data,
              version = excluded.version
        """;
    return connection -> {
      Sql.execute(
          connection,
          sql,
          Bundles.ofTenant(data.tenant()),
          data.tenant(),
          contentSha256,
          data.json(),
          data.version());
      keep(connection, BundleContent.tenant(data.tenant(), data.json()));
    };
  }

  @Override
  public void keep(BundleContent content) {
    Database.Work<Integer> work = connection -> keep(connection, content);
    int _ =
        content
            .tenantId()
            .map(tenant -> database.inTenant(tenant, work))
            .orElseGet(() -> with(work));
  }

  private static int keep(Connection connection, BundleContent content) throws SQLException {
    Map<String, Object> files = new TreeMap<>();
    content
        .files()
        .forEach((path, bytes) -> files.put(path, Base64.getEncoder().encodeToString(bytes)));
    return Sql.execute(
        connection,
        """
        INSERT INTO policy_content (bundle, content_sha256, tenant, files) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING\
        """,
        content.name(),
        content.sha256(),
        content.tenantId(),
        CanonicalJson.bytes(files));
  }

  @Override
  public Optional<SortedMap<String, byte[]>> kept(String bundle, String digest) {
    return with(connection ->
        Sql.one(
            connection,
            """
            SELECT files FROM policy_content
             WHERE bundle = ? AND left(content_sha256, length(?)) = ?\
            """,
            row -> files(row.getBytes(1)),
            bundle,
            digest,
            digest));
  }

  private static SortedMap<String, byte[]> files(byte[] json) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try {
      StrictJson.read(json)
          .propertyStream()
          .forEach(file ->
              files.put(file.getKey(), Base64.getDecoder().decode(file.getValue().asText())));
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("a kept policy content is no JSON", e);
    }
  }

  @Override
  public long nextSeq(String bundle) {
    String sql =
        """
        INSERT INTO policy_high_water (bundle, seq) VALUES (?, 1)
        ON CONFLICT (bundle) DO UPDATE SET seq = policy_high_water.seq + 1
        RETURNING seq
        """;
    return with(connection -> {
      try (PreparedStatement next = connection.prepareStatement(sql)) {
        next.setString(1, ISSUED + bundle);
        return onlyNumber(next);
      }
    });
  }

  /// The marks of what decisions showed; each bundle is read once and written when it rises.
  public HighWater highWater() {
    return new PostgresHighWater(this);
  }

  long seen(String bundle) {
    String sql = "SELECT coalesce(max(seq), 0) FROM policy_high_water WHERE bundle = ?";
    return with(connection -> {
      try (PreparedStatement select = connection.prepareStatement(sql)) {
        select.setString(1, bundle);
        return onlyNumber(select);
      }
    });
  }

  void see(String bundle, long seq) {
    String sql =
        """
        INSERT INTO policy_high_water (bundle, seq) VALUES (?, ?)
        ON CONFLICT (bundle) DO UPDATE SET seq = greatest(policy_high_water.seq, excluded.seq)
        """;
    with(connection -> {
      try (PreparedStatement raise = connection.prepareStatement(sql)) {
        raise.setString(1, bundle);
        raise.setLong(2, seq);
        return raise.executeUpdate();
      }
    });
  }

  private static long onlyNumber(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private <T> T with(Database.Work<T> work) {
    return database.acrossTenants(Errand.BUNDLES, work);
  }
}
