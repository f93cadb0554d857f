package ai.rails.command.slack;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.gate.Gates;
import ai.rails.command.hook.Signatures;
import ai.rails.command.hook.WebhookSecrets;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Clicks on approval cards in Slack.
///
/// A click proves who clicked, not that he may: the Slack user is mapped to a subject at the click,
/// and the run's rules ask for its roles. The button names the gate only; what is approved is the
/// call that the open gate is about, and its digest if the button has one. A repeated click finds
/// the gate decided.
public final class SlackApi {
  private static final Pattern VALUE =
      Pattern.compile("([A-Za-z0-9._:-]{1,64})/([A-Za-z0-9._:-]{1,64})(?:/([A-Za-z0-9:]{1,80}))?");
  private static final Map<String, Verdict> VERDICTS =
      Map.of("airails.approve", Verdict.APPROVE, "airails.deny", Verdict.DENY);

  private final WebhookSecrets secrets;
  private final Gates gates;
  private final Database database;
  private final InstantSource clock;

  public SlackApi(WebhookSecrets secrets, Gates gates, Database database, InstantSource clock) {
    this.secrets = secrets;
    this.gates = gates;
    this.database = database;
    this.clock = clock;
  }

  /// A click on a button of ours.
  private record Click(Verdict verdict, String run, String gate, Optional<String> digest) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/slack/{tenant}/{instance}/interactivity",
            Label.STRONG,
            Access.open("Slack signs the body with the app's signing secret"),
            this::interact));
  }

  private Answer interact(Request request) {
    String tenant = request.path("tenant");
    verify(request, tenant, request.path("instance"));
    request.requireType("application/x-www-form-urlencoded");
    JsonNode payload = payload(request.body());
    Optional<Click> click = click(payload);
    if (click.isEmpty()) {
      return Answer.empty(200);
    }
    Optional<String> person = person(tenant, payload);
    if (person.isEmpty()) {
      return tell(
          "Your Slack user is not linked to a person here. Ask an administrator to link it.");
    }
    try {
      return decide(request, tenant, person.get(), click.get());
    } catch (Refused refused) {
      return tell(explain(refused));
    }
  }

  private void verify(Request request, String tenant, String instance) {
    boolean valid =
        Signatures.valid(
            secrets.of(tenant, instance),
            "v0:%s:",
            "v0=",
            request.headers("X-Slack-Signature"),
            request.header("X-Slack-Request-Timestamp"),
            request.body(),
            clock.instant());
    if (!valid) {
      throw new Problem(401, "SIGNATURE_INVALID", "the signature or its time is not valid");
    }
  }

  private Answer decide(Request request, String tenant, String person, Click click) {
    Run run = gates.bus().load(tenant, gates.runs(), click.run());
    GateState gate =
        run.gate(click.gate())
            .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no such gate"));
    gates
        .bus()
        .dispatch(
            gates.context(tenant, click.run(), person, request.traceparent(), List.of()),
            gates.runs(),
            new DecideGate(
                tenant,
                click.run(),
                click.gate(),
                click.verdict(),
                person,
                gates.roles(tenant, person, Set.of()),
                "SLACK",
                click.digest().orElse(gate.request().callDigest()),
                Optional.empty()));
    return tell(
        click.verdict() == Verdict.APPROVE
            ? "Your approval is recorded."
            : "Your refusal is recorded.");
  }

  /// The one field of the form that Slack sends.
  private static JsonNode payload(byte[] body) {
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
      if (pair.startsWith("payload=")) {
        String json = decoded(pair.substring("payload=".length()));
        return Json.tree(json.getBytes(StandardCharsets.UTF_8));
      }
    }
    throw Problem.malformed("the form has no field payload");
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.malformed("the form is not URL-encoded");
    }
  }

  private static Optional<Click> click(JsonNode payload) {
    JsonNode action = payload.path("actions").path(0);
    Verdict verdict = VERDICTS.get(action.path("action_id").asText());
    Matcher value = VALUE.matcher(action.path("value").asText());
    if (verdict == null
        || !payload.path("type").asText().equals("block_actions")
        || !value.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new Click(verdict, value.group(1), value.group(2), Optional.ofNullable(value.group(3))));
  }

  private Optional<String> person(String tenant, JsonNode payload) {
    String team = payload.path("team").path("id").asText();
    String user = payload.path("user").path("id").asText();
    return database.inTenant(
        tenant,
        connection ->
            Sql.one(
                connection,
                """
                SELECT subject FROM identity_link
                 WHERE tenant = ? AND provider = 'slack' AND external_id = ?\
                """,
                row -> row.getString(1),
                tenant,
                team + "." + user));
  }

  /// Only the person who clicked sees this, and the card stays.
  private static Answer tell(String text) {
    return Answer.ok(Map.of("response_type", "ephemeral", "replace_original", false, "text", text));
  }

  private static String explain(Refused refused) {
    return switch (refused.code()) {
      case GATE_NOT_OPEN, RUN_ENDED, ALREADY_VOTED -> "This request has been decided already.";
      case GATE_EXPIRED -> "This request has expired.";
      case DIGEST_DIFFERS -> "This request has changed. Look at the newest card.";
      case REQUESTER_MAY_NOT_APPROVE -> "You started this run and so may not decide.";
      case AUTHOR_MAY_NOT_APPROVE -> "You wrote this workflow and so may not decide.";
      case NOT_AN_APPROVER -> "You may not decide about this request.";
      default -> "This request can not be decided here: " + refused.code();
    };
  }
}
