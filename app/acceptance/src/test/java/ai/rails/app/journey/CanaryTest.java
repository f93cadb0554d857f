package ai.rails.app.journey;

import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.demo.People;
import ai.rails.app.demo.PinnedModel;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.http.Api;
import ai.rails.app.journey.Triage.Started;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.standin.Callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// Content is nowhere but in the worker: a run whose ticket, prompt, answer, credentials and
/// comment carry words that no text has by chance, and a search for them through everything that
/// the system wrote and in the memory of everything but the worker.
///
/// The outside world is in this test's process, so that the launcher's memory, with the control
/// plane, the read side, the stream processors and the broker, holds no stand-in that may know
/// them.
@Tag("slow")
final class CanaryTest {
  private static final String CATEGORY = "Hardware";

  private final Canary content = Canary.of("content");
  private final Canary spilled = Canary.of("spilled");
  private final Canary planted = Canary.of("planted");
  private final Queue<String> prompts = new ConcurrentLinkedQueue<>();

  @TempDir Path directory;

  @Test
  void contentIsFoundNowhereOutsideTheWorker() throws Exception {
    Path data = directory.resolve("data");
    var environment = Cell.environment(directory);
    environment.put("PLANTED", planted.word());
    keepCredentials();
    try (Collector collector = Collector.start(directory.resolve("traces"));
        Outside outside = Outside.start(directory)) {
      Path servers = outside.servers(Map.of("otel.endpoint", collector.endpoint()));
      try (RailsProcess launcher =
          RailsProcess.start(
              directory.resolve("launcher.log"),
              "API on",
              environment,
              "up",
              "--data",
              data.toString(),
              "--servers",
              servers.toString())) {
        Triage triage =
            outside.published(
                data, PinnedModel.of(PinnedModel.Provider.OPENAI, OfflineClassifier.standard()));
        Started started = governed(outside, triage);
        spill(outside, triage);
        triage.evidence(started, directory.resolve("bundle.zip"));
        Plants.files(planted, data.resolve("planted"));
        try (Connection connection = superUser(data, "airails")) {
          Plants.row(planted, connection);
        }

        Search search = searched(data, launcher);

        assertThat(collector.received()).isPositive();
        Plants.assertFound(search.of(planted), planted);
        assertThat(search.of(content)).isEmpty();
        assertThat(search.of(spilled)).allMatch(hit -> hit.where().startsWith("heaps/"));
      }
    }
  }

  /// Credentials are sealed by whoever has them, to the worker.
  private void keepCredentials() {
    new EffectiveProperties(
            new java.util.TreeMap<>(
                Map.of(
                    "world.servicenow.client", word("secret"), "world.slack.token", word("token"))))
        .write(directory.resolve("world").resolve("secrets.properties"));
  }

  private String word(String kind) {
    return kind + content.word();
  }

  /// One run from the webhook to the write, with a vendor's model and an approver's comment.
  private Started governed(Outside outside, Triage triage) throws Exception {
    outside
        .world()
        .answerWith(prompt -> {
          prompts.add(prompt.text());
          return Api.JSON
              .createObjectNode()
              .put("category", CATEGORY)
              .put("confidence", 0.97)
              .put("summary", "The screen is broken, " + word("answer") + " says.")
              .toString();
        });
    Started started =
        triage.start(
            "Broken screen " + word("title"),
            "Please call %s@example.org about %s".formatted(word("mail"), word("text")),
            CATEGORY);
    triage.awaitGate(started);
    JsonNode gate = triage.gate(started.run()).orElseThrow();
    String artifact = triage.run(started.run()).path("artifactDigest").asText();
    byte[] key =
        Base64.getDecoder()
            .decode(triage.get("/v1/artifacts/" + artifact).path("ingestPublicKey").asText());
    byte[] comment = HpkeKeyPair.seal(key, word("comment").getBytes(UTF_8), "comment");
    assertThat(decided(triage, gate, comment).status()).isEqualTo(200);
    Triage.await(
        "the end of " + started.run(), () -> triage.status(started.run()).equals("COMPLETED"));

    // The words did go where they belong.
    assertThat(prompts).anyMatch(prompt -> prompt.contains(word("text")));
    assertThat(triage.serviceNow().notes(started.ticket().sysId(), "work_notes"))
        .anyMatch(note -> note.contains(word("answer")));
    return started;
  }

