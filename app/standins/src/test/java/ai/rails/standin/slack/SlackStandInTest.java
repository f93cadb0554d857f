package ai.rails.standin.slack;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.app_backend.SlackSignature;
import com.slack.api.app_backend.interactive_components.payload.BlockActionPayload;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.model.Message;
import com.slack.api.util.json.GsonFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.standin.Callback;
import ai.rails.standin.Fault;
import ai.rails.standin.Form;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.MovableClock;
import ai.rails.standin.ReceivedCallbacks;
import ai.rails.standin.TestClient;
import ai.rails.standin.TestRandom;
import ai.rails.standin.Transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The client and the signature's check are Slack's own.
class SlackStandInTest {
  private static final String TOKEN = "xoxb-test";
  private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
  private static final String CHANNEL = "C0APPROVALS";
  private static final String CARD =
      """
      [{"type":"header","text":{"type":"plain_text","text":"Approve"}},
       {"type":"actions","block_id":"decide","elements":[
        {"type":"button","action_id":"approve","style":"primary","value":"apr_1","text":{"type":"plain_text","text":"Approve"}},
        {"type":"button","action_id":"deny","style":"danger","value":"apr_1","text":{"type":"plain_text","text":"Deny"}}]}]
      """;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private SlackStandIn slack;
  private MethodsClient methods;

  @BeforeEach
  void start() {
    slack = started(false);
    methods = methods(TOKEN);
  }

  @AfterEach
  void stop() {
    slack.close();
  }

  @Test
  void keepsACardWithItsMetadata() throws IOException, SlackApiException {
    // When
    ChatPostMessageResponse posted = post();
    // Then
    assertThat(posted.isOk()).isTrue();
    var history = methods.conversationsHistory(r -> r.channel(CHANNEL).includeAllMetadata(true));
    Message message = history.getMessages().getFirst();
    assertThat(message.getTs()).isEqualTo(posted.getTs());
    assertThat(message.getMetadata().getEventPayload()).containsEntry("approval_id", "apr_1");
    assertThat(message.getBlocks()).hasSize(2);
    assertThat(
            methods
                .conversationsHistory(r -> r.channel(CHANNEL))
                .getMessages()
                .getFirst()
                .getMetadata())
        .isNull();
    assertThat(slack.journal().effects("message_posted")).isEqualTo(1);
  }

  @Test
  void updatesAMessageAndPagesThroughHistory() throws IOException, SlackApiException {
    String ts = post().getTs();
    post();
    assertThat(
            methods
                .chatUpdate(r -> r.channel(CHANNEL).ts(ts).text("decided").blocksAsString("[]"))
                .isOk())
        .isTrue();
    assertThat(methods.chatUpdate(r -> r.channel(CHANNEL).ts("1.1").text("decided")).getError())
        .isEqualTo("message_not_found");
    var first = methods.conversationsHistory(r -> r.channel(CHANNEL).limit(1));
    assertThat(first.isHasMore()).isTrue();
    var second =
        methods.conversationsHistory(
            r -> r.channel(CHANNEL).limit(1).cursor(first.getResponseMetadata().getNextCursor()));
    assertThat(second.getMessages().getFirst().getText()).isEqualTo("decided");
    assertThat(second.isHasMore()).isFalse();
  }

  @Test
  void answersWhoItIsAndWhoPeopleAre() throws IOException, SlackApiException {
    assertThat(methods.authTest(r -> r).getTeamId()).isEqualTo("T0AIRAILS");
    assertThat(methods.usersInfo(r -> r.user("U1")).getUser().getName()).isEqualTo("amy");
    assertThat(methods.usersInfo(r -> r.user("U9")).getError()).isEqualTo("user_not_found");
    assertThat(methods("xapp-1-A0AIRAILS-development").appsConnectionsOpen(r -> r).getUrl())
        .startsWith("wss://slack.test:")
        .contains("/link/?ticket=", "app_id=A0AIRAILS");
  }

  @Test
  void refusesInSlacksWay() throws IOException, SlackApiException {
    assertThat(methods("xoxb-wrong").chatPostMessage(r -> r.channel(CHANNEL).text("x")).getError())
        .isEqualTo("invalid_auth");
    assertThat(methods.chatPostMessage(r -> r.channel("C9").text("x")).getError())
        .isEqualTo("channel_not_found");
    assertThat(methods.chatPostMessage(r -> r.channel(CHANNEL).text("x".repeat(40_001))).getError())
        .isEqualTo("msg_too_long");
    assertThat(methods.chatPostMessage(r -> r.channel(CHANNEL)).getError()).isEqualTo("no_text");
    assertThat(methods.appsConnectionsOpen(r -> r).getError()).isEqualTo("not_allowed_token_type");
    assertThat(slack.journal().refusals("invalid_auth")).isEqualTo(1);
    assertThat(slack.messages(CHANNEL)).isEmpty();
  }

