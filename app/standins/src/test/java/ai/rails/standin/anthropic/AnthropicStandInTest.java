package ai.rails.standin.anthropic;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.models.messages.MessageCreateParams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.standin.Fault;
import ai.rails.standin.Journal;
import ai.rails.standin.MovableClock;
import ai.rails.standin.TestClient;
import ai.rails.standin.TestRandom;
import ai.rails.standin.Transport;
import ai.rails.standin.model.ModelAnswers;
import ai.rails.standin.model.ModelServer;
import ai.rails.standin.model.Outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The client is Anthropic's own.
class AnthropicStandInTest {
  private static final String BODY =
      "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}";

  private final ModelAnswers answers = new ModelAnswers(_ -> "{\"category\":\"network\"}");
  @TempDir private Path folder;
  private AnthropicStandIn anthropic;

  @BeforeEach
  void start() {
    MovableClock clock = new MovableClock();
    Journal journal = Journal.open(folder.resolve("anthropic.jsonl"), clock);
    anthropic =
        AnthropicStandIn.start(
            new ModelServer(
                "sk-ant-test",
                Map.of("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
                answers,
                new Transport.Plain(),
                0,
                journal,
                clock,
                TestRandom.ids(5)));
  }

  @AfterEach
  void stop() {
    anthropic.close();
  }

  @Test
  void answersAnthropicsOwnClient() {
    var message = sdk("sk-ant-test").messages().create(params("claude-haiku-4-5"));
    assertThat(message.content().getFirst().asText().text())
        .isEqualTo("{\"category\":\"network\"}");
    assertThat(message.usage().outputTokens()).isPositive();
    assertThat(message.usage().cacheReadInputTokens()).contains(0L);
    assertThat(anthropic.billedCalls()).isEqualTo(1);
  }

  @Test
  void refusesAsTheVendorDoes() {
    assertThatThrownBy(() -> sdk("wrong").messages().create(params("claude-haiku-4-5")))
        .isInstanceOf(UnauthorizedException.class);
    assertThatThrownBy(() -> sdk("sk-ant-test").messages().create(params("claude-9")))
        .isInstanceOf(NotFoundException.class);
    anthropic.faults().inject(1, _ -> true, new Fault.Overloaded());
    assertThatThrownBy(() -> sdk("sk-ant-test").messages().create(params("claude-haiku-4-5")))
        .isInstanceOfSatisfying(
            InternalServerException.class, e -> assertThat(e.statusCode()).isEqualTo(529));
    assertThat(anthropic.billedCalls()).isZero();
  }

  @Test
  void takesBothWaysToAuthenticateAndDemandsAVersion() throws IOException, InterruptedException {
    String body = BODY.formatted("VPN", "");
    assertThat(client().post("/v1/messages", body).header("request-id")).startsWith("req_");
    TestClient bearer =
        client()
            .without("x-api-key")
            .with("Authorization", "Bearer sk-ant-test")
            .with("anthropic-version", "2026-10-21");
    assertThat(bearer.post("/v1/messages", body).status()).isEqualTo(200);
    assertThat(client().without("anthropic-version").post("/v1/messages", body).body())
        .contains("anthropic-version: header is required");
    TestClient.Reply anonymous = client().without("x-api-key").post("/v1/messages", body);
    assertThat(anonymous.status()).isEqualTo(401);
    assertThat(anonymous.json().path("error").path("type").asText())
        .isEqualTo("authentication_error");
    assertThat(anonymous.json().path("request_id").asText())
        .isEqualTo(anonymous.header("request-id"));
  }

  @Test
  void refusesMalformedBodies() throws IOException, InterruptedException {
    assertThat(client().post("/v1/messages", BODY.formatted("x", ",\"colour\":1")).body())
        .contains("colour: Extra inputs are not permitted");
    assertThat(
            client()
                .post("/v1/messages", BODY.replace("\"max_tokens\":100,", "").formatted("x", ""))
                .body())
        .contains("max_tokens: Field required");
    assertThat(
            client()
                .post("/v1/messages", BODY.replace("\"user\"", "\"assistant\"").formatted("x", ""))
                .status())
        .isEqualTo(400);
    assertThat(client().post("/v1/messages", "{").status()).isEqualTo(400);
    String open =
        ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{}}}}";
    assertThat(client().post("/v1/messages", BODY.formatted("x", open)).body())
        .contains("must be explicitly set to false");
    String closed =
        open.replace("\"properties\":{}", "\"properties\":{},\"additionalProperties\":false");
    assertThat(client().post("/v1/messages", BODY.formatted("x", closed)).status()).isEqualTo(200);
    anthropic.faults().inject(1, _ -> true, new Fault.RateLimited(Duration.ofSeconds(9)));
    assertThat(client().post("/v1/messages", BODY.formatted("x", "")).header("retry-after"))
        .isEqualTo("9");
  }

  @Test
  void countsCachedTokensBesideTheInputAndEndsInSeveralWays()
      throws IOException, InterruptedException {
    String body =
        BODY.formatted("long prompt ".repeat(400), ",\"cache_control\":{\"type\":\"ephemeral\"}");
    var written = client().post("/v1/messages", body).json().path("usage");
    var read = client().post("/v1/messages", body).json().path("usage");
    assertThat(written.path("cache_creation_input_tokens").asInt()).isEqualTo(1152);
    assertThat(read.path("cache_read_input_tokens").asInt()).isEqualTo(1152);
    assertThat(read.path("input_tokens").asInt()).isEqualTo(written.path("input_tokens").asInt());
    answers.next(1, Outcome.REFUSAL);
    assertThat(client().post("/v1/messages", body).json().path("stop_reason").asText())
        .isEqualTo("refusal");
    answers.next(1, Outcome.LENGTH);
    assertThat(client().post("/v1/messages", body).json().path("stop_reason").asText())
        .isEqualTo("max_tokens");
  }

  private TestClient client() {
    return new TestClient(
        anthropic.uri(),
        Map.of(
            "x-api-key",
            "sk-ant-test",
            "anthropic-version",
            "2023-06-01",
            "Content-Type",
            "application/json"));
  }

  private AnthropicClient sdk(String key) {
    return AnthropicOkHttpClient.builder()
        .baseUrl(anthropic.uri().toString())
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static MessageCreateParams params(String model) {
    return MessageCreateParams.builder()
        .model(model)
        .maxTokens(100)
        .addUserMessage("VPN down")
        .build();
  }
}