  private static Http.Answer decided(Triage triage, JsonNode gate, byte[] comment) {
    return Http.send(
        "POST",
        triage
            .flagship()
            .api()
            .uri(
                "/v1/runs/%s/gates/%s/decisions"
                    .formatted(gate.path("run").asText(), gate.path("gate").asText())),
        Map.of(
            "Authorization",
            "Bearer "
                + triage.flagship().people().approver(triage.tenant(), People.SECOND_APPROVER),
            "Content-Type",
            "application/json"),
        "{\"verdict\":\"APPROVE\",\"callDigest\":\"%s\",\"comment\":\"%s\"}"
            .formatted(
                gate.path("callDigest").asText(), Base64.getEncoder().encodeToString(comment)));
  }

  /// Text where none belongs is refused, and then is nowhere but in the memory that took it.
  private void spill(Outside outside, Triage triage) throws GeneralSecurityException {
    Started open = triage.start();
    triage.awaitGate(open);
    JsonNode gate = triage.gate(open.run()).orElseThrow();
    assertThat(decided(triage, gate, spilled.word().getBytes(UTF_8)).status()).isEqualTo(422);

    Callback genuine = triage.serviceNow().webhook(open.ticket().sysId(), "insert");
    for (String body :
        List.of(
            genuine.body().replaceFirst("\\{", "{\"note\":\"%s\",".formatted(spilled.word())),
            "{\"note\":\"" + spilled.word(),
            genuine.body().replace("insert", spilled.word()))) {
      Callback spilt =
          RefusedTest.signed(
              outside.secrets().webhookSecret(),
              String.valueOf(Instant.now().getEpochSecond()),
              body);
      assertThat(post(triage, triage.flagship().hook(), spilt.headers(), body)).isIn(400, 422);
    }
    Map<String, String> operator =
        Map.of(
            "Authorization",
            "Bearer " + triage.flagship().people().operator(triage.tenant()),
            "Content-Type",
            "application/json");
    assertThat(
            post(
                triage,
                triage.flagship().api().uri("/v1/runs"),
                operator,
                """
                {"workflow":"itsm-triage","environment":"dev","inputs":\
                {"sys_id":"a %s b","number":"INC1","sys_mod_count":0}}\
                """
                    .formatted(spilled.word())))
        .isEqualTo(422);
    assertThat(
            post(
                triage,
                triage.flagship().api().uri("/v1/runs/%s/cancel".formatted(open.run())),
                operator,
                "{\"reason\":\"because %s\"}".formatted(spilled.word())))
        .isEqualTo(422);
  }

  private static int post(Triage triage, URI target, Map<String, String> headers, String body) {
    assertThat(target.getHost()).isEqualTo(triage.flagship().hook().getHost());
    return Http.send("POST", target, headers, body).status();
  }

  private Search searched(Path data, RailsProcess launcher) throws Exception {
    long begun = System.nanoTime();
    Path heaps = directory.resolve("heaps");
    Written.heap(launcher.handle(), heaps.resolve("launcher"));
    List<Written.Child> children = Written.children(data);
    assertThat(children).extracting(Written.Child::name).contains("egress", "witness");
    for (Written.Child child : children) {
      Written.heap(child.process(), heaps.resolve(child.name()));
    }
    Path tables = directory.resolve("tables");
    int copied = 0;
    for (String database : List.of("airails", "signer", "postgres")) {
      try (Connection connection = superUser(data, database)) {
        copied += Written.tables(database, connection, tables);
      }
    }
    Search search = new Search(content, spilled, planted);
    search.directory("heaps", heaps);
    search.directory("tables", tables);
    search.directory("data", data);
    search.directory("traces", directory.resolve("traces"));
    search.file("launcher.log", directory.resolve("launcher.log"));
    search.file("bundle.zip", directory.resolve("bundle.zip"));
    Figures.print("search of %s bytes, %s tables".formatted(search.bytes(), copied), begun);
    return search;
  }

  private static Connection superUser(Path data, String database) throws SQLException {
    String password =
        Secrets.open(data.resolve("secrets.properties"), new SecureRandom())
            .of("postgres.super.password");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%s/%s"
            .formatted(Outside.effective(data).get("postgres.port"), database),
        "postgres",
        password);
  }
}
