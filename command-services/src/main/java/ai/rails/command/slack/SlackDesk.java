package ai.rails.command.slack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.TransactionPart;
import ai.rails.command.gate.ApproverLoad;
import ai.rails.command.gate.Gates;
import ai.rails.command.gate.SealedComment;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Takes what people do on approval cards, whichever way it came in: by HTTP or through a socket.
///
/// A click proves who clicked, not that he may: the Slack user is mapped to a subject at the click,
/// and the run's rules ask for its roles. The button names the gate only; what is approved is the
/// call that the open gate is about, and its digest if the button has one. A repeated click finds
/// the gate decided; a repeated question is known by its view. Thread-safe.
final class SlackDesk {
  private static final Logger LOG = LoggerFactory.getLogger(SlackDesk.class);
  private static final Pattern VALUE =
      Pattern.compile("([A-Za-z0-9._:-]{1,64})/([A-Za-z0-9._:-]{1,64})(?:/([A-Za-z0-9:]{1,80}))?");
  private static final Pattern VIEW = Pattern.compile("[A-Za-z0-9]{1,64}");
  private static final Map<String, Verdict> VERDICTS =
      Map.of("airails.approve", Verdict.APPROVE, "airails.deny", Verdict.DENY);
  private static final String ASK = "airails.ask";
  private static final String NOT_LINKED =
      "Your Slack user is not linked to a person here. Ask an administrator to link it.";

  private final Gates gates;
  private final ApproverLoad load;
  private final Database database;
  private final SlackTokens tokens;
  private final Optional<SlackSide> side;

  /// @param side absent where the control plane has no way out
  SlackDesk(
      Gates gates,
      ApproverLoad load,
      Database database,
      SlackTokens tokens,
      Optional<SlackSide> side) {
    this.gates = gates;
    this.load = load;
    this.database = database;
    this.tokens = tokens;
    this.side = side;
  }

  /// What a button or a modal is about.
  private record About(String run, String gate, Optional<String> digest) {
    static Optional<About> read(String text) {
      Matcher value = VALUE.matcher(text);
      return value.matches()
          ? Optional.of(
              new About(value.group(1), value.group(2), Optional.ofNullable(value.group(3))))
          : Optional.empty();
    }
  }

  /// @param payload verified to be Slack's
  /// @return what Slack is to be told, or nothing
  Optional<Map<String, Object>> take(SlackApp app, JsonNode payload, String traceparent) {
    return switch (payload.path("type").asText()) {
      case "block_actions" -> clicked(app, payload, traceparent);
      case "view_submission" -> submitted(app, payload, traceparent);
      default -> Optional.empty();
    };
  }

