package ai.rails.standin.azure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
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

import static org.assertj.core.api.Assertions.assertThat;

class AzureOpenAiStandInTest {
  private static final String LEGACY = "/openai/deployments/triage/chat/completions";
  private static final String BODY =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"VPN down\"}]}";

  @TempDir private Path folder;
  private AzureOpenAiStandIn azure;

  @BeforeEach
  void start() {
    MovableClock clock = new MovableClock();
    Journal journal = Journal.open(folder.resolve("azure.jsonl"), clock);
    ModelAnswers answers = new ModelAnswers(_ -> "network");
    azure =
        AzureOpenAiStandIn.start(
            new ModelServer(
                "azure-key",
                Map.of("triage", "gpt-4.1-mini"),
                answers,
                new Transport.Plain(),
                0,
                journal,
                clock,
                TestRandom.ids(4)));
  }

  @AfterEach
  void stop() {
    azure.close();
  }

  @Test
  void completesForTheVendorsClientOnTheUnifiedPath() {
    var sdk =
        OpenAIOkHttpClient.builder()
            .baseUrl(azure.uri() + "/openai/v1")
            .credential(AzureApiKeyCredential.create("azure-key"))
            .maxRetries(0)
            .build();
    var completion =
        sdk.chat()
            .completions()
            .create(
                ChatCompletionCreateParams.builder().model("triage").addUserMessage("VPN").build());
    assertThat(completion.choices().getFirst().message().content()).contains("network");
    assertThat(completion.model()).isEqualTo("gpt-4.1-mini");
  }

  @Test
  void completesOnADeploymentPathWithAVersion() throws IOException, InterruptedException {
    TestClient.Reply reply = client().post(LEGACY + "?api-version=2024-10-21", BODY);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("apim-request-id")).hasSize(36);
    assertThat(azure.billedCalls()).isEqualTo(1);
  }

  @Test
  void refusesAsAzureDoes() throws IOException, InterruptedException {
    assertThat(client().post(LEGACY, BODY).status()).isEqualTo(404);
    assertThat(
            client()
                .post(LEGACY.replace("triage", "other") + "?api-version=2024-10-21", BODY)
                .json()
                .path("error")
                .path("code")
                .asText())
        .isEqualTo("DeploymentNotFound");
    TestClient.Reply denied =
        client().with("api-key", "wrong").post(LEGACY + "?api-version=2024-10-21", BODY);
    assertThat(denied.status()).isEqualTo(401);
    assertThat(denied.json().path("error").path("code").asText()).isEqualTo("401");
    azure.faults().inject(1, _ -> true, new Fault.RateLimited(Duration.ofMillis(1500)));
    assertThat(client().post(LEGACY, BODY).header("retry-after-ms")).isEqualTo("1500");
    assertThat(client().post("/openai/v1/embeddings", "{\"model\":\"triage\"}").status())
        .isEqualTo(404);
    assertThat(azure.billedCalls()).isZero();
  }

  private TestClient client() {
    return new TestClient(
        azure.uri(), Map.of("api-key", "azure-key", "Content-Type", "application/json"));
  }
}
