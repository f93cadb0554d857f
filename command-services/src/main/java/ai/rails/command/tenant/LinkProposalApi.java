package ai.rails.command.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.google.crypto.tink.subtle.Random;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.tenant.PersonCommand.DecideLink;
import ai.rails.domain.tenant.PersonCommand.ProposeLink;
import ai.rails.domain.tenant.PersonEvent;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Links of Slack identities that one administrator proposes and another one makes: whoever clicks
/// under the identity decides as the subject. In a production installation there is no other way.
public final class LinkProposalApi {
  private static final int SALT_BYTES = 16;
  private static final String COLUMNS =
      """
      SELECT proposal, external_id, subject, salt, proposed_by, state, decided_by
        FROM identity_link_proposal WHERE tenant = ?\
      """;
  private static final String INSERT =
      """
      INSERT INTO identity_link_proposal
        (tenant, proposal, external_id, subject, salt, proposed_by, state)
      VALUES (?, ?, ?, ?, ?, ?, 'OPEN')\
      """;
  private static final String CLOSE =
      """
      UPDATE identity_link_proposal SET state = ?, decided_by = ?, external_id = '', salt = ''
       WHERE tenant = ? AND proposal = ? AND state = 'OPEN'\
      """;

  private final Writes writes;
  private final Database database;

  public LinkProposalApi(Writes writes, Database database) {
    this.writes = writes;
    this.database = database;
  }

  /// `POST /v1/identity-link-proposals/{proposal}/decision`.
  public record Verdict(boolean approve) {}

  /// @param external at Slack; forgotten, with its salt, once the proposal is decided about
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(
      String proposal,
      String external,
      String subject,
      byte[] salt,
      String by,
      String state,
      Optional<String> decidedBy) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getString(1),
          row.getString(2),
          row.getString(3),
          row.getBytes(4),
          row.getString(5),
          row.getString(6),
          Optional.ofNullable(row.getString(7)));
    }

    Map<String, Object> json() {
      Map<String, Object> json =
          new TreeMap<>(
              Map.of(
                  "proposal", proposal,
                  "subject", subject,
                  "proposedBy", by,
                  "state", state));
      if (!external.isEmpty()) {
        json.put("external", external);
      }
      decidedBy.ifPresent(person -> json.put("decidedBy", person));
      return json;
    }
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/identity-link-proposals/{proposal}/decision",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::decide),
        new Route(
            "GET",
            "/access/v1/identity-link-proposals",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.AUDITOR),
            this::list));
  }

  /// Proposes a link, for whoever asked for it.
  Answer propose(Request request, String external, String subject) {
    String tenant = request.principal().tenant();
    String by = request.principal().subject();
    String id = writes.newId();
    byte[] salt = Random.randBytes(SALT_BYTES);
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ = Sql.execute(c, INSERT, tenant, id, external, subject, salt, by);
            });
    return writes.give(
        context,
        Draft.accepted(
            "/access/v1/identity-link-proposals",
            Map.of("proposal", id, "external", external, "subject", subject, "state", "OPEN")),
        PersonEntity.TYPE,
        new ProposeLink(
            tenant, subject, id, PersonEvent.Provider.SLACK, PeopleApi.digest(salt, external), by));
  }

  private Answer decide(Request request) {
    String tenant = request.principal().tenant();
    String id = Limits.requireId("proposal", request.path("proposal"));
    String by = request.principal().subject();
    boolean approve = request.json(Verdict.class).approve();
    Row row =
        database
            .<Optional<Row>>inTenant(
                tenant, c -> Sql.one(c, COLUMNS + " AND proposal = ?", Row::of, tenant, id))
            .orElseThrow(() -> Problem.notFound("proposal " + id));
    Optional<String> before =
        database.inTenant(tenant, c -> PeopleApi.linked(c, tenant, row.external()));
    String state = approve ? "ACCEPTED" : "REJECTED";
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              if (Sql.execute(c, CLOSE, state, by, tenant, id) != 1) {
                throw new Problem(409, "PROPOSAL_DECIDED", "the proposal has been decided about");
              }
              if (approve) {
                PeopleApi.replace(c, tenant, row.external(), row.subject(), row.salt(), before);
              }
            });
    return writes.once(
        request,
        context,
        Draft.ok(Map.of("proposal", id, "subject", row.subject(), "state", state)),
        PersonEntity.TYPE,
        new DecideLink(tenant, row.subject(), id, approve, before, by));
  }

  private Answer list(Request request) {
    String tenant = request.principal().tenant();
    List<Map<String, Object>> items =
        database.inTenant(
            tenant,
            c ->
                Sql.all(
                    c,
                    COLUMNS + " ORDER BY created_at DESC LIMIT 200",
                    row -> Row.of(row).json(),
                    tenant));
    return Answer.ok(Map.of("items", items));
  }
}
