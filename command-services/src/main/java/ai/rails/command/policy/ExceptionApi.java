package ai.rails.command.policy;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.policy.PolicyBundleCommand.WithdrawException;
import ai.rails.domain.policy.PolicyBundleRules;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.json.StrictJson;
import ai.rails.platform.postgres.Database;

/// Named exceptions to a tenant's own rules. To ask for one is a draft like any other: it is
/// simulated, and the person whom it names as its approver accepts it. One person can withdraw it,
/// and at its time it ends by itself, since policy compares the time with the question's clock.
public final class ExceptionApi {
  private static final String PATH = "/v1/policy/exceptions/{name}";

  private final Writes writes;
  private final Database database;
  private final TenantPolicy policy;
  private final DraftApi drafts;
  private final InstantSource clock;

  public ExceptionApi(
      Writes writes, Database database, TenantPolicy policy, DraftApi drafts, InstantSource clock) {
    this.writes = writes;
    this.database = database;
    this.policy = policy;
    this.drafts = drafts;
    this.clock = clock;
  }

  /// `POST /v1/policy/exceptions`.
  ///
  /// @param name lower-case letters, digits and hyphens
  /// @param tool the connector
  /// @param workflows their ids
  /// @param waives `param.<name>`, or `quorum`
  /// @param reason a code
  /// @param approver who is to accept it, not who asks
  /// @param until RFC 3339, at most 90 days from now
  public record NewException(
      String name,
      String tool,
      String action,
      List<String> environments,
      List<String> workflows,
      String waives,
      String reason,
      String approver,
      String until) {
    Map<String, Object> json(String author, Instant expires) {
      return Map.of(
          "tool", tool,
          "action", action,
          "environments", environments,
          "workflows", workflows,
          "waives", waives,
          "reason", reason,
          "author", author,
          "approver", approver,
          "expires_at_s", expires.getEpochSecond());
    }
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/policy/exceptions",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.BUILDER),
            this::propose),
        new Route(
            "DELETE", PATH, Label.STRONG, Access.roles(Role.ADMIN, Role.OPERATOR), this::withdraw),
        new Route(
            "GET",
            "/policy/v1/exceptions",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.BUILDER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
            this::list));
  }

  private Answer propose(Request request) {
    NewException asked = request.json(NewException.class);
    String author = request.principal().subject();
    String name = requireName(asked.name());
    if (asked.approver().equals(author)) {
      throw Problem.invalid("nobody approves his own exception; name somebody else as approver");
    }
    Instant until = time(asked.until());
    Instant now = clock.instant();
    if (!until.isAfter(now) || until.isAfter(now.plus(PolicyBundleRules.LONGEST_EXCEPTION))) {
      throw Problem.invalid(
          "until is later than now and at most %s days from now"
              .formatted(PolicyBundleRules.LONGEST_EXCEPTION.toDays()));
    }
    return drafts.propose(
        request,
        policy.preview(
            request.principal().tenant(),
            grants -> grants.exception(name, asked.json(author, until))));
  }

  private Answer withdraw(Request request) {
    String tenant = request.principal().tenant();
    String name = requireName(request.path("name"));
    if (!TenantGrants.read(policy.preview(tenant, grants -> grants)).exceptions().has(name)) {
      throw Problem.notFound("exception " + name);
    }
    PolicyBundles.Published published =
        policy.publish(
            writes.context(request, Header.TENANT_WORKSPACE),
            grants -> grants.withoutException(name),
            publication ->
                new WithdrawException(
                    publication.bundle(), name, request.principal().subject(), publication),
            _ -> {});
    long position =
        database.inTenant(tenant, c -> Workspaces.position(c, tenant, Header.TENANT_WORKSPACE));
    return Answer.ok(
        Map.of("exception", name, "revision", published.revision(), "position", position));
  }

  private Answer list(Request request) throws IOException {
    JsonNode data = StrictJson.read(policy.preview(request.principal().tenant(), grants -> grants));
    long now = clock.instant().getEpochSecond();
    List<Map<String, Object>> items = new ArrayList<>();
    data.path("exceptions")
        .propertyStream()
        .forEach(exception -> {
          Map<String, Object> item = new TreeMap<>();
          item.put("name", exception.getKey());
          exception.getValue().propertyStream().forEach(e -> item.put(e.getKey(), e.getValue()));
          long ends = exception.getValue().path("expires_at_s").asLong();
          item.put("until", Instant.ofEpochSecond(ends).toString());
          item.put("state", now < ends ? "ACTIVE" : "EXPIRED");
          items.add(item);
        });
    return Answer.ok(Map.of("items", items));
  }

  private static String requireName(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,47}")) {
      throw Problem.invalid(
          "an exception's name is 1 to 48 lower-case letters, digits and hyphens");
    }
    return Limits.requireId("name", name);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw Problem.invalid("until is a time such as 2026-12-01T00:00:00Z");
    }
  }
}
