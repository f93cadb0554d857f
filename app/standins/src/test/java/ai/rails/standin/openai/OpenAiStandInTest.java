package ai.rails.standin.openai;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
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

/// The client is OpenAI's own.
class OpenAiStandInTest {
  private static final String STRICT =
      """
      {"model":"gpt-4.1-mini","messages":[{"role":"system","content":"Triage."},{"role":"user","content":"VPN down"}],
       "response_format":{"type":"json_schema","json_schema":{"name":"triage","strict":true,"schema":%s}}}
      """;
  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"category\":{\"type\":\"string\"}},\"required\":[\"category\"],\"additionalProperties\":false}";

  private final ModelAnswers answers =
      new ModelAnswers(prompt ->
          "{\"category\":\"" + (prompt.user().contains("VPN") ? "network" : "other") + "\"}");
  @TempDir private Path folder;
  private OpenAiStandIn openAi;

  @BeforeEach
  void start() {
    MovableClock clock = new MovableClock();
    Journal journal = Journal.open(folder.resolve("openai.jsonl"), clock);
    openAi =
        OpenAiStandIn.start(
            new ModelServer(
                "sk-test",
                Map.of("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"),
                answers,
                new Transport.Plain(),
                0,
                journal,
                clock,
                TestRandom.ids(3)));
  }

  @AfterEach
  void stop() {
    openAi.close();
  }

  @Test
  void completesAChatForOpenAisOwnClient() {
    var completion = sdk("sk-test").chat().completions().create(chat("gpt-4.1-mini"));
    assertThat(completion.choices().getFirst().message().content())
        .contains("{\"category\":\"network\"}");
    assertThat(completion.model()).isEqualTo("gpt-4.1-mini-2025-04-14");
    var usage = completion.usage().orElseThrow();
    assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
    assertThat(openAi.billedCalls()).isEqualTo(1);
  }

  @Test
  void respondsForOpenAisOwnClient() {
    var response =
        sdk("sk-test")
            .responses()
            .create(ResponseCreateParams.builder().model("gpt-4.1-mini").input("VPN down").build());
    assertThat(response.output().getFirst().asMessage().content().getFirst().asOutputText().text())
        .isEqualTo("{\"category\":\"network\"}");
    assertThat(response.usage().orElseThrow().inputTokensDetails().cachedTokens()).isZero();
  }

  @Test
  void refusesAsTheVendorDoes() {
    assertThatThrownBy(() -> sdk("sk-wrong").chat().completions().create(chat("gpt-4.1-mini")))
        .isInstanceOf(UnauthorizedException.class);
    assertThatThrownBy(() -> sdk("sk-test").chat().completions().create(chat("gpt-9")))
        .isInstanceOf(NotFoundException.class);
    openAi.faults().inject(1, _ -> true, new Fault.RateLimited(Duration.ofSeconds(1)));
    assertThatThrownBy(() -> sdk("sk-test").chat().completions().create(chat("gpt-4.1-mini")))
        .isInstanceOfSatisfying(
            RateLimitException.class, e -> assertThat(e.code()).contains("rate_limit_exceeded"));
    openAi.faults().inject(1, _ -> true, new Fault.QuotaExhausted());
    assertThatThrownBy(() -> sdk("sk-test").chat().completions().create(chat("gpt-4.1-mini")))
        .isInstanceOfSatisfying(
            RateLimitException.class, e -> assertThat(e.code()).contains("insufficient_quota"));
    assertThat(openAi.billedCalls()).isZero();
    assertThat(openAi.journal().refusals()).isEqualTo(4);
  }

  @Test
  void refusesMalformedBodiesAndOpenSchemas() throws IOException, InterruptedException {
    TestClient client = client();
    assertThat(client.post("/v1/chat/completions", STRICT.formatted(SCHEMA)).status())
        .isEqualTo(200);
    TestClient.Reply open =
        client.post(
            "/v1/chat/completions",
            STRICT.formatted(SCHEMA.replace(",\"additionalProperties\":false", "")));
    assertThat(open.status()).isEqualTo(400);
    assertThat(open.json().path("error").path("message").asText())
        .contains("'additionalProperties' is required to be supplied and to be false");
    assertThat(
            client
                .post(
                    "/v1/chat/completions",
                    STRICT.formatted(SCHEMA.replace("[\"category\"]", "[]")))
                .body())
        .contains("Missing 'category'");
    assertThat(client.post("/v1/chat/completions", "{\"model\":").status()).isEqualTo(400);
    assertThat(
            client
                .post("/v1/chat/completions", "{\"model\":\"gpt-4.1-mini\",\"messages\":[]}")
                .json()
                .path("error")
                .path("code")
                .asText())
        .isEqualTo("empty_array");
    assertThat(
            client
                .post(
                    "/v1/chat/completions",
                    "{\"model\":\"gpt-4.1-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"colour\":1}")
                .body())
        .contains("Unrecognized request argument supplied: colour");
    assertThat(
            client
                .post("/v1/responses", "{\"model\":\"gpt-4.1-mini\",\"input\":\"x\",\"colour\":1}")
                .json()
                .path("error")
                .path("code")
                .asText())
        .isEqualTo("unknown_parameter");
    assertThat(client.post("/v1/responses", "{\"model\":\"gpt-4.1-mini\"}").status())
        .isEqualTo(400);
    assertThat(client.get("/v1/nothing").json().path("error").path("code").asText())
        .isEqualTo("unknown_url");
    assertThat(client.without("Authorization").get("/v1/models").status()).isEqualTo(401);
    assertThat(client.get("/v1/models").header("x-request-id")).startsWith("req_");
  }

  @Test
  void endsInTheWaysThatA200CanEnd() throws IOException, InterruptedException {
    answers.next(1, Outcome.LENGTH);
    assertThat(choice().path("finish_reason").asText()).isEqualTo("length");
    answers.next(1, Outcome.REFUSAL);
    assertThat(choice().path("message").path("content").isNull()).isTrue();
    answers.next(1, Outcome.CONTENT_FILTER);
    assertThat(choice().path("finish_reason").asText()).isEqualTo("content_filter");
    TestClient.Reply cut =
        client()
            .post(
                "/v1/responses",
                "{\"model\":\"gpt-4.1-mini\",\"input\":\"VPN\",\"max_output_tokens\":2}");
    assertThat(cut.json().path("status").asText()).isEqualTo("incomplete");
    assertThat(cut.json().path("usage").path("output_tokens").asInt()).isEqualTo(2);
  }

  @Test
  void countsCachedTokensInsideTheInput() throws IOException, InterruptedException {
    String body = "{\"model\":\"gpt-4.1-mini\",\"input\":\"" + "long prompt ".repeat(400) + "\"}";
    client().post("/v1/responses", body);
    var usage = client().post("/v1/responses", body).json().path("usage");
    assertThat(usage.path("input_tokens_details").path("cached_tokens").asInt()).isEqualTo(1152);
    assertThat(usage.path("input_tokens").asInt()).isGreaterThan(1152);
  }

  private JsonNode choice() throws IOException, InterruptedException {
    return client()
        .post("/v1/chat/completions", STRICT.formatted(SCHEMA))
        .json()
        .path("choices")
        .path(0);
  }

  private TestClient client() {
    return new TestClient(
        openAi.uri(),
        Map.of("Authorization", "Bearer sk-test", "Content-Type", "application/json"));
  }

  private OpenAIClient sdk(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(openAi.uri() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static ChatCompletionCreateParams chat(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .addSystemMessage("Triage.")
        .addUserMessage("VPN down")
        .build();
  }
}
