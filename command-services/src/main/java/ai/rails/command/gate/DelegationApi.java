package ai.rails.command.gate;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import ai.rails.command.CommandContext;
import ai.rails.command.TransactionPart;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.tenant.PeopleApi;
import ai.rails.command.tenant.PersonEntity;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.gate.Say;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.tenant.PersonCommand.Delegate;
import ai.rails.domain.tenant.PersonCommand.RevokeDelegation;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Handing one's say about gates to another person, and taking it back.
///
/// Only one's own say is handed on, and only once: who got it can not pass it further. So there are
/// no chains, and two who would stand in for each other are refused.
public final class DelegationApi {
  private static final String APPROVER = "approver";
  private static final String AUDITOR = "auditor";
  private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 19))";
  private static final String MUTUAL =
      """
      SELECT 1 FROM approval_delegation
       WHERE tenant = ? AND delegator = ? AND delegate = ? AND revoked_at IS NULL
         AND begins_at < ?::timestamptz AND ends_at > ?::timestamptz LIMIT 1\
      """;
  private static final String STANDING =
      """
      SELECT delegator FROM approval_delegation
       WHERE tenant = ? AND delegation = ? AND delegate = ? AND revoked_at IS NULL
         AND begins_at <= clock_timestamp() AND ends_at > clock_timestamp()
         AND (run IS NULL OR (run = ? AND gate = ?)) FOR SHARE\
      """;
  private static final String LIST =
      """
      SELECT delegation, delegator, delegate, run, gate, begins_at, ends_at
        FROM approval_delegation
       WHERE tenant = ? AND revoked_at IS NULL AND ends_at > clock_timestamp()
         AND (? OR delegator = ? OR delegate = ?)
       ORDER BY ends_at LIMIT 1000\
      """;

  private final Writes writes;
  private final Gates gates;
  private final Database database;
  private final InstantSource clock;

  DelegationApi(Writes writes, Gates gates, Database database, InstantSource clock) {
    this.writes = writes;
    this.gates = gates;
    this.database = database;
    this.clock = clock;
  }

  /// `POST /v1/delegations`.
  ///
  /// @param run with `gate`: about this gate only
  /// @param from milliseconds; now if absent
  /// @param until milliseconds
  public record NewDelegation(
      String to, Optional<String> run, Optional<String> gate, Optional<Long> from, long until) {}

  List<Route> routes() {
    return List.of(
        new Route(
            "POST", "/v1/delegations", Label.STRONG, Access.roles(Role.APPROVER), this::delegate),
        new Route(
            "DELETE",
            "/v1/delegations/{delegation}",
            Label.STRONG,
            Access.roles(Role.APPROVER, Role.ADMIN),
            this::revoke),
        new Route("GET", "/access/v1/delegations", Label.STRONG, Access.anyRole(), this::list));
  }

  private Answer delegate(Request request) {
    Principal person = request.principal();
    NewDelegation asked = request.json(NewDelegation.class);
    String to = Limits.requireId("to", asked.to());
    Instant from = asked.from().map(Instant::ofEpochMilli).orElseGet(clock::instant);
    Instant until = Instant.ofEpochMilli(asked.until());
    requireRoles(person, to);
    if (asked.run().isPresent() && asked.gate().isPresent()) {
      requireApart(person.tenant(), asked.run().get(), asked.gate().get(), to);
    }
    String id = writes.newId();
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> insert(c, person, id, asked, from, until));
    return writes.once(
        request,
        context,
        Draft.created(
            "/access/v1/delegations",
            Map.of("delegation", id, "to", to, "until", until.toEpochMilli())),
        PersonEntity.TYPE,
        new Delegate(
            person.tenant(), person.subject(), id, to, asked.run(), asked.gate(), from, until));
  }

  /// What is handed on is the say that the tenant gave: roles of a token end with the token.
  private void requireRoles(Principal person, String to) {
    Set<String> own = rolesOf(person.tenant(), person.subject());
    if (!own.contains(APPROVER)) {
      throw new Refused(
          Code.NOT_AN_APPROVER,
          "%s has no say to hand on: the tenant gave no role %s"
              .formatted(person.subject(), APPROVER));
    }
    if (rolesOf(person.tenant(), to).contains(AUDITOR)) {
      throw new Refused(Code.NOT_AN_APPROVER, "%s audits and may not decide".formatted(to));
    }
  }

  private Set<String> rolesOf(String tenant, String subject) {
    return database.<Set<String>>inTenant(tenant, c -> PeopleApi.rolesOf(c, tenant, subject));
  }

  private void requireApart(String tenant, String run, String gate, String to) {
    HumanGateRequested asked =
        gates
            .bus()
            .load(tenant, gates.runs(), Limits.requireId("run", run))
            .gate(Limits.requireId("gate", gate))
            .map(Run.GateState::request)
            .orElseThrow(() -> Problem.notFound("gate %s of run %s".formatted(gate, run)));
    if (to.equals(asked.requester()) || to.equals(asked.author())) {
      throw new Refused(
          to.equals(asked.requester())
              ? Code.REQUESTER_MAY_NOT_APPROVE
              : Code.AUTHOR_MAY_NOT_APPROVE,
          "%s asked for this call or wrote its workflow; hand your say to somebody else"
              .formatted(to));
    }
  }

  private static void insert(
      Connection c, Principal person, String id, NewDelegation asked, Instant from, Instant until)
      throws SQLException {
    String tenant = person.tenant();
    var _ = Sql.one(c, LOCK, row -> 1, "delegation\n" + tenant);
    boolean mutual =
        Sql.one(
                c,
                MUTUAL,
                row -> row.getInt(1),
                tenant,
                asked.to(),
                person.subject(),
                until.toString(),
                from.toString())
            .isPresent();
    if (mutual) {
      throw new Refused(
          Code.INVALID,
          "%s has handed his own say to you for that time; two can not stand in for each other"
              .formatted(asked.to()));
    }
    Sql.execute(
        c,
        """
        INSERT INTO approval_delegation
          (tenant, delegation, delegator, delegate, run, gate, begins_at, ends_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        tenant,
        id,
        person.subject(),
        asked.to(),
        asked.run(),
        asked.gate(),
        Timestamp.from(from),
        Timestamp.from(until));
  }

  private Answer revoke(Request request) {
    Principal person = request.principal();
    String tenant = person.tenant();
    String id = Limits.requireId("delegation", request.path("delegation"));
    String by =
        database
            .<Optional<String>>inTenant(
                tenant,
                c ->
                    Sql.one(
                        c,
                        """
                        SELECT delegator FROM approval_delegation
                         WHERE tenant = ? AND delegation = ?\
                        """,
                        row -> row.getString(1),
                        tenant,
                        id))
            .filter(owner -> owner.equals(person.subject()) || person.is(Role.ADMIN))
            .orElseThrow(() -> Problem.notFound("delegation " + id));
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ =
                  Sql.execute(
                      c,
                      """
                      UPDATE approval_delegation
                         SET revoked_at = coalesce(revoked_at, clock_timestamp())
                       WHERE tenant = ? AND delegation = ?\
                      """,
                      tenant,
                      id);
            });
    return writes.give(
        context,
        Draft.ok(Map.of("delegation", id)),
        PersonEntity.TYPE,
        new RevokeDelegation(tenant, by, id, person.subject()));
  }

  private Answer list(Request request) {
    Principal person = request.principal();
    boolean everybody = person.is(Role.ADMIN) || person.is(Role.AUDITOR);
    List<Map<String, Object>> items =
        database.inTenant(
            person.tenant(),
            c ->
                Sql.all(
                    c,
                    LIST,
                    DelegationApi::shown,
                    person.tenant(),
                    everybody,
                    person.subject(),
                    person.subject()));
    return Answer.ok(Map.of("items", items));
  }

  private static Map<String, Object> shown(ResultSet row) throws SQLException {
    Map<String, Object> json =
        new TreeMap<>(
            Map.of(
                "delegation", row.getString(1),
                "by", row.getString(2),
                "to", row.getString(3),
                "from", row.getTimestamp(6).toInstant().toEpochMilli(),
                "until", row.getTimestamp(7).toInstant().toEpochMilli()));
    Optional.ofNullable(row.getString(4)).ifPresent(run -> json.put("run", run));
    Optional.ofNullable(row.getString(5)).ifPresent(gate -> json.put("gate", gate));
    return json;
  }

  /// The say that was handed to a person, with the roles that its owner has now.
  ///
  /// @throws Refused with NOT_AN_APPROVER if there is none, or it is about another gate
  Say say(String tenant, String delegation, String to, String run, String gate) {
    return database.<Say>inTenant(
        tenant,
        c -> {
          String by = owner(c, tenant, delegation, to, run, gate);
          return new Say(delegation, by, List.copyOf(PeopleApi.rolesOf(c, tenant, by)));
        });
  }

  /// Holds a say as it is while it is used: one that is taken back at the same time counts before
  /// or not at all.
  TransactionPart hold(String tenant, String delegation, String to, String run, String gate) {
    return c -> {
      var _ = owner(c, tenant, delegation, to, run, gate);
    };
  }

  private static String owner(
      Connection c, String tenant, String delegation, String to, String run, String gate)
      throws SQLException {
    return Sql.one(c, STANDING, row -> row.getString(1), tenant, delegation, to, run, gate)
        .orElseThrow(() ->
            new Refused(
                Code.NOT_AN_APPROVER,
                "no say is handed to %s by delegation %s for this gate and time"
                    .formatted(to, delegation)));
  }
}
