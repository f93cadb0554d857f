package ai.rails.command.slack;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.hook.Signatures;
import ai.rails.command.http.Office;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class SlackApiTest {
  private static final String SECRET = "slack-secret-0123456789";
  private static final String PATH = "/v1/slack/t1/slack/interactivity";
  private static final String TIME = Long.toString(Office.NOON.getEpochSecond());

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
    for (String tenant : List.of("t1", "t2")) {
      expect(
          201,
          office.post(
              tenant,
              "ada",
              "/v1/workspaces/w1/connector-instances",
              """
              {"instance": "slack", "connector": "slack", "connectorDigest": "sha256:%s",
               "host": "slack.example", "port": 443, "settings": {}}\
              """
                  .formatted("f".repeat(64)),
              Role.ADMIN));
    }
    office.secret("t1", "slack", SECRET).secret("t2", "slack", "other-secret-0123456789");
    person("UOMAR", "omar", "approver");
    person("URITA", "rita", "approver");
    person("UEVE", "eve", "viewer");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void vectorsOfTheVendorHold() throws Exception {
    Optional<Path> vectors = vectors();
    Assumptions.assumeTrue(
        vectors.isPresent(), "SKIPPED: slack_signature_vectors.json is not at hand");
    JsonNode file = Json.tree(Files.readAllBytes(vectors.get()));
    for (JsonNode vector : file.path("cases")) {
      String time = vector.path("timestamp").asText();
      assertThat(
              Signatures.valid(
                  vector.path("signing_secret").asText().getBytes(StandardCharsets.UTF_8),
                  "v0:%s:",
                  "v0=",
                  List.of(vector.path("signature").asText()),
                  Optional.of(time),
                  vector.path("body").asText().getBytes(StandardCharsets.UTF_8),
                  Instant.ofEpochSecond(1_531_420_618)))
          .as(vector.path("name").asText())
          .isEqualTo(vector.path("valid").asBoolean());
    }
  }

  @Test
  void clickOfAnApproverDecidesOnce() throws Exception {
    String run = office.atGate("t1");
    long before = office.events("t1", "HUMAN_GATE_DECISIONED");

    HttpResponse<String> first = click("UOMAR", "airails.approve", run + "/ask");
    HttpResponse<String> again = click("UOMAR", "airails.approve", run + "/ask");
    HttpResponse<String> late = click("UOMAR", "airails.deny", run + "/ask");

    expect(200, first);
    assertThat(json(first).path("text").asText()).contains("recorded");
    assertThat(json(first).path("response_type").asText()).isEqualTo("ephemeral");
    assertThat(json(again).path("text").asText()).contains("decided already");
    assertThat(json(late).path("text").asText()).contains("decided already");
    assertThat(office.events("t1", "HUMAN_GATE_DECISIONED")).isEqualTo(before + 1);
    assertThat(gate(run).open()).isFalse();
  }

  @Test
  void cardIsReplacedOnceItsRequestIsOverAndSaysHow() throws Exception {
    String denied = office.atGate("t1");
    String approved = office.atGate("t1");
    var omar = Optional.of(new DecidedCard.Say(Verdict.DENY, "UOMAR"));

    assertThat(card(denied, Office.DIGEST, Optional.empty())).as("it is open").isEmpty();
    assertThat(card(denied, "sha256:" + "0".repeat(64), Optional.empty()).orElseThrow())
        .as("it shows another call")
        .contains("*Changed.*");
    expect(200, click("UOMAR", "airails.deny", denied + "/ask"));
    expect(200, click("UOMAR", "airails.approve", approved + "/ask"));

    assertThat(card(denied, Office.DIGEST, omar).orElseThrow())
        .contains("*Denied* by <@UOMAR>", denied, Office.DIGEST)
        .doesNotContain("airails.approve");
    assertThat(card(denied, Office.DIGEST, Optional.empty()).orElseThrow())
        .as("somebody else presses later")
        .contains("*Closed* without an approval");
    assertThat(card(approved, Office.DIGEST, Optional.empty()).orElseThrow())
        .contains("*Approved*.");
    assertThat(card("no-such-run", Office.DIGEST, Optional.empty())).isEmpty();
  }

  private static Optional<String> card(String run, String shown, Optional<DecidedCard.Say> own) {
    return DecidedCard.of(
            office.bus.load("t1", office.runs, run), run, "ask", Optional.of(shown), own)
        .map(Object::toString);
  }

  @Test
  void clickProvesNoAuthority() throws Exception {
    String run = office.atGate("t1");

    assertThat(text("URITA", run)).contains("started this run");
    assertThat(text("UEVE", run)).contains("may not decide");
    assertThat(text("UNOBODY", run)).contains("not linked");
    assertThat(SlackDesk.explain(new Refused(Refused.Code.FORBIDDEN, "not he")))
        .as("who is known is not told that he is not")
        .contains("may not decide");
    assertThat(gate(run).open()).isTrue();
  }

  @Test
  void staleCardIsRefused() throws Exception {
    String run = office.atGate("t1");
    String value = run + "/ask/sha256:" + "0".repeat(64);
    assertThat(json(click("UOMAR", "airails.approve", value)).path("text").asText())
        .contains("changed");
    expect(200, click("UOMAR", "airails.approve", run + "/ask/" + Office.DIGEST));
    assertThat(gate(run).open()).isFalse();
  }

  @Test
  void unsignedLateAndForeignClicksAre401() throws Exception {
    String run = office.atGate("t1");
    byte[] body = form("UOMAR", "airails.approve", run + "/ask");
    expect(401, send(PATH, body, "wrong-secret-0123456789", TIME));
    expect(401, send(PATH, body, "other-secret-0123456789", TIME));
    String old = Long.toString(Office.NOON.minus(Duration.ofSeconds(301)).getEpochSecond());
    expect(401, send(PATH, body, SECRET, old));
    expect(401, send("/v1/slack/t9/slack/interactivity", body, SECRET, TIME));
    expect(
        401, office.raw("POST", PATH, body, "Content-Type", "application/x-www-form-urlencoded"));
    assertThat(gate(run).open()).isTrue();
  }

  @Test
  void anotherTenantsAppReachesNoForeignRun() throws Exception {
    String run = office.atGate("t1");
    expect(
        200,
        office.put(
            "t2",
            "ada",
            "/v1/identity-links/slack/T1.UOMAR",
            "{\"subject\": \"omar\"}",
            Role.ADMIN));
    byte[] body = form("UOMAR", "airails.approve", run + "/ask");
    HttpResponse<String> answer =
        send("/v1/slack/t2/slack/interactivity", body, "other-secret-0123456789", TIME);
    expect(200, answer);
    assertThat(json(answer).path("text").asText()).contains("NOT_FOUND");
    assertThat(gate(run).open()).isTrue();
  }

  @Test
  void getChangesNothingAndOtherActionsAreIgnored() throws Exception {
    String run = office.atGate("t1");
    expect(405, office.raw("GET", PATH, new byte[0], "Accept", "*/*"));
    HttpResponse<String> other = click("UOMAR", "something.else", run + "/ask");
    expect(200, other);
    assertThat(other.body()).isEmpty();
    expect(200, click("UOMAR", "airails.approve", "no/such/thing/at/all"));
    assertThat(gate(run).open()).isTrue();
  }

  @Test
  void questionFromAModalIsSealedAndCountsOnce() throws Exception {
    String run = office.atGate("t1");
    long before = office.events("t1", "HUMAN_GATE_DECISIONED");

    HttpResponse<String> first = submit("UOMAR", "V1" + run.substring(30), run + "/ask", "why so?");
    HttpResponse<String> again = submit("UOMAR", "V1" + run.substring(30), run + "/ask", "why so?");

    expect(200, first);
    assertThat(first.body()).isEmpty();
    expect(200, again);
    assertThat(office.events("t1", "HUMAN_GATE_DECISIONED")).isEqualTo(before + 1);
    assertThat(gate(run).open()).isTrue();
    assertThat(sealedComments(run)).hasSize(1);
    assertThat(new String(sealedComments(run).getFirst(), StandardCharsets.ISO_8859_1))
        .doesNotContain("why so?");
  }

  @Test
  void modalOfWhoMayNotAskSaysSoInTheForm() throws Exception {
    String run = office.atGate("t1");

    for (String[] each :
        new String[][] {
          {"URITA", run + "/ask", "why?", "started this run"},
          {"UEVE", run + "/ask", "why?", "may not decide"},
          {"UNOBODY", run + "/ask", "why?", "not linked"},
          {"UOMAR", run + "/ask/sha256:" + "0".repeat(64), "why?", "changed"},
          {"UOMAR", run + "/ask", " ", "Write 1 to 2000"},
          {"UOMAR", run + "/ask", "x".repeat(2_001), "Write 1 to 2000"},
        }) {
      HttpResponse<String> answer = submit(each[0], "V2" + run.substring(30), each[1], each[2]);
      expect(200, answer);
      assertThat(json(answer).path("response_action").asText()).isEqualTo("errors");
      assertThat(json(answer).path("errors").path("question").asText()).contains(each[3]);
    }
    assertThat(sealedComments(run)).isEmpty();
    assertThat(submit("UOMAR", "V2", "elsewhere", "why?").body()).isEmpty();
  }

  @Test
  void withoutATokenTheButtonSaysWhereToAsk() throws Exception {
    String run = office.atGate("t1");
    HttpResponse<String> answer = click("UOMAR", "airails.ask", run + "/ask");
    assertThat(json(answer).path("text").asText()).contains("Ask in the console");
    assertThat(json(click("UNOBODY", "airails.ask", run + "/ask")).path("text").asText())
        .contains("not linked");
    assertThat(gate(run).open()).isTrue();
  }

  @Test
  void tokensOfTheAppAreKeptWrappedAndOnlyInTheirForm() throws Exception {
    String path = "/v1/workspaces/w1/connector-instances/slack/app-tokens";
    expect(
        204,
        office.put(
            "t1",
            "ada",
            path,
            "{\"bot\": \"xoxb-0123456789\", \"app\": \"xapp-0123456789\"}",
            Role.ADMIN));
    expect(422, office.put("t1", "ada", path, "{\"bot\": \"xapp-0123456789\"}", Role.ADMIN));
    expect(403, office.put("t1", "omar", path, "{\"bot\": \"xoxb-0123456789\"}", Role.APPROVER));
    SlackTokens tokens = new SlackTokens(office.store.app(), office.secrets);
    assertThat(tokens.all()).contains(new SlackApp("t1", "slack"));
    assertThat(tokens.of(new SlackApp("t1", "slack")).orElseThrow().app())
        .contains("xapp-0123456789");
    assertThat(tokens.of(new SlackApp("t2", "slack"))).isEmpty();
  }

  private static List<byte[]> sealedComments(String run) {
    return office
        .store
        .app()
        .inTenant(
            "t1",
            c ->
                ai.rails.platform.postgres.Sql.all(
                    c,
                    "SELECT ciphertext FROM sealed_content WHERE tenant = 't1' AND run = ?"
                        + " AND ref LIKE 'ask/comment/%'",
                    row -> row.getBytes(1),
                    run));
  }

  private static HttpResponse<String> submit(String user, String view, String about, String text)
      throws Exception {
    String payload =
        """
        {"type": "view_submission", "team": {"id": "T1", "domain": "d"}, "user": {"id": "%s"},
         "api_app_id": "A1", "view": {"id": "%s", "type": "modal", "callback_id": "airails.ask",
         "private_metadata": "%s", "state": {"values": {"question": {"text":
         {"type": "plain_text_input", "value": "%s"}}}}}}\
        """
            .formatted(user, view.replaceAll("[^A-Za-z0-9]", ""), about, text);
    return send(
        PATH,
        ("payload=" + URLEncoder.encode(payload, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8),
        SECRET,
        TIME);
  }

  @Test
  void formWithoutPayloadIs400() throws Exception {
    expect(400, send(PATH, "x=1".getBytes(StandardCharsets.UTF_8), SECRET, TIME));
    expect(400, send(PATH, "payload=%7B".getBytes(StandardCharsets.UTF_8), SECRET, TIME));
    expect(400, send(PATH, "payload=%zz".getBytes(StandardCharsets.UTF_8), SECRET, TIME));
  }

  private static void person(String user, String subject, String role) throws Exception {
    expect(
        200,
        office.put(
            "t1",
            "ada",
            "/v1/identity-links/slack/T1." + user,
            "{\"subject\": \"%s\"}".formatted(subject),
            Role.ADMIN));
    expect(
        200,
        office.put(
            "t1",
            "ada",
            "/v1/workspaces/w1/roles/" + subject,
            "{\"roles\": [\"%s\"]}".formatted(role),
            Role.ADMIN));
  }

  private static GateState gate(String run) {
    return office.bus.load("t1", office.runs, run).gate("ask").orElseThrow();
  }

  private static String text(String user, String run) throws Exception {
    HttpResponse<String> answer = click(user, "airails.approve", run + "/ask");
    expect(200, answer);
    return json(answer).path("text").asText();
  }

  private static HttpResponse<String> click(String user, String action, String value)
      throws Exception {
    return send(PATH, form(user, action, value), SECRET, TIME);
  }

  private static byte[] form(String user, String action, String value) {
    String payload =
        """
        {"type": "block_actions", "team": {"id": "T1", "domain": "d"}, "user": {"id": "%s"},
         "api_app_id": "A1", "response_url": "https://slack.example/x", "actions": [
         {"action_id": "%s", "block_id": "b", "value": "%s", "type": "button"}]}\
        """
            .formatted(user, action, value);
    return ("payload=" + URLEncoder.encode(payload, StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> send(String path, byte[] body, String secret, String time)
      throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    mac.update(("v0:" + time + ":").getBytes(StandardCharsets.UTF_8));
    return office.raw(
        "POST",
        path,
        body,
        "Content-Type",
        "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp",
        time,
        "X-Slack-Signature",
        "v0=" + HexFormat.of().formatHex(mac.doFinal(body)));
  }

  /// Given as a system property or environment variable where the vendor's samples lie.
  private static Optional<Path> vectors() {
    return Optional.ofNullable(System.getenv("AIRAILS_SAMPLES"))
        .map(folder -> Path.of(folder, "slack_signature_vectors.json"))
        .filter(Files::exists);
  }
}
