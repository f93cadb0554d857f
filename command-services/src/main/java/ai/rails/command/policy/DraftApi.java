package ai.rails.command.policy;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.policy.PolicyBundleCommand.DecideDraft;
import ai.rails.domain.policy.PolicyBundleCommand.SubmitDraft;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// A tenant's policy data, changed by two people: one drafts and simulates, another accepts. An
/// earlier content is brought back the same way.
///
/// People are no part of a draft: roles come from the tenant's people. What is stopped stays
/// stopped, but for a draft of settings that says what is.
public final class DraftApi {
  private static final int MAX_BODY = 4 << 20;
  private static final String OPEN = "OPEN";

  private final Writes writes;
  private final Database database;
  private final BundleStore contents;
  private final TenantPolicy policy;
  private final TenantDataCheck check = new TenantDataCheck();

  public DraftApi(Writes writes, Database database, BundleStore contents, TenantPolicy policy) {
    this.writes = writes;
    this.database = database;
    this.contents = contents;
    this.policy = policy;
  }

  /// `POST /v1/policy/drafts`: one of the two.
  ///
  /// @param data by the published schema of tenants' data
  /// @param content digest of an earlier content of the tenant, to be brought back
  /// @param version of it, SemVer; without one it gets the least that the replay permits
  public record NewDraft(
      Optional<Map<String, Object>> data, Optional<String> content, Optional<String> version) {}

  /// Whether a draft says itself what is stopped.
  enum Pauses {
    IN_EFFECT,
    ITS_OWN
  }

  /// `POST /v1/policy/drafts/{id}/decision`.
  public record Verdict(boolean approve) {}

