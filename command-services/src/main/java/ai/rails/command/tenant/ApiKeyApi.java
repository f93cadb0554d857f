package ai.rails.command.tenant;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.tenant.PersonCommand.IssueApiKey;
import ai.rails.domain.tenant.PersonCommand.RevokeApiKey;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Keys of programs: issuing, listing, revoking. A key is shown once, and nobody issues one to
/// himself.
public final class ApiKeyApi {
  private static final int MAX_DAYS = 90;
  private static final String LIST =
      """
      SELECT key, subject, roles, expires_at, issued_by, issued_at, revoked_at, last_used_at
        FROM api_key WHERE tenant = ? ORDER BY issued_at DESC, key LIMIT 1000\
      """;

  private final Writes writes;
  private final Database database;
  private final ApiKeys keys;
  private final InstantSource clock;

  public ApiKeyApi(Writes writes, Database database, ApiKeys keys, InstantSource clock) {
    this.writes = writes;
    this.database = database;
    this.keys = keys;
    this.clock = clock;
  }

  /// `POST /v1/api-keys`.
  ///
  /// @param roles a part of the subject's
  /// @param days until it expires, 1 to 90
  public record NewKey(String subject, List<String> roles, int days) {}

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    return List.of(
        new Route("POST", "/v1/api-keys", Label.STRONG, admins, this::issue),
        new Route("DELETE", "/v1/api-keys/{key}", Label.STRONG, admins, this::revoke),
        new Route(
            "GET",
            "/access/v1/api-keys",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.AUDITOR),
            this::list));
  }

  private Answer issue(Request request) {
    String tenant = request.principal().tenant();
    NewKey asked = request.json(NewKey.class);
    String subject = Limits.requireId("subject", asked.subject());
    if (asked.days() < 1 || asked.days() > MAX_DAYS) {
      throw Problem.invalid("days is 1 to " + MAX_DAYS);
    }
    if (subject.equals(request.principal().subject())) {
      throw new Problem(
          403, "FORBIDDEN", "nobody issues a key to himself; ask another administrator");
    }
    Instant expires =
        clock.instant().truncatedTo(ChronoUnit.SECONDS).plus(asked.days(), ChronoUnit.DAYS);
    ApiKeys.Made made = keys.make();
    List<String> roles = List.copyOf(new TreeSet<>(asked.roles()));
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> store(c, tenant, subject, made, roles, expires, request));
    Map<String, Object> body =
        Map.of(
            "key", made.id(), "subject", subject, "roles", roles, "expiresAt", expires.toString());
    Answer answer =
        writes.once(
            request,
            context,
            Draft.created("/access/v1/api-keys", body),
            PersonEntity.TYPE,
            new IssueApiKey(
                tenant, subject, made.id(), roles, expires, request.principal().subject()));
    // The stored answer has no secret, so a repeated request is told of the key and not the key.
    return shows(answer, made.id()) ? Answer.json(201, with(body, made.text())) : answer;
  }

  private static boolean shows(Answer answer, String id) {
    return answer.body() instanceof Answer.Body.Bytes(byte[] bytes)
        && new String(bytes, java.nio.charset.StandardCharsets.UTF_8).contains(id);
  }

  private static Map<String, Object> with(Map<String, Object> body, String secret) {
    Map<String, Object> full = new TreeMap<>(body);
    full.put("secret", secret);
    return full;
  }

  private static void store(
      Connection c,
      String tenant,
      String subject,
      ApiKeys.Made made,
      List<String> roles,
      Instant expires,
      Request request)
      throws SQLException {
    int _ =
        Sql.execute(
            c,
            """
            INSERT INTO api_key (key, tenant, subject, secret_hash, roles, expires_at, issued_by)
            VALUES (?, ?, ?, ?, string_to_array(?, ','), ?::timestamptz, ?)\
            """,
            made.id(),
            tenant,
            subject,
            made.hash(),
            String.join(",", roles),
            expires.toString(),
            request.principal().subject());
  }

  private Answer revoke(Request request) {
    String tenant = request.principal().tenant();
    String key = Limits.requireId("key", request.path("key"));
    String subject =
        database
            .inTenant(
                tenant,
                c ->
                    Sql.one(
                        c,
                        "SELECT subject FROM api_key WHERE tenant = ? AND key = ?",
                        row -> row.getString(1),
                        tenant,
                        key))
            .orElseThrow(() -> Problem.notFound("key " + key));
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ =
                  Sql.execute(
                      c,
                      """
                      UPDATE api_key SET revoked_at = coalesce(revoked_at, clock_timestamp())
                       WHERE tenant = ? AND key = ?\
                      """,
                      tenant,
                      key);
            });
    return writes.give(
        context,
        Draft.ok(Map.of("key", key, "subject", subject)),
        PersonEntity.TYPE,
        new RevokeApiKey(tenant, subject, key, request.principal().subject()));
  }

  private Answer list(Request request) {
    List<Map<String, Object>> items =
        database.inTenant(
            request.principal().tenant(),
            c -> Sql.all(c, LIST, ApiKeyApi::shown, request.principal().tenant()));
    return Answer.ok(Map.of("items", items));
  }

  private static Map<String, Object> shown(ResultSet row) throws SQLException {
    Map<String, Object> key = new TreeMap<>();
    key.put("key", row.getString(1));
    key.put("subject", row.getString(2));
    key.put("roles", words(row.getArray(3)));
    key.put("expiresAt", row.getTimestamp(4).toInstant().toString());
    key.put("issuedBy", row.getString(5));
    key.put("issuedAt", row.getTimestamp(6).toInstant().toString());
    Optional.ofNullable(row.getTimestamp(7))
        .ifPresent(at -> key.put("revokedAt", at.toInstant().toString()));
    Optional.ofNullable(row.getTimestamp(8))
        .ifPresent(at -> key.put("lastUsedAt", at.toInstant().toString()));
    return key;
  }

  private static List<String> words(Array array) throws SQLException {
    return array.getArray() instanceof String[] words ? Arrays.asList(words) : new ArrayList<>();
  }
}
