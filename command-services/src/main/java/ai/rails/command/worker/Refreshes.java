package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.command.connector.ConnectorApi;
import ai.rails.command.connector.ConnectorInstanceEntity;
import ai.rails.command.key.SealedTo;
import ai.rails.command.run.RunPlace;
import ai.rails.command.worker.WorkerEndpoint.Reply;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreCredential;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;
import ai.rails.schema.worker.WorkerProtocol.Attempt;

/// Credentials that their vendors change with each use. Of all workers one asks a token endpoint at
/// a time, and what it is given takes the credential's place, sealed as it came. Thread-safe.
final class Refreshes {
  private static final int CREDENTIAL_BYTES_MAX = 32 << 10;
  private static final Pattern GRANT = Pattern.compile("[0-9a-f]{32}");
  private static final String GIVE =
      """
      UPDATE connector_instance
         SET refresh_before = coalesce(nullif(refresh_grant, ?), refresh_before),
             refresh_grant = ?, refresh_until = clock_timestamp() + ? * interval '1 millisecond'
       WHERE tenant = ? AND instance = ?
      """;
  private static final String GIVE_BACK =
      """
      UPDATE connector_instance SET refresh_grant = NULL, refresh_until = NULL
       WHERE tenant = ? AND instance = ? AND refresh_grant = ?
      """;
  private static final String KEEP =
      """
      UPDATE connector_instance
         SET credential = ?, refresh_grant = nullif(refresh_grant, ?), refresh_before = NULL
       WHERE tenant = ? AND instance = ? AND ? IN (refresh_grant, refresh_before)
      """;
  private static final String KEPT =
      "SELECT 1 FROM connector_instance WHERE tenant = ? AND instance = ? AND credential = ?";

  private final Desk desk;
  private final Attempts attempts;
  private final FreshTickets tickets;

  Refreshes(Desk desk, Attempts attempts, FreshTickets tickets) {
    this.desk = desk;
    this.attempts = attempts;
    this.tickets = tickets;
  }

  @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
  private record Row(String workspace, byte[] ingestPublic, byte[] credential, boolean busy) {}

  /// @throws Refused with CALL_NOT_INTENDED if the call is not on its way under this very epoch
  Reply ask(
      WorkerIdentity worker, Map<String, String> parts, AskRefresh body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/calls/{callId}/refresh");
    String callId = Limits.requireId("callId", parts.getOrDefault("callId", ""));
    requireGrant(body.grant());
    ToolActionIntended call = FreshTickets.intended(desk.load(place), a, callId);
    long millis = tickets.longest(call.connectorDigest(), call.action()).toMillis();
    return Reply.of(
        desk.database()
            .inTenant(
                worker.tenant(),
                c -> {
                  Attempts.Held _ = attempts.require(c, worker, a, Duration.ZERO);
                  return granted(c, worker.tenant(), call.instance(), body, millis);
                }));
  }

  private static Refresh granted(
      Connection c, String tenant, String instance, AskRefresh asked, long millis)
      throws SQLException {
    Row row = row(c, tenant, instance, asked.grant());
    if (!ref(row.credential()).ciphertextSha256().equals(asked.held())) {
      return new Refresh(
          "CHANGED", Optional.of(Base64.getEncoder().encodeToString(row.credential())));
    }
    if (row.busy()) {
      return new Refresh("BUSY", Optional.empty());
    }
    int _ = Sql.execute(c, GIVE, asked.grant(), asked.grant(), millis, tenant, instance);
    return new Refresh("GRANTED", Optional.empty());
  }

  /// A grant whose time is over still counts, also when one other was given meanwhile: what a
  /// vendor has given is better kept late than lost.
  ///
  /// @throws Refused with STALE_LEASE if another grant, or another credential, has overtaken it
  Reply keep(
      WorkerIdentity worker, Map<String, String> parts, Refreshed body, Optional<String> trace) {
    String instance = Limits.requireId("instance", body.instance());
    requireGrant(body.grant());
    if (body.sealed().isPresent()) {
      keep(worker, instance, body.grant(), sealed(body.sealed().get()), trace);
    } else {
      desk.database()
          .inTenant(
              worker.tenant(),
              c -> {
                desk.requireKeys(c, worker, KeyHolders.Work.BEGUN);
                return Sql.execute(c, GIVE_BACK, worker.tenant(), instance, body.grant());
              });
    }
    return Reply.nothing();
  }

  private static byte[] sealed(String base64) {
    byte[] sealed = Contents.decode("sealed", base64);
    if (sealed.length > CREDENTIAL_BYTES_MAX) {
      throw Contents.invalid("a credential has at most %d bytes".formatted(CREDENTIAL_BYTES_MAX));
    }
    return sealed;
  }

  private void keep(
      WorkerIdentity worker, String instance, String grant, byte[] sealed, Optional<String> trace) {
    String tenant = worker.tenant();
    Row row =
        desk.database()
            .inTenant(
                tenant,
                c -> {
                  desk.requireKeys(c, worker, KeyHolders.Work.BEGUN);
                  return row(c, tenant, instance, grant);
                });
    if (Arrays.equals(sealed, row.credential())) {
      return;
    }
    SealedTo.require(row.ingestPublic(), sealed, "sealed");
    desk.dispatch(
        worker,
        row.workspace(),
        trace,
        c -> {
          if (Sql.execute(c, KEEP, sealed, grant, tenant, instance, grant) == 0
              && Sql.one(c, KEPT, found -> found.getInt(1), tenant, instance, sealed).isEmpty()) {
            throw new Refused(
                Refused.Code.STALE_LEASE,
                "the credential of %s was changed by somebody else; ask again".formatted(instance));
          }
        },
        ConnectorInstanceEntity.TYPE,
        new StoreCredential(tenant, instance, ref(sealed)));
  }

  private static SealedRef ref(byte[] credential) {
    return ConnectorApi.credentialRef(credential);
  }

  /// Locked until the transaction ends.
  private static Row row(Connection c, String tenant, String instance, String grant)
      throws SQLException {
    return Sql.one(
            c,
            """
            SELECT workspace, ingest_public, credential,
                   coalesce(refresh_until > clock_timestamp() AND refresh_grant <> ?, false)
              FROM connector_instance
             WHERE tenant = ? AND instance = ? AND credential IS NOT NULL FOR UPDATE\
            """,
            row -> new Row(row.getString(1), row.getBytes(2), row.getBytes(3), row.getBoolean(4)),
            grant,
            tenant,
            instance)
        .orElseThrow(() ->
            new Refused(
                Refused.Code.NOT_FOUND, "instance %s has no credential".formatted(instance)));
  }

  private static void requireGrant(String grant) {
    if (!GRANT.matcher(grant).matches()) {
      throw Contents.invalid("grant is 32 lower-case hex digits");
    }
  }
}