  /// A row.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(
      String draft,
      String author,
      String contentSha256,
      byte[] data,
      String state,
      Optional<PolicyVersion> version) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getString(1),
          row.getString(2),
          row.getString(3),
          row.getBytes(4),
          row.getString(5),
          Optional.ofNullable(row.getString(6)).map(PolicyVersion::parse));
    }

    Map<String, Object> json() {
      Map<String, Object> json =
          new TreeMap<>(
              Map.of(
                  "draft",
                  draft,
                  "author",
                  author,
                  "contentSha256",
                  contentSha256,
                  "state",
                  state));
      version.ifPresent(called -> json.put("version", called.toString()));
      return json;
    }
  }

  public List<Route> routes() {
    Access authors = Access.roles(Role.ADMIN, Role.BUILDER);
    Access readers = Access.roles(Role.ADMIN, Role.BUILDER, Role.AUDITOR);
    return List.of(
        new Route("POST", "/v1/policy/drafts", Label.STRONG, authors, this::submit).limit(MAX_BODY),
        new Route(
            "POST",
            "/v1/policy/drafts/{id}/decision",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::decide),
        new Route("GET", "/policy/v1/drafts", Label.STRONG, readers, this::list),
        new Route("GET", "/policy/v1/drafts/{id}", Label.STRONG, readers, this::show),
        new Route("GET", "/policy/v1/data", Label.STRONG, readers, this::current),
        new Route("GET", "/policy/v1/contents", Label.STRONG, readers, this::contents));
  }

  private Answer submit(Request request) {
    NewDraft asked = request.json(NewDraft.class);
    return propose(
        request,
        given(request.principal().tenant(), asked),
        asked.version().map(PolicyVersion::parse),
        Pauses.IN_EFFECT);
  }

  Answer propose(Request request, byte[] given) {
    return propose(request, given, Optional.empty(), Pauses.IN_EFFECT);
  }

  /// Proposes content; people stay those in effect.
  Answer propose(Request request, byte[] given, Optional<PolicyVersion> version, Pauses pauses) {
    String tenant = request.principal().tenant();
    byte[] data =
        check.requireValid(
            policy.preview(
                tenant,
                now -> {
                  TenantGrants drafted = policy.withPeople(tenant, TenantGrants.read(given));
                  return pauses == Pauses.ITS_OWN ? drafted : drafted.withPausesOf(now);
                }));
    String content = BundleContent.tenant(tenant, data).sha256();
    String base = policy.contentSha256(tenant);
    String id = writes.newId();
    String author = request.principal().subject();
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ =
                  Sql.execute(
                      c,
                      """
                      INSERT INTO policy_draft
                        (tenant, draft, author, content_sha256, base_sha256, data, state, version)
                      VALUES (?, ?, ?, ?, ?, ?, 'OPEN', ?)\
                      """,
                      tenant,
                      id,
                      author,
                      content,
                      base,
                      data,
                      version.map(PolicyVersion::toString));
            });
    return writes.once(
        request,
        context,
        Draft.created(
            "/policy/v1/drafts/" + id,
            Map.of("draft", id, "contentSha256", content, "baseSha256", base, "state", OPEN)),
        PolicyBundleEntity.TYPE,
        new SubmitDraft(Bundles.ofTenant(tenant), id, content, base, author));
  }

  private byte[] given(String tenant, NewDraft asked) {
    if (asked.data().isPresent() == asked.content().isPresent()) {
      throw Problem.invalid("give one of data and content");
    }
    if (asked.data().isPresent()) {
      return check.requireValid(CanonicalJson.bytes(asked.data().get()));
    }
    String digest = asked.content().orElseThrow();
    if (!digest.matches("[0-9a-f]{64}")) {
      throw Problem.invalid("content is the SHA-256 of an earlier content, 64 hex digits");
    }
    return contents
        .kept(Bundles.ofTenant(tenant), digest)
        .orElseThrow(() -> Problem.notFound("content " + digest))
        .firstEntry()
        .getValue();
  }

  /// An accepted draft was simulated as it is, with nothing undefined and nothing contradictory.
  private Answer decide(Request request) {
    String tenant = request.principal().tenant();
    Row draft = row(tenant, request.path("id"));
    String by = request.principal().subject();
    boolean approve = request.json(Verdict.class).approve();
    CommandContext context = writes.context(request, Header.TENANT_WORKSPACE);
    Map<String, Object> body = draft.json();
    if (approve) {
      PolicyVersion.Change change = simulated(tenant, draft);
      PolicyVersion before = policy.version(tenant);
      PolicyVersion version =
          draft
              .version()
              .map(called -> before.requireEnough(change, called))
              .orElseGet(() -> before.next(change));
      DraftChanges changes =
          DraftChanges.between(
              Bundles.ofTenant(tenant),
              by,
              TenantGrants.read(policy.preview(tenant, now -> now)),
              TenantGrants.read(draft.data()));
      PolicyBundles.Published published =
          policy.publish(
              context,
              _ -> policy.withPeople(tenant, TenantGrants.read(draft.data())),
              Optional.of(version),
              publication ->
                  new DecideDraft(
                      publication.bundle(),
                      draft.draft(),
                      by,
                      Optional.of(publication),
                      changes.granted(),
                      changes.withdrawn(),
                      changes.placed(),
                      changes.lifted()),
              c -> close(c, tenant, draft.draft(), "PUBLISHED", by));
      body.put("state", "PUBLISHED");
      body.put("version", version.toString());
      body.put("revision", published.revision());
      body.put("contentSha256", published.contentSha256());
      body.put(
          "position",
          database.inTenant(tenant, c -> Workspaces.position(c, tenant, Header.TENANT_WORKSPACE)));
      return Answer.ok(body);
    }
    body.put("state", "REJECTED");
    return writes.once(
        request,
        context.with(c -> close(c, tenant, draft.draft(), "REJECTED", by)),
        Draft.ok(body),
        PolicyBundleEntity.TYPE,
        new DecideDraft(Bundles.ofTenant(tenant), draft.draft(), by, Optional.empty()));
  }

  /// What the newest simulation of the draft against the whole history says of its version: who
  /// wrote the draft chooses neither the history nor the answer.
  private PolicyVersion.Change simulated(String tenant, Row draft) {
    return database
        .<Optional<Optional<PolicyVersion.Change>>>inTenant(
            tenant,
            c ->
                Sql.one(
                    c,
                    """
                    SELECT change, sound FROM policy_simulation
                     WHERE tenant = ? AND candidate_sha256 = ? AND change IS NOT NULL
                     ORDER BY simulation DESC LIMIT 1\
                    """,
                    row ->
                        Optional.of(PolicyVersion.Change.valueOf(row.getString(1)))
                            .filter(row.getBoolean(2) ? _ -> true : _ -> false),
                    tenant,
                    draft.contentSha256()))
        .flatMap(change -> change)
        .orElseThrow(() ->
            new Problem(
                409,
                "NOT_SIMULATED",
                "simulate the draft first, against the whole history (no `since`), with everything "
                    + "reproduced, nothing undefined and no error of the lint: POST"
                    + " /v1/policy/simulations with its data"));
  }

  private static void close(Connection c, String tenant, String draft, String state, String by)
      throws SQLException {
    int rows =
        Sql.execute(
            c,
            """
            UPDATE policy_draft SET state = ?, decided_by = ?
             WHERE tenant = ? AND draft = ? AND state = 'OPEN'\
            """,
            state,
            by,
            tenant,
            draft);
    if (rows != 1) {
      throw new Problem(409, "DRAFT_DECIDED", "the draft has been decided about");
    }
  }

  private Row row(String tenant, String draft) {
    String id = Limits.requireId("draft", draft);
    return database
        .inTenant(
            tenant,
            c ->
                Sql.one(
                    c,
                    """
                    SELECT draft, author, content_sha256, data, state, version FROM policy_draft
                     WHERE tenant = ? AND draft = ?\
                    """,
                    Row::of,
                    tenant,
                    id))
        .orElseThrow(() -> Problem.notFound("draft " + id));
  }

  private Answer list(Request request) {
    List<Map<String, Object>> items =
        database.inTenant(
            request.principal().tenant(),
            c ->
                Sql.all(
                    c,
                    """
                    SELECT draft, author, content_sha256, data, state, version FROM policy_draft
                     WHERE tenant = ? ORDER BY created_at DESC LIMIT 200\
                    """,
                    row -> Row.of(row).json(),
                    request.principal().tenant()));
    return Answer.ok(Map.of("items", items));
  }

  private Answer show(Request request) throws IOException {
    Row draft = row(request.principal().tenant(), request.path("id"));
    Map<String, Object> body = draft.json();
    body.put("data", StrictJson.read(draft.data()));
    return Answer.ok(body);
  }

  private Answer current(Request request) throws IOException {
    String tenant = request.principal().tenant();
    return Answer.ok(
        Map.of(
            "contentSha256", policy.contentSha256(tenant),
            "data", StrictJson.read(policy.preview(tenant, now -> now))));
  }

  private Answer contents(Request request) {
    List<Map<String, Object>> items =
        database.inTenant(
            request.principal().tenant(),
            c ->
                Sql.all(
                    c,
                    """
                    SELECT content_sha256, kept_at FROM policy_content
                     WHERE bundle = ? ORDER BY kept_at DESC LIMIT 200\
                    """,
                    row ->
                        Map.<String, Object>of(
                            "contentSha256", row.getString(1),
                            "since", row.getTimestamp(2).toInstant().toString()),
                    Bundles.ofTenant(request.principal().tenant())));
    return Answer.ok(Map.of("items", items));
  }
}