  private Optional<Map<String, Object>> clicked(
      SlackApp app, JsonNode payload, String traceparent) {
    JsonNode action = payload.path("actions").path(0);
    String id = action.path("action_id").asText();
    Optional<About> about = About.read(action.path("value").asText());
    Optional<Verdict> verdict = Optional.ofNullable(VERDICTS.get(id));
    if (about.isEmpty() || (!id.equals(ASK) && verdict.isEmpty())) {
      return Optional.empty();
    }
    String told;
    Optional<DecidedCard.Say> own = Optional.empty();
    try {
      if (verdict.isPresent()) {
        told = decide(app, payload, about.get(), verdict.get(), traceparent);
        String user = payload.path("user").path("id").asText();
        own = Optional.of(new DecidedCard.Say(verdict.get(), user));
      } else {
        told = open(app, payload, action.path("value").asText());
      }
    } catch (Refused refused) {
      told = explain(refused);
    }
    if (told.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Object> message =
        Map.of("response_type", "ephemeral", "replace_original", false, "text", told);
    List<Map<String, Object>> messages = new ArrayList<>(List.of(message));
    decidedCard(app, about.get(), own).ifPresent(messages::add);
    respond(payload.path("response_url").asText(), messages);
    return Optional.of(message);
  }

  /// What takes the card's place once nobody can decide by it any more.
  private Optional<Map<String, Object>> decidedCard(
      SlackApp app, About about, Optional<DecidedCard.Say> own) {
    Run run = gates.bus().load(app.tenant(), gates.runs(), about.run());
    return DecidedCard.of(run, about.run(), about.gate(), about.digest(), own);
  }

  private String decide(
      SlackApp app, JsonNode payload, About about, Verdict verdict, String traceparent) {
    String person = person(app, payload);
    dispatch(app, about, verdict, person, traceparent, Optional.empty());
    return verdict == Verdict.APPROVE ? "Your approval is recorded." : "Your refusal is recorded.";
  }

  /// A modal is opened for somebody whom we know; whether he may ask is decided when he asks.
  private String open(SlackApp app, JsonNode payload, String about) {
    String _ = person(app, payload);
    Optional<String> bot = tokens.of(app).map(each -> each.bot());
    if (side.isEmpty() || bot.isEmpty()) {
      return "Questions can not be asked here, because this app has no token for its modal. Ask in"
          + " the console.";
    }
    try {
      side.get().openView(bot.get(), payload.path("trigger_id").asText(), Modal.ask(about));
      return "";
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("tenant", app.tenant())
          .addKeyValue("instance", app.instance())
          .addKeyValue("reason", e.getMessage())
          .log("a modal did not open");
      return "Slack did not open the form. Press the button again.";
    }
  }

  private Optional<Map<String, Object>> submitted(
      SlackApp app, JsonNode payload, String traceparent) {
    JsonNode view = payload.path("view");
    Optional<About> about = About.read(view.path("private_metadata").asText());
    String id = view.path("id").asText();
    if (!view.path("callback_id").asText().equals(Modal.CALLBACK)
        || about.isEmpty()
        || !VIEW.matcher(id).matches()) {
      return Optional.empty();
    }
    Optional<String> question = Modal.question(view);
    if (question.isEmpty()) {
      return Optional.of(errors("Write 1 to %s characters.".formatted(Modal.QUESTION_CHARACTERS)));
    }
    try {
      ask(app, payload, about.get(), id, question.get(), traceparent);
      return Optional.empty();
    } catch (Refused refused) {
      return Optional.of(errors(explain(refused)));
    }
  }

  /// What he wrote is content: it is sealed here, to the key of the workflow's version, and what is
  /// kept of it in the clear is nothing.
  private void ask(
      SlackApp app,
      JsonNode payload,
      About about,
      String view,
      String question,
      String traceparent) {
    String person = person(app, payload);
    String source = "slack/" + app.instance();
    boolean known =
        database.inTenant(
            app.tenant(),
            connection ->
                Sql.one(
                        connection,
                        """
                        SELECT 1 FROM trigger_seen
                         WHERE tenant = ? AND source = ? AND message_id = ?\
                        """,
                        row -> row.getInt(1),
                        app.tenant(),
                        source,
                        view)
                    .isPresent());
    if (known) {
      return;
    }
    SealedComment comment =
        SealedComment.seal(
            gates.ingestPublic(app.tenant(), about.run()),
            app.tenant(),
            about.run(),
            about.gate(),
            question);
    dispatch(
        app,
        about,
        Verdict.ASK_INFO,
        person,
        traceparent,
        Optional.of(
            comment.alsoWriting(connection ->
                Sql.execute(
                    connection,
                    """
                    INSERT INTO trigger_seen (tenant, source, message_id, run)
                    VALUES (?, ?, ?, ?)\
                    """,
                    app.tenant(),
                    source,
                    view,
                    about.run()))));
  }

  private void dispatch(
      SlackApp app,
      About about,
      Verdict verdict,
      String person,
      String traceparent,
      Optional<SealedComment> comment) {
    String tenant = app.tenant();
    Run run = gates.bus().load(tenant, gates.runs(), about.run());
    GateState gate =
        run.gate(about.gate())
            .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no such gate"));
    List<TransactionPart> parts = new ArrayList<>();
    parts.add(load.check(tenant, person, verdict));
    comment.ifPresent(each -> parts.addAll(each.parts()));
    gates
        .bus()
        .dispatch(
            gates.context(tenant, about.run(), person, traceparent, parts),
            gates.runs(),
            new DecideGate(
                tenant,
                about.run(),
                about.gate(),
                verdict,
                person,
                gates.roles(tenant, person, Set.of()),
                "SLACK",
                about.digest().orElse(gate.request().callDigest()),
                comment.map(SealedComment::ref)));
  }

  /// @throws Refused with UNKNOWN_PERSON for a Slack user that nobody linked
  private String person(SlackApp app, JsonNode payload) {
    String team = payload.path("team").path("id").asText();
    String user = payload.path("user").path("id").asText();
    return database
        .<Optional<String>>inTenant(
            app.tenant(),
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT subject FROM identity_link
                     WHERE tenant = ? AND provider = 'slack' AND external_id = ?\
                    """,
                    row -> row.getString(1),
                    app.tenant(),
                    team + "." + user))
        .orElseThrow(() -> new Refused(Code.UNKNOWN_PERSON, NOT_LINKED));
  }

  private void respond(String url, List<Map<String, Object>> messages) {
    if (side.isEmpty() || url.isEmpty()) {
      return;
    }
    // Slack waits three seconds for our answer to the click; this is another request.
    Thread.ofVirtual()
        .name("slack-response")
        .start(() -> {
          try {
            for (Map<String, Object> message : messages) {
              side.get().respond(url, message);
            }
          } catch (IOException | IllegalArgumentException e) {
            LOG.atInfo().addKeyValue("reason", e.getMessage()).log("who clicked was not told");
          }
        });
  }

  private static Map<String, Object> errors(String text) {
    return Map.of("response_action", "errors", "errors", Map.of(Modal.BLOCK, text));
  }

  static String explain(Refused refused) {
    return switch (refused.code()) {
      case GATE_NOT_OPEN, RUN_ENDED, ALREADY_VOTED -> "This request has been decided already.";
      case GATE_EXPIRED -> "This request has expired.";
      case DIGEST_DIFFERS -> "This request has changed. Look at the newest card.";
      case REQUESTER_MAY_NOT_APPROVE -> "You started this run and so may not decide.";
      case AUTHOR_MAY_NOT_APPROVE -> "You wrote this workflow and so may not decide.";
      case STEP_UP_REQUIRED ->
          "This approval must be signed with your passkey. Open it in the console.";
      case TOO_MANY_APPROVALS ->
          "You have approved as many calls in the last hour as one person may.";
      case NOT_AN_APPROVER, FORBIDDEN -> "You may not decide about this request.";
      case UNKNOWN_PERSON -> NOT_LINKED;
      default -> "This request can not be decided here: " + refused.code();
    };
  }
}