  @Test
  void refusesBlocksBeyondTheLimits() throws IOException, SlackApiException {
    String button =
        "{\"type\":\"button\",\"action_id\":\"a\",\"value\":\"%s\",\"text\":{\"type\":\"plain_text\",\"text\":\"ok\"}}";
    List<String> bad =
        List.of(
            "[" + "{\"type\":\"divider\"},".repeat(50) + "{\"type\":\"divider\"}]",
            "[{\"type\":\"header\",\"text\":{\"type\":\"plain_text\",\"text\":\""
                + "x".repeat(151)
                + "\"}}]",
            "[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\""
                + "x".repeat(3001)
                + "\"}}]",
            "[{\"type\":\"actions\",\"elements\":[" + button.formatted("x".repeat(2001)) + "]}]",
            "[{\"type\":\"actions\",\"elements\":["
                + button.formatted("1")
                + ","
                + button.formatted("2")
                + "]}]",
            "[{\"type\":\"no_such_block\"}]");
    for (String blocks : bad) {
      assertThat(
              methods
                  .chatPostMessage(r -> r.channel(CHANNEL).text("x").blocksAsString(blocks))
                  .getError())
          .isEqualTo("invalid_blocks");
    }
  }

  @Test
  void answersJsonCallsAndMissingTokensAsWell() throws IOException, InterruptedException {
    TestClient json =
        new TestClient(
            slack.uri(),
            Map.of(
                "Authorization",
                "Bearer " + TOKEN,
                "Content-Type",
                "application/json; charset=utf-8"));
    assertThat(
            json.post(
                    "/api/chat.postMessage",
                    "{\"channel\":\"C0APPROVALS\",\"text\":\"t\",\"blocks\":" + CARD + "}")
                .json()
                .path("ok")
                .asBoolean())
        .isTrue();
    assertThat(json.post("/api/chat.postMessage", "{\"channel\":").json().path("error").asText())
        .isEqualTo("invalid_json");
    assertThat(json.post("/api/no.such", "{}").json().path("error").asText())
        .isEqualTo("unknown_method");
    TestClient.Reply anonymous = json.without("Authorization").post("/api/auth.test", "{}");
    assertThat(anonymous.status()).isEqualTo(200);
    assertThat(anonymous.json().path("error").asText()).isEqualTo("not_authed");
  }

  @Test
  void limitsPostsToOneASecondInEachChannel()
      throws IOException, SlackApiException, InterruptedException {
    slack.close();
    slack = started(true);
    TestClient json =
        new TestClient(
            slack.uri(),
            Map.of("Authorization", "Bearer " + TOKEN, "Content-Type", "application/json"));
    String body = "{\"channel\":\"C0APPROVALS\",\"text\":\"t\"}";
    assertThat(json.post("/api/chat.postMessage", body).status()).isEqualTo(200);
    assertThat(json.post("/api/chat.postMessage", body).header("Retry-After")).isEqualTo("1");
    clock.advance(Duration.ofSeconds(1));
    assertThat(json.post("/api/chat.postMessage", body).status()).isEqualTo(200);
    slack.faults().inject(1, _ -> true, new Fault.RateLimited(Duration.ofSeconds(3)));
    assertThat(json.post("/api/auth.test", "{}").status()).isEqualTo(429);
  }

  @Test
  void pressesAButtonWithASignatureThatSlacksOwnCheckAccepts()
      throws IOException, SlackApiException {
    // Given
    String ts = post().getTs();
    try (Journal journal = Journal.open(folder.resolve("product.jsonl"), clock);
        ReceivedCallbacks product = new ReceivedCallbacks(journal)) {
      Callback callback = slack.callback(new Press("U1", CHANNEL, ts, "approve"));
      // When
      slack.redeliver(callback, 1, product.uri());
      // Then
      var request = product.received().getFirst();
      assertThat(verified(request.headers(), request.body())).isTrue();
      assertThat(verified(request.headers(), request.body().replace("apr_1", "apr_2"))).isFalse();
      assertThat(request.header("x-slack-retry-num")).contains("1");
      BlockActionPayload payload =
          GsonFactory.createSnakeCase()
              .fromJson(Form.decode(request.body()).get("payload"), BlockActionPayload.class);
      assertThat(payload.getUser().getId()).isEqualTo("U1");
      assertThat(payload.getContainer().getMessageTs()).isEqualTo(ts);
      assertThat(payload.getActions().getFirst().getValue()).isEqualTo("apr_1");
      assertThat(payload.getActions().getFirst().getBlockId()).isEqualTo("decide");
    }
  }

