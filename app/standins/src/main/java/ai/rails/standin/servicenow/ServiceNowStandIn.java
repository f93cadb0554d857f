package ai.rails.standin.servicenow;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.rails.standin.Callback;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.LocalServer;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;

/// A ServiceNow instance: Table API, OAuth, ACL, rate rule, and the webhook of a business rule. All
/// state is guarded by this object.
public final class ServiceNowStandIn implements Service, AutoCloseable {
  private static final Pattern TABLE =
      Pattern.compile("/api/now(?:/v[12])?/table/([a-z0-9_]+)(?:/([^/]+))?");

  private final InstanceSettings settings;
  private final InstantSource clock;
  private final Instance instance;
  private final Authenticator authenticator;
  private final RateRule rateRule;
  private final TableApi tableApi;
  private final BusinessRule businessRule;
  private final Faults faults = new Faults();
  private final Journal journal;
  private final HttpClient client;
  private final LocalServer server;

  private ServiceNowStandIn(Start start) {
    Ids ids = start.ids();
    settings = start.settings();
    clock = start.clock();
    journal = start.journal();
    instance = new Instance(journal, clock, ids);
    authenticator = new Authenticator(settings, clock, ids);
    rateRule = new RateRule(settings.requestsPerHour(), ids.hex(32));
    tableApi = new TableApi(instance, settings, clock);
    businessRule = new BusinessRule(start.webhookSecret(), clock, ids);
    client = start.transport().client();
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  /// What a stand-in needs to start; the journal belongs to it from then on.
  public record Start(
      InstanceSettings settings,
      String webhookSecret,
      Transport transport,
      int port,
      Journal journal,
      InstantSource clock,
      Ids ids) {}

  public static ServiceNowStandIn start(Start start) {
    return new ServiceNowStandIn(start);
  }

  public int port() {
    return server.port();
  }

  public URI uri() {
    return server.uri();
  }

  public Faults faults() {
    return faults;
  }

  public Journal journal() {
    return journal;
  }

  /// Puts a group there; an `assignment_group` is written by its sys_id.
  public synchronized void seedGroup(String sysId, String name) {
    seed("sys_user_group", Map.of("sys_id", sysId, "name", name, "active", "true"));
  }

  public synchronized void seedUser(String sysId, String userName, String name, String email) {
    seed(
        "sys_user",
        Map.of(
            "sys_id",
            sysId,
            "user_name",
            userName,
            "name",
            name,
            "email",
            email,
            "active",
            "true"));
  }

  /// Puts a choice there. Choices are for display and for readers of `sys_choice`: the API stores
  /// other values too.
  public synchronized void seedChoice(String table, String element, String value, String label) {
    seed(
        "sys_choice",
        Map.of(
            "name",
            table,
            "element",
            element,
            "value",
            value,
            "label",
            label,
            "inactive",
            "false",
            "language",
            "en"));
  }

  public synchronized void seedIncident(SeedIncident incident) {
    seed(
        "incident",
        Map.of(
            "sys_id", incident.sysId(),
            "number", incident.number(),
            "short_description", incident.shortDescription(),
            "description", incident.description(),
            "caller_id", incident.callerId(),
            "priority", "5"));
  }

  /// Changes a record from inside the instance, as another person or rule would: the product's
  /// write-backs do not count it.
  public synchronized void changeElsewhere(String sysId, Map<String, String> changes) {
    Row before = record(sysId);
    Row after =
        before
            .with(changes)
            .with(
                Map.of(
                    "sys_mod_count", IncidentRules.increment(before.get("sys_mod_count")),
                    "sys_updated_on", IncidentRules.time(clock.instant()),
                    "sys_updated_by", "beth.anglin"));
    instance.seed(TableSchema.named("incident").orElseThrow(), after.values());
  }

  /// A column of an incident as it is stored; throws when there is none.
  public synchronized String incidentField(String sysId, String field) {
    return record(sysId).get(field);
  }

  /// The texts of an incident's `work_notes` or `comments`, oldest first.
  public synchronized List<String> notes(String sysId, String element) {
    return instance.tables().all("sys_journal_field").stream()
        .filter(note -> note.get("element_id").equals(sysId) && note.get("element").equals(element))
        .map(note -> note.get("value"))
        .toList();
  }

  /// The business rule's signed request for an incident as it is now; `operation` is `insert` or
  /// `update`.
  public synchronized Callback webhook(String sysId, String operation) {
    return businessRule.callback(record(sysId), operation);
  }

  /// Fires the business rule.
  public Callback.Receipt fire(String sysId, String operation, URI target) {
    return webhook(sysId, operation).deliver(client, target);
  }

  /// Incidents of which a governed column was written through the API at least once.
  public long writebacks() {
    return instance.oracle().writebacks();
  }

  /// Updates beyond the first with the same marker, correlation id, or (without either) body.
  public long duplicateWritebacks() {
    return instance.oracle().duplicates();
  }

  /// Inserts beyond the first with the same correlation id.
  public long duplicateCreates() {
    return instance.oracle().duplicateCreates();
  }

  /// How often an incident was written through the API.
  public int patches(String sysId) {
    return instance.oracle().patches(sysId);
  }

  /// Ends all access tokens.
  public synchronized void revokeTokens() {
    authenticator.revokeTokens();
  }

  @Override
  public synchronized Response answer(Request request) {
    try {
      return request.path().equals("/oauth_token.do")
          ? authenticator.token(request)
          : authenticated(request);
    } catch (MalformedRequest e) {
      return Errors.malformed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          Errors.rateLimited(Math.max(1, rateRule.limit()))
              .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()));
      case Fault.QuotaExhausted _, Fault.Overloaded _ ->
          Errors.unavailable(503, "Service Unavailable");
      case Fault.ServerError _ -> Errors.unavailable(500, "Internal Server Error");
    };
  }

  @Override
  public void close() {
    server.close();
    client.close();
    journal.close();
  }

  private Response authenticated(Request request) {
    Optional<String> user = authenticator.user(request);
    if (user.isEmpty()) {
      return Errors.unauthenticated().with("WWW-Authenticate", "Bearer realm=\"Service-now\"");
    }
    Instant now = clock.instant();
    boolean admitted = rateRule.admits(user.get(), now);
    Map<String, String> headers = rateRule.headers(now);
    if (!admitted) {
      return Errors.rateLimited(rateRule.limit())
          .withAll(headers)
          .with("Retry-After", Long.toString(rateRule.secondsLeft(now)));
    }
    return routed(request, user.get()).withAll(headers);
  }

  private Response routed(Request request, String user) {
    Matcher path = TABLE.matcher(request.path());
    if (!path.matches()) {
      return Errors.noResource(request.path());
    }
    Optional<TableSchema> schema = TableSchema.named(path.group(1));
    if (schema.isEmpty()) {
      return Errors.noTable(path.group(1));
    }
    String accept = request.header("accept").orElse("*/*");
    if (!accept.contains("*/*") && !accept.contains("application/json")) {
      return Errors.mediaType(406, accept);
    }
    boolean writes = List.of("POST", "PUT", "PATCH").contains(request.method());
    if (writes && !request.mediaType().equals("application/json")) {
      return Errors.mediaType(415, request.mediaType());
    }
    String sysId = path.group(2);
    return sysId == null
        ? tableApi.collection(schema.get(), request, user)
        : tableApi.member(schema.get(), sysId, request, user);
  }

  /// What the journal brought back is left as it is: a restart must not undo what the product
  /// wrote.
  private void seed(String table, Map<String, String> values) {
    boolean known =
        values.containsKey("sys_id")
            ? instance.tables().find(table, values.getOrDefault("sys_id", "")).isPresent()
            : instance.tables().all(table).stream()
                .anyMatch(row -> row.values().entrySet().containsAll(values.entrySet()));
    if (!known) {
      instance.seed(TableSchema.named(table).orElseThrow(), values);
    }
  }

  private Row record(String sysId) {
    return instance
        .tables()
        .find("incident", sysId)
        .orElseThrow(() -> new IllegalArgumentException("the instance has no incident " + sysId));
  }
}
