package ai.rails.command.gate;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.platform.postgres.Sql;

/// Passkeys and challenges as they are stored.
final class PasskeyRows {
  static final Duration CHALLENGE_LIFE = Duration.ofMinutes(5);

  private static final int MAX_CHALLENGES = 32;
  private static final String COLUMNS =
      """
      SELECT passkey, subject, label, credential, public_key, attested, sign_count, device_bound,
             state, created_at, last_used_at
        FROM passkey WHERE tenant = ?\
      """;

  private PasskeyRows() {}

  /// A passkey.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Passkey(
      String passkey,
      String subject,
      String label,
      byte[] credential,
      byte[] publicKey,
      byte[] attested,
      long signCount,
      boolean deviceBound,
      boolean active,
      long createdAt,
      Optional<Long> lastUsedAt) {
    static Passkey of(ResultSet row) throws SQLException {
      return new Passkey(
          row.getString(1),
          row.getString(2),
          row.getString(3),
          row.getBytes(4),
          row.getBytes(5),
          row.getBytes(6),
          row.getLong(7),
          row.getBoolean(8),
          row.getString(9).equals("ACTIVE"),
          row.getTimestamp(10).toInstant().toEpochMilli(),
          Optional.ofNullable(row.getTimestamp(11)).map(at -> at.toInstant().toEpochMilli()));
    }
  }

  /// A challenge that somebody was given and has not used up.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Challenge(byte[] nonce, List<String> digests) {
    Challenge {
      digests = List.copyOf(digests);
    }
  }

  static List<Passkey> all(Connection c, String tenant) throws SQLException {
    return Sql.all(c, COLUMNS + " ORDER BY created_at LIMIT 2000", Passkey::of, tenant);
  }

  static List<Passkey> of(Connection c, String tenant, String subject) throws SQLException {
    return Sql.all(
        c, COLUMNS + " AND subject = ? ORDER BY created_at", Passkey::of, tenant, subject);
  }

  static Optional<Passkey> find(Connection c, String tenant, String passkey) throws SQLException {
    return Sql.one(c, COLUMNS + " AND passkey = ?", Passkey::of, tenant, passkey);
  }

  static void insert(
      Connection c,
      String tenant,
      String passkey,
      String subject,
      String label,
      Ceremonies.Registered registered,
      boolean active)
      throws SQLException {
    int rows =
        Sql.execute(
            c,
            """
            INSERT INTO passkey (tenant, passkey, subject, label, credential, public_key, attested,
                                 sign_count, device_bound, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
            """,
            tenant,
            passkey,
            subject,
            label,
            registered.credential(),
            registered.publicKey(),
            registered.attested(),
            registered.signCount(),
            registered.deviceBound(),
            active ? "ACTIVE" : "PENDING");
    if (rows == 0) {
      throw new Refused(Code.ALREADY_EXISTS, "this passkey is registered");
    }
  }

  static void activate(Connection c, String tenant, String passkey) throws SQLException {
    Sql.execute(
        c, "UPDATE passkey SET state = 'ACTIVE' WHERE tenant = ? AND passkey = ?", tenant, passkey);
  }

  static void delete(Connection c, String tenant, String passkey) throws SQLException {
    Sql.execute(c, "DELETE FROM passkey WHERE tenant = ? AND passkey = ?", tenant, passkey);
  }

  /// A passkey that was removed meanwhile signs nothing, and a counter never goes back.
  static void used(Connection c, String tenant, String passkey, long signCount)
      throws SQLException {
    int rows =
        Sql.execute(
            c,
            """
            UPDATE passkey SET sign_count = greatest(sign_count, ?), last_used_at = clock_timestamp()
             WHERE tenant = ? AND passkey = ? AND state = 'ACTIVE'\
            """,
            signCount,
            tenant,
            passkey);
    if (rows != 1) {
      throw new Refused(Code.SIGNATURE_INVALID, "this passkey was removed");
    }
  }

  /// Keeps a new challenge; those that lapsed go, and nobody has very many.
  static void challenge(
      Connection c, String tenant, String id, String subject, byte[] nonce, List<String> digests)
      throws SQLException {
    Sql.execute(
        c,
        """
        DELETE FROM passkey_challenge
         WHERE tenant = ? AND subject = ? AND expires_at < clock_timestamp()\
        """,
        tenant,
        subject);
    int rows =
        Sql.execute(
            c,
            """
            INSERT INTO passkey_challenge (tenant, challenge, subject, nonce, digests, expires_at)
            SELECT ?, ?, ?, ?, ?, clock_timestamp() + ? * interval '1 second'
             WHERE (SELECT count(*) FROM passkey_challenge WHERE tenant = ? AND subject = ?) < ?\
            """,
            tenant,
            id,
            subject,
            nonce,
            digests.toArray(String[]::new),
            CHALLENGE_LIFE.toSeconds(),
            tenant,
            subject,
            MAX_CHALLENGES);
    if (rows == 0) {
      throw new Refused(
          Code.TOO_MANY, "%s challenges are open; wait five minutes".formatted(MAX_CHALLENGES));
    }
  }

  static Optional<Challenge> challenge(Connection c, String tenant, String id, String subject)
      throws SQLException {
    return Sql.one(
        c,
        """
        SELECT nonce, digests FROM passkey_challenge
         WHERE tenant = ? AND challenge = ? AND subject = ? AND expires_at > clock_timestamp()\
        """,
        row -> new Challenge(row.getBytes(1), words(row.getArray(2))),
        tenant,
        id,
        subject);
  }

  private static List<String> words(Array array) throws SQLException {
    return array.getArray() instanceof String[] words ? List.of(words) : List.of();
  }

  /// Uses a challenge for one call; it is never used for it again.
  static void use(Connection c, String tenant, String id, String digest) throws SQLException {
    int rows =
        Sql.execute(
            c,
            """
            UPDATE passkey_challenge SET used = array_append(used, ?)
             WHERE tenant = ? AND challenge = ? AND ? = ANY (digests) AND NOT ? = ANY (used)
               AND expires_at > clock_timestamp()\
            """,
            digest,
            tenant,
            id,
            digest,
            digest);
    if (rows != 1) {
      throw new Refused(
          Code.SIGNATURE_INVALID, "this challenge was used or has lapsed; ask for another one");
    }
  }

  /// Uses a challenge that registers a passkey.
  static void use(Connection c, String tenant, String id) throws SQLException {
    int rows =
        Sql.execute(
            c,
            """
            DELETE FROM passkey_challenge
             WHERE tenant = ? AND challenge = ? AND expires_at > clock_timestamp()\
            """,
            tenant,
            id);
    if (rows != 1) {
      throw new Refused(
          Code.SIGNATURE_INVALID, "this challenge was used or has lapsed; ask for another one");
    }
  }
}
