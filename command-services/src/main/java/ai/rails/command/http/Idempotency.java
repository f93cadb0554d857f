package ai.rails.command.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Gives the same answer to the same request: `Idempotency-Key`.
///
/// The answer is stored in the command's own transaction, so that there is never one without the
/// other. The position is not stored, since it is known only as the transaction ends: a replay
/// shows the workspace's position of that moment, which is at least the command's. Refusals are not
/// stored; asking again asks the rules again.
public final class Idempotency {
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");
  private static final String HEADER = "Idempotency-Key";
  private static final String WORKSPACE = "workspace";
  private static final String LOCATION = "Location";

  private final Database database;

  public Idempotency(Database database) {
    this.database = database;
  }

  /// Gives a command once, however often it is asked for.
  ///
  /// @param tenant whose transaction takes the part
  /// @param give takes the part that stores the answer
  /// @throws Problem with 409 while the same key is in progress, or if it was used for something
  ///   else
  Answer once(
      Request request,
      String tenant,
      String workspace,
      Draft draft,
      Function<TransactionPart, Receipt> give) {
    Optional<String> key = request.header(HEADER);
    if (key.isEmpty()) {
      return draft.answer(give.apply(_ -> {}).position());
    }
    if (!KEY.matcher(key.get()).matches()) {
      throw Problem.malformed(HEADER + " must be 1 to 128 printable ASCII characters");
    }
    Slot slot = Slot.of(request, key.get());
    Optional<Answer> before = replay(slot);
    if (before.isPresent()) {
      return before.get();
    }
    try {
      Receipt receipt =
          give.apply(home -> {
            int _ =
                Database.visit(
                    home, slot.principal().tenant(), tenant, c -> store(c, slot, workspace, draft));
          });
      return draft.answer(receipt.position());
    } catch (Taken _) {
      return replay(slot).orElseThrow(Idempotency::inProgress);
    }
  }

  /// Does something that takes several transactions. Its key is taken before the first of them, so
  /// that another request under it is refused before anything is done; the answer is stored after
  /// the last. If that never came, the same request does the rest: each part is harmless again.
  Answer several(Request request, Supplier<Map<String, Object>> work) {
    Optional<String> key = request.header(HEADER);
    if (key.isEmpty()) {
      return Answer.ok(work.get());
    }
    if (!KEY.matcher(key.get()).matches()) {
      throw Problem.malformed(HEADER + " must be 1 to 128 printable ASCII characters");
    }
    Slot slot = Slot.of(request, key.get());
    Optional<Answer> before = replay(slot);
    if (before.isPresent()) {
      return before.get();
    }
    String tenant = slot.principal().tenant();
    if (database.<Integer>inTenant(tenant, c -> take(c, slot)) == 0) {
      throw inProgress();
    }
    Map<String, Object> answer = work.get();
    int _ = database.<Integer>inTenant(tenant, c -> keep(c, slot, answer));
    return Answer.ok(answer);
  }

  /// A place that nobody filled for a minute is taken over.
  private static int take(Connection connection, Slot slot) throws SQLException {
    return Sql.execute(
        connection,
        """
        INSERT INTO idempotency AS i
          (tenant, principal, route, key, fingerprint, status, headers, body)
        VALUES (?, ?, ?, ?, ?, 0, '{}', '{}') ON CONFLICT (tenant, principal, route, key)
        DO UPDATE SET created_at = clock_timestamp()
         WHERE i.status = 0 AND i.created_at < clock_timestamp() - interval '1 minute'\
        """,
        slot.principal().tenant(),
        slot.principal().subject(),
        slot.route(),
        slot.key(),
        slot.fingerprint());
  }

  private static int keep(Connection connection, Slot slot, Map<String, Object> answer)
      throws SQLException {
    return Sql.execute(
        connection,
        """
        UPDATE idempotency SET status = 200, body = ?
         WHERE tenant = ? AND principal = ? AND route = ? AND key = ? AND status = 0\
        """,
        Json.write(answer),
        slot.principal().tenant(),
        slot.principal().subject(),
        slot.route(),
        slot.key());
  }

