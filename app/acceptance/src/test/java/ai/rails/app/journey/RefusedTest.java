package ai.rails.app.journey;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.demo.World;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.journey.Triage.Started;
import ai.rails.standin.Callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// What is refused at the real ports, with a problem that says why, an event where one is due, and
/// nothing else changed.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class RefusedTest {
  private static final String TIME = "X-AIRails-Timestamp";
  private static final String SIGNATURE = "X-AIRails-Signature";

  @Test
  void webhooksThatAreNotGenuineStartNothing(Cell cell) throws Exception {
    Triage triage = cell.triage();
    Callback genuine = triage.serviceNow().webhook(triage.report().sysId(), "insert");
    long runs = runs(triage);
    URI hook = triage.flagship().hook();
    String now = String.valueOf(Instant.now().getEpochSecond());
    String old = String.valueOf(Instant.now().minusSeconds(600).getEpochSecond());

    refused(401, "SIGNATURE_INVALID", hook, genuine.withHeader(SIGNATURE, "v1=" + "0".repeat(64)));
    refused(401, "SIGNATURE_INVALID", hook, genuine.withoutHeader(SIGNATURE));
    refused(401, "SIGNATURE_INVALID", hook, signed(cell, old, genuine.body()));
    refused(401, "SIGNATURE_INVALID", ofTenant(hook, triage, UUID.randomUUID()), genuine);
    refused(422, "INVALID", hook, signed(cell, now, with(genuine, "\"note\":\"text\"")));
    refused(400, "MALFORMED", hook, signed(cell, now, "{\"sys_id\":"));
    refused(413, "CONTENT_TOO_LARGE", hook, signed(cell, now, " ".repeat(5 << 20)));
    assertThat(runs(triage)).isEqualTo(runs);

    String run = triage.fire(genuine).orElseThrow();
    assertThat(triage.fire(genuine)).contains(run);
    assertThat(triage.status(run)).isNotEmpty();
    assertThat(runs(triage)).isEqualTo(runs + 1);
  }

  @Test
  void anIdempotencyKeyBelongsToOneRequest(Cell cell) {
    Triage triage = cell.triage();
    String sysId = triage.report().sysId();
    String key = UUID.randomUUID().toString();
    Http.Answer first = start(triage, key, sysId, "INC1000001");
    Http.Answer again = start(triage, key, sysId, "INC1000001");
    Http.Answer other = start(triage, key, sysId, "INC1000002");

    assertThat(first.status()).isEqualTo(202);
    assertThat(triage.status(first.body().path("run").asText())).isNotEmpty();
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.body().path("run")).isEqualTo(first.body().path("run"));
    assertProblem(other, 409, "IDEMPOTENCY_KEY_REUSED");
  }

  @Test
  void anotherTenantsRunDoesNotExistAndTheAttemptIsNoted(Cell cell) {
    Triage owner = cell.triage();
    Triage stranger = cell.secondTenant();
    Started started = owner.start();
    owner.awaitGate(started);
    String path = "/v1/runs/" + started.run();

    assertProblem(post(stranger, path + "/cancel", "{}"), 404, "NOT_FOUND");
    assertProblem(send(stranger, "GET", path, ""), 404, "NOT_FOUND");
    assertProblem(post(owner, "/v1/runs/" + UUID.randomUUID() + "/cancel", "{}"), 404, "NOT_FOUND");

    Triage.await(
        "the refusal in the stranger's log",
        () ->
            entries(stranger, "_tenant").stream()
                .filter(e -> e.path("entryType").asText().equals("ACCESS_REFUSED"))
                .anyMatch(e -> e.path("event").path("resource").asText().equals(started.run())));
    assertThat(owner.settle(List.of(started)).values()).containsOnly("COMPLETED");
  }

  @Test
  void anAlteredArtifactIsRefusedByControlPlaneAndWorker(Cell cell) throws Exception {
    Triage triage = cell.secondTenant();
    Started genuine = triage.start();
    assertThat(triage.settle(List.of(genuine)).values()).containsOnly("COMPLETED");
    String signed = triage.run(genuine.run()).path("artifactDigest").asText();
    refusedByAWorkerThatTrustsAnotherKey(cell, triage, signed);

    String digest = publish(triage, "1.0.1");
    asSuperUser(
        cell,
        "UPDATE workflow_artifact SET artifact = artifact || ' '::bytea WHERE digest = ?",
        digest);
    assertProblem(activate(triage, "1.0.1"), 409, "ARTIFACT_ALTERED");
    makeActive(cell, triage, digest);
    try {
      refusedByControlPlaneAndWorker(cell, triage, genuine, digest);
    } finally {
      // For the tests that follow in this cell.
      makeActive(cell, triage, signed);
    }
    ServersKilledTest.assertVerified(cell);
  }

  private static void refusedByControlPlaneAndWorker(
      Cell cell, Triage triage, Started genuine, String digest) {
    Http.Answer answer =
        start(triage, UUID.randomUUID().toString(), genuine.ticket().sysId(), "INC1000003");
    assertProblem(answer, 409, "ARTIFACT_ALTERED");
    Triage.await(
        "the refusal in the workspace's log",
        () ->
            entries(triage, triage.workspace()).stream()
                .filter(e -> e.path("entryType").asText().equals("ARTIFACT_REFUSED"))
                .anyMatch(e -> e.path("event").path("artifactDigest").asText().equals(digest)));
    String worker =
        "worker-%s-%s".formatted(triage.tenant().substring(0, 8), digest.substring(7, 19));
    Triage.await("the worker's end", () -> cell.log(worker).contains("ARTIFACT_ALTERED"));
  }

  private static void makeActive(Cell cell, Triage triage, String digest) throws SQLException {
    asSuperUser(
        cell,
        "UPDATE workflow_active SET digest = ? WHERE tenant = ? AND workflow = 'itsm-triage'",
        digest,
        triage.tenant());
  }

  /// The same control plane, seen by a worker whose publisher is somebody else.
  private static void refusedByAWorkerThatTrustsAnotherKey(Cell cell, Triage triage, String digest)
      throws GeneralSecurityException {
    String other =
        Base64.getEncoder().encodeToString(Ed25519Sign.KeyPair.newKeyPair().getPublicKey());
    try (SecondWorker worker =
        SecondWorker.start(
            cell,
            triage,
            "doubtful-worker",
            digest,
            Map.of("worker.artifact.signing.public", other))) {
      assertThat(worker.awaitEnd()).isNotZero();
      assertThat(worker.output()).contains("is not as the configured publisher signed it");
    }
  }

  private static String publish(Triage triage, String version) throws IOException {
    String yaml;
    try (var in = RefusedTest.class.getResourceAsStream("/packs/itsm/itsm-triage.yaml")) {
      yaml =
          new String(in.readAllBytes(), UTF_8)
              .replace("  version: 1.0.0\n", "  version: " + version + "\n");
    }
    Http.Answer answer =
        Http.send(
            "POST",
            triage
                .flagship()
                .api()
                .uri("/v1/workspaces/%s/workflows".formatted(triage.workspace())),
            Map.of(
                "Authorization",
                "Bearer " + triage.flagship().people().builder(triage.tenant()),
                "Content-Type",
                "application/yaml"),
            yaml);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return answer.body().path("artifactDigest").asText();
  }

  private static Http.Answer activate(Triage triage, String version) {
    return post(
        triage,
        "/v1/workspaces/%s/workflows/itsm-triage/activate".formatted(triage.workspace()),
        "{\"version\":\"%s\",\"environment\":\"dev\"}".formatted(version));
  }

  /// A change of one row that only PostgreSQL's super user can make.
  private static void asSuperUser(Cell cell, String change, String... values) throws SQLException {
    try (Connection connection = cell.superUser();
        var statement = connection.prepareStatement(change)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
  }

  private static void refused(int status, String code, URI hook, Callback message) {
    var headers = new HashMap<>(message.headers());
    headers.remove("User-Agent");
    assertProblem(Http.send("POST", hook, headers, message.body()), status, code);
  }

  private static void assertProblem(Http.Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.type()).startsWith("application/problem+json");
    assertThat(answer.body().path("code").asText()).isEqualTo(code);
    assertThat(answer.body().path("detail").asText()).isNotEmpty();
  }

  private static URI ofTenant(URI hook, Triage triage, UUID other) {
    return URI.create(hook.toString().replace(triage.tenant(), other.toString()));
  }

  private static String with(Callback genuine, String member) {
    return genuine.body().replaceFirst("\\{", "{" + member + ",");
  }

  private static Callback signed(Cell cell, String time, String body)
      throws GeneralSecurityException {
    Secrets kept = Secrets.open(cell.data().resolve("secrets.properties"), new SecureRandom());
    return signed(World.Secrets.of(kept).webhookSecret(), time, body);
  }

  /// A webhook as ServiceNow's business rule would sign it.
  static Callback signed(String secret, String time, String body) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    String signature = HexFormat.of().formatHex(mac.doFinal((time + "." + body).getBytes(UTF_8)));
    return new Callback(
        Map.of("Content-Type", "application/json", TIME, time, SIGNATURE, "v1=" + signature), body);
  }

  private static long runs(Triage triage) {
    return triage.all("/v1/runs?limit=200").size();
  }

  private static List<JsonNode> entries(Triage triage, String log) {
    return triage.all("/v1/ledgers/%s/entries?limit=200".formatted(log));
  }

  private static Http.Answer start(Triage triage, String key, String sysId, String number) {
    return Http.send(
        "POST",
        triage.flagship().api().uri("/v1/runs"),
        Map.of(
            "Authorization",
            "Bearer " + triage.flagship().people().operator(triage.tenant()),
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            key),
        """
        {"workflow":"itsm-triage","environment":"dev","inputs":{"sys_id":"%s","number":"%s","sys_mod_count":0}}\
        """
            .formatted(sysId, number));
  }

  private static Http.Answer post(Triage triage, String path, String body) {
    return send(triage, "POST", path, body);
  }

  private static Http.Answer send(Triage triage, String method, String path, String body) {
    return Http.send(
        method,
        triage.flagship().api().uri(path),
        Map.of(
            "Authorization",
            "Bearer " + triage.flagship().people().operator(triage.tenant()),
            "Content-Type",
            "application/json"),
        body);
  }
}
