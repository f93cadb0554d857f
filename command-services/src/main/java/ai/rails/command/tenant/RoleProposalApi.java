package ai.rails.command.tenant;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.tenant.PersonCommand.DecideRoles;
import ai.rails.domain.tenant.PersonCommand.ProposeRoles;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Roles that one administrator proposes and another one gives. In a production installation there
/// is no other way to roles.
public final class RoleProposalApi {
  private static final String INSERT =
      """
      INSERT INTO role_proposal (tenant, proposal, subject, roles, proposed_by, state)
      VALUES (?, ?, ?, ?, ?, 'OPEN')\
      """;
  private static final String COLUMNS =
      "SELECT proposal, subject, roles, proposed_by, state, decided_by FROM role_proposal"
          + " WHERE tenant = ?";
  private static final String CLOSE =
      """
      UPDATE role_proposal SET state = ?, decided_by = ?
       WHERE tenant = ? AND proposal = ? AND state = 'OPEN'\
      """;

  private final Writes writes;
  private final Database database;
  private final TenantChanged changed;

  public RoleProposalApi(Writes writes, Database database, TenantChanged changed) {
    this.writes = writes;
    this.database = database;
    this.changed = changed;
  }

  /// `POST /v1/role-proposals`.
  ///
  /// @param roles that the subject is to have, and no others
  public record NewProposal(String subject, List<String> roles) {}

  /// `POST /v1/role-proposals/{proposal}/decision`.
  public record Verdict(boolean approve) {}

  private record Row(
      String proposal,
      String subject,
      List<String> roles,
      String by,
      String state,
      String decidedBy) {
    static Row of(ResultSet row) throws SQLException {
      String decidedBy = row.getString(6);
      return new Row(
          row.getString(1),
          row.getString(2),
          words(row.getArray(3)),
          row.getString(4),
          row.getString(5),
          decidedBy == null ? "" : decidedBy);
    }

    private static List<String> words(Array array) throws SQLException {
      return array.getArray() instanceof String[] words ? Arrays.asList(words) : List.of();
    }

    Map<String, Object> json() {
      Map<String, Object> json =
          new TreeMap<>(
              Map.of(
                  "proposal", proposal,
                  "subject", subject,
                  "roles", roles,
                  "proposedBy", by,
                  "state", state));
      if (!decidedBy.isEmpty()) {
        json.put("decidedBy", decidedBy);
      }
      return json;
    }
  }

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    return List.of(
        new Route("POST", "/v1/role-proposals", Label.STRONG, admins, this::submit),
        new Route(
            "POST", "/v1/role-proposals/{proposal}/decision", Label.STRONG, admins, this::decide),
        new Route(
            "GET",
            "/access/v1/role-proposals",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.AUDITOR),
            this::list));
  }

  private Answer submit(Request request) {
    NewProposal asked = request.json(NewProposal.class);
    return propose(request, Limits.requireId("subject", asked.subject()), asked.roles());
  }

  /// Proposes roles, for whoever asked for them.
  Answer propose(Request request, String subject, List<String> asked) {
    String tenant = request.principal().tenant();
    String by = request.principal().subject();
    String id = writes.newId();
    List<String> roles = List.copyOf(new TreeSet<>(asked));
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ = Sql.execute(c, INSERT, tenant, id, subject, roles.toArray(String[]::new), by);
            });
    return writes.once(
        request,
        context,
        Draft.accepted(
            "/access/v1/role-proposals",
            Map.of("proposal", id, "subject", subject, "roles", roles, "state", "OPEN")),
        PersonEntity.TYPE,
        new ProposeRoles(tenant, subject, id, roles, by));
  }

  private Answer decide(Request request) {
    String tenant = request.principal().tenant();
    String id = Limits.requireId("proposal", request.path("proposal"));
    String by = request.principal().subject();
    boolean approve = request.json(Verdict.class).approve();
    Row row =
        database
            .inTenant(tenant, c -> Sql.one(c, COLUMNS + " AND proposal = ?", Row::of, tenant, id))
            .orElseThrow(() -> Problem.notFound("proposal " + id));
    String state = approve ? "ACCEPTED" : "REJECTED";
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              if (Sql.execute(c, CLOSE, state, by, tenant, id) != 1) {
                throw new Problem(409, "PROPOSAL_DECIDED", "the proposal has been decided about");
              }
              if (approve) {
                PeopleApi.store(c, tenant, row.subject(), new TreeSet<>(row.roles()));
              }
            });
    Answer answer =
        writes.once(
            request,
            context,
            Draft.ok(Map.of("proposal", id, "subject", row.subject(), "state", state)),
            PersonEntity.TYPE,
            new DecideRoles(tenant, row.subject(), id, approve, by));
    changed.changed(context);
    return answer;
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