  @Test
  void letsNobodyPressWhatIsNotThere() throws IOException, SlackApiException {
    String ts = post().getTs();
    assertThatThrownBy(() -> slack.callback(new Press("U1", CHANNEL, ts, "wipe")))
        .hasMessageContaining("no button wipe");
    assertThatThrownBy(() -> slack.callback(new Press("U9", CHANNEL, ts, "approve")))
        .hasMessageContaining("no user U9");
    assertThatThrownBy(() -> slack.callback(new Press("U1", CHANNEL, "1.1", "approve")))
        .hasMessageContaining("no message");
  }

  @Test
  void takesFiveResponsesWithinThirtyMinutes()
      throws IOException, SlackApiException, InterruptedException {
    // Given
    String ts = post().getTs();
    URI url = responseUrl(ts);
    TestClient client = new TestClient(slack.uri(), Map.of("Content-Type", "application/json"));
    // When
    for (int i = 0; i < 5; i++) {
      assertThat(
              client
                  .post(url.getPath(), "{\"replace_original\":true,\"text\":\"decided\"}")
                  .status())
          .isEqualTo(200);
    }
    // Then
    assertThat(client.post(url.getPath(), "{\"text\":\"six\"}").json().path("error").asText())
        .isEqualTo("used_url");
    URI late = responseUrl(ts);
    clock.advance(Duration.ofMinutes(31));
    assertThat(client.post(late.getPath(), "{\"text\":\"late\"}").status()).isEqualTo(404);
  }

  @Test
  void opensAViewOnceAndSoon() throws IOException, SlackApiException {
    String ts = post().getTs();
    String view =
        "{\"type\":\"modal\",\"title\":{\"type\":\"plain_text\",\"text\":\"Why\"},\"blocks\":[]}";
    String trigger =
        payload(slack.callback(new Press("U1", CHANNEL, ts, "deny"))).path("trigger_id").asText();
    assertThat(methods.viewsOpen(r -> r.triggerId(trigger).viewAsString(view)).isOk()).isTrue();
    assertThat(methods.viewsOpen(r -> r.triggerId(trigger).viewAsString(view)).getError())
        .isEqualTo("invalid_trigger_id");
    String late =
        payload(slack.callback(new Press("U1", CHANNEL, ts, "deny"))).path("trigger_id").asText();
    clock.advance(Duration.ofSeconds(4));
    assertThat(methods.viewsOpen(r -> r.triggerId(late).viewAsString(view)).getError())
        .isEqualTo("expired_trigger_id");
  }

  private SlackStandIn started(boolean rateLimited) {
    Workspace workspace =
        Workspace.of("https://slack.test", TOKEN, SECRET, Map.of("U1", "amy", "U2", "ben"));
    Journal journal = Journal.open(folder.resolve("slack.jsonl"), clock);
    return SlackStandIn.start(
        new SlackStandIn.Start(
            workspace, rateLimited, new Transport.Plain(), 0, journal, clock, TestRandom.ids(2)));
  }

  private MethodsClient methods(String token) {
    SlackConfig config = new SlackConfig();
    config.setMethodsEndpointUrlPrefix(slack.uri() + "/api/");
    config.setStatsEnabled(false);
    return Slack.getInstance(config).methods(token);
  }

  private ChatPostMessageResponse post() throws IOException, SlackApiException {
    Message.Metadata metadata =
        Message.Metadata.builder()
            .eventType("approval")
            .eventPayload(Map.of("approval_id", "apr_1"))
            .build();
    return methods.chatPostMessage(
        r -> r.channel(CHANNEL).text("Approve?").blocksAsString(CARD).metadata(metadata));
  }

  private URI responseUrl(String ts) {
    return URI.create(
        payload(slack.callback(new Press("U1", CHANNEL, ts, "approve")))
            .path("response_url")
            .asText());
  }

  private static JsonNode payload(Callback callback) {
    return Json.parse(Form.decode(callback.body()).getOrDefault("payload", ""));
  }

  private boolean verified(Map<String, String> headers, String body) {
    var verifier = new SlackSignature.Verifier(new SlackSignature.Generator(SECRET));
    String timestamp = headers.getOrDefault("x-slack-request-timestamp", "");
    return verifier.isValid(
        timestamp, body, headers.getOrDefault("x-slack-signature", ""), clock.millis());
  }
}
