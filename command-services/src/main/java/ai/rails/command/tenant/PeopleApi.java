package ai.rails.command.tenant;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import com.google.crypto.tink.subtle.Random;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.tenant.PersonCommand.LinkIdentity;
import ai.rails.domain.tenant.PersonCommand.SetRoles;
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

/// Which roles a subject has, and who it is in Slack. Subjects are opaque; names are not kept here,
/// and an identity at Slack is in no event.
public final class PeopleApi {
  private static final Pattern SLACK_USER =
      Pattern.compile("[A-Z][A-Z0-9]{1,20}\\.[A-Z][A-Z0-9]{1,20}");
  private static final int SALT_BYTES = 16;
  private static final String KNOWN =
      """
      SELECT subject, salt FROM identity_link
       WHERE tenant = ? AND provider = 'slack' AND external_id = ?\
      """;
  private static final String ROLES_AND_GROUPS =
      """
      SELECT role FROM principal_role WHERE tenant = ? AND subject = ?
      UNION
      SELECT name FROM policy_bundle,
             jsonb_each(convert_from(data, 'UTF8')::jsonb -> 'groups') AS named(name, members)
       WHERE tenant = ? AND jsonb_exists(members, ?)\
      """;
  private static final String LINK =
      """
      INSERT INTO identity_link (tenant, provider, external_id, subject, salt)
      VALUES (?, 'slack', ?, ?, ?)
      ON CONFLICT (tenant, provider, external_id)
      DO UPDATE SET subject = excluded.subject, salt = excluded.salt
       WHERE identity_link.subject = ? AND coalesce(identity_link.salt, excluded.salt) = excluded.salt\
      """;

  private final Writes writes;
  private final Database database;
  private final TenantChanged changed;
  private final Optional<RoleProposalApi> proposals;
  private final Optional<LinkProposalApi> links;

  /// @param proposals where roles are given by two administrators; empty where one is enough
  /// @param links the same for identities elsewhere
  public PeopleApi(
      Writes writes,
      Database database,
      TenantChanged changed,
      Optional<RoleProposalApi> proposals,
      Optional<LinkProposalApi> links) {
    this.writes = writes;
    this.database = database;
    this.changed = changed;
    this.proposals = proposals;
    this.links = links;
  }

  /// `PUT /v1/workspaces/{ws}/roles/{subject}`: the roles that the subject has from now on, or once
  /// another administrator agrees.
  public record Roles(List<String> roles) {}

  /// `PUT /v1/identity-links/slack/{external}`.
  public record Link(String subject) {}

  /// A link as it is stored.
  @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
  private record Known(String subject, Optional<byte[]> salt) {}

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    return List.of(
        new Route("PUT", "/v1/workspaces/{ws}/roles/{subject}", Label.STRONG, admins, this::roles),
        new Route("PUT", "/v1/identity-links/slack/{external}", Label.STRONG, admins, this::link));
  }

  /// The roles of a subject in a tenant, and the groups of approvers that policy names it in.
  public static Set<String> rolesOf(Connection connection, String tenant, String subject)
      throws SQLException {
    return new TreeSet<>(
        Sql.all(
            connection,
            ROLES_AND_GROUPS,
            row -> row.getString(1),
            tenant,
            subject,
            tenant,
            subject));
  }

  private Answer roles(Request request) {
    String tenant = request.principal().tenant();
    String subject = Limits.requireId("subject", request.path("subject"));
    Set<String> roles = new TreeSet<>(request.json(Roles.class).roles());
    if (proposals.isPresent()) {
      return proposals.get().propose(request, subject, List.copyOf(roles));
    }
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(connection -> {
              Workspaces.position(connection, tenant, request.path("ws"));
              store(connection, tenant, subject, roles);
            });
    Answer answer =
        writes.give(
            context,
            Draft.ok(Map.of("subject", subject, "roles", roles)),
            PersonEntity.TYPE,
            new SetRoles(tenant, subject, List.copyOf(roles), request.principal().subject()));
    changed.changed(context);
    return answer;
  }

  static void store(Connection connection, String tenant, String subject, Set<String> roles)
      throws SQLException {
    Sql.execute(
        connection, "DELETE FROM principal_role WHERE tenant = ? AND subject = ?", tenant, subject);
    for (String role : roles) {
      Sql.execute(
          connection,
          "INSERT INTO principal_role (tenant, subject, role) VALUES (?, ?, ?)",
          tenant,
          subject,
          role);
    }
  }

  private Answer link(Request request) {
    String tenant = request.principal().tenant();
    String external = request.path("external");
    if (!SLACK_USER.matcher(external).matches()) {
      throw Problem.invalid("a Slack identity is <team id>.<user id>, for example T012AB3.U045CD6");
    }
    String subject = Limits.requireId("subject", request.json(Link.class).subject());
    if (links.isPresent()) {
      return links.get().propose(request, external, subject);
    }
    Optional<Known> known = known(tenant, external);
    byte[] salt = known.flatMap(Known::salt).orElseGet(() -> Random.randBytes(SALT_BYTES));
    Optional<String> before = known.map(Known::subject);
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(connection -> link(connection, tenant, external, subject, salt, before));
    String digest = digest(salt, external);
    return writes.give(
        context,
        Draft.ok(Map.of("external", external, "subject", subject)),
        PersonEntity.TYPE,
        new LinkIdentity(tenant, subject, PersonEvent.Provider.SLACK, digest, before));
  }

  static String digest(byte[] salt, String external) {
    byte[] text = external.getBytes(StandardCharsets.UTF_8);
    return Digests.hex(ByteBuffer.allocate(salt.length + text.length).put(salt).put(text).array());
  }

  private Optional<Known> known(String tenant, String external) {
    return database.inTenant(
        tenant,
        connection ->
            Sql.one(
                connection,
                KNOWN,
                row -> new Known(row.getString(1), Optional.ofNullable(row.getBytes(2))),
                tenant,
                external));
  }

  /// The event says whose the identity was: somebody else's link in the meantime ends this one.
  private static void link(
      Connection connection,
      String tenant,
      String external,
      String subject,
      byte[] salt,
      Optional<String> before)
      throws SQLException {
    int rows = Sql.execute(connection, LINK, tenant, external, subject, salt, before.orElse(""));
    if (rows == 0) {
      throw new Problem(409, "LINKED_AT_ONCE", "the identity is being linked; ask again");
    }
  }

  /// Whose an identity is now.
  static Optional<String> linked(Connection connection, String tenant, String external)
      throws SQLException {
    return Sql.one(
        connection,
        """
        SELECT subject FROM identity_link
         WHERE tenant = ? AND provider = 'slack' AND external_id = ?\
        """,
        row -> row.getString(1),
        tenant,
        external);
  }

  /// Makes a link with a salt of its own, unless somebody linked the identity in the meantime.
  static void replace(
      Connection connection,
      String tenant,
      String external,
      String subject,
      byte[] salt,
      Optional<String> before)
      throws SQLException {
    int rows =
        Sql.execute(
            connection,
            """
            INSERT INTO identity_link (tenant, provider, external_id, subject, salt)
            VALUES (?, 'slack', ?, ?, ?)
            ON CONFLICT (tenant, provider, external_id)
            DO UPDATE SET subject = excluded.subject, salt = excluded.salt
             WHERE identity_link.subject = ?\
            """,
            tenant,
            external,
            subject,
            salt,
            before.orElse(""));
    if (rows == 0) {
      throw new Problem(409, "LINKED_AT_ONCE", "the identity is being linked; ask again");
    }
  }
}