  /// Forgets answers older than `age`; run it now and then.
  public int forget(Duration age) {
    return database.acrossTenants(
        Errand.SWEEP,
        connection ->
            Sql.execute(
                connection,
                "DELETE FROM idempotency WHERE created_at < clock_timestamp() - ?::interval",
                age.toSeconds() + " s"));
  }

  private Optional<Answer> replay(Slot slot) {
    Optional<Stored> stored =
        database.inTenant(slot.principal().tenant(), connection -> find(connection, slot));
    stored.ifPresent(row -> {
      if (!MessageDigest.isEqual(row.fingerprint(), slot.fingerprint())) {
        throw new Problem(
            409,
            "IDEMPOTENCY_KEY_REUSED",
            "this Idempotency-Key was used for another request; take a new one");
      }
    });
    return stored.filter(row -> row.status() != 0).map(Stored::answer);
  }

  private static int store(Connection connection, Slot slot, String workspace, Draft draft)
      throws SQLException {
    boolean alone =
        Sql.one(
                connection,
                "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))",
                row -> row.getBoolean(1),
                slot.text())
            .orElseThrow();
    if (!alone) {
      throw inProgress();
    }
    Map<String, String> headers =
        draft
            .location()
            .map(place -> Map.of(WORKSPACE, workspace, LOCATION, place))
            .orElse(Map.of(WORKSPACE, workspace));
    int inserted =
        Sql.execute(
            connection,
            """
            INSERT INTO idempotency
              (tenant, principal, route, key, fingerprint, status, headers, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
            """,
            slot.principal().tenant(),
            slot.principal().subject(),
            slot.route(),
            slot.key(),
            slot.fingerprint(),
            draft.status(),
            new String(Json.write(headers), StandardCharsets.UTF_8),
            Json.write(draft.body()));
    if (inserted == 0) {
      throw new Taken();
    }
    return inserted;
  }

  private static Optional<Stored> find(Connection connection, Slot slot) throws SQLException {
    return Sql.one(
        connection,
        """
        SELECT i.fingerprint, i.status, i.headers, i.body, coalesce(w.position, 0)
          FROM idempotency i LEFT JOIN workspace_head w
            ON w.tenant = i.tenant AND w.workspace = i.headers::json ->> 'workspace'
         WHERE i.tenant = ? AND i.principal = ? AND i.route = ? AND i.key = ?\
        """,
        row ->
            new Stored(
                row.getBytes(1), row.getInt(2), row.getString(3), row.getBytes(4), row.getLong(5)),
        slot.principal().tenant(),
        slot.principal().subject(),
        slot.route(),
        slot.key());
  }

  private static Problem inProgress() {
    return new Problem(
            409,
            "IDEMPOTENCY_IN_PROGRESS",
            "a request with this Idempotency-Key is being worked on; try again")
        .with("Retry-After", "1");
  }

  /// What a key belongs to.
  @SuppressWarnings("ArrayRecordComponent")
  private record Slot(Principal principal, String route, String key, byte[] fingerprint) {
    static Slot of(Request request, String key) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(request.target().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(request.body());
        return new Slot(request.principal(), request.route().name(), key, digest.digest());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("no SHA-256", e);
      }
    }

    String text() {
      return String.join("\n", principal.tenant(), principal.subject(), route, key);
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Stored(byte[] fingerprint, int status, String headers, byte[] body, long head) {
    Answer answer() {
      JsonNode saved = Json.tree(headers.getBytes(StandardCharsets.UTF_8));
      if (!(Json.tree(body) instanceof ObjectNode full)) {
        throw new IllegalStateException("a stored answer is always an object");
      }
      if (saved.has(WORKSPACE)) {
        full.put("position", head);
      }
      Answer answer = Answer.json(status, full).header("Idempotent-Replayed", "true");
      return saved.has(LOCATION) ? answer.header(LOCATION, saved.path(LOCATION).asText()) : answer;
    }
  }

  /// Another request with the same key has just committed.
  private static final class Taken extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
