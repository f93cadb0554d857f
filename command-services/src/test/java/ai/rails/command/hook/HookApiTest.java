package ai.rails.command.hook;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.command.http.Office;
import ai.rails.domain.run.RunEvent.RunTriggered;

import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class HookApiTest {
  private static final String SECRET = "hook-secret-0123456789";
  private static final String PATH = "/v1/hooks/t1/snow-dev/changed";
  private static final String TIME = Long.toString(Office.NOON.getEpochSecond());

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").secret("t1", "snow-dev", SECRET);
    office.furnished("t2").secret("t2", "snow-dev", "another-secret-0123456789");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void signedMessageStartsARunWithTheTraceItCameWith() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    HttpResponse<String> answer =
        send(
            PATH,
            message("s1", 1),
            SECRET,
            TIME,
            "traceparent",
            "00-" + trace + "-b7ad6b7169203331-01");

    expect(202, answer);
    String run = json(answer).path("run").asText();
    assertThat(answer.headers().firstValue("Location")).contains("/v1/runs/" + run);
    RunTriggered trigger = office.bus.load("t1", office.runs, run).trigger().orElseThrow();
    assertThat(trigger.inputs()).containsEntry("incident", "s1");
    assertThat(trigger.requester()).isEqualTo("snow-dev");
    assertThat(trigger.dedupeKey()).hasSize(64);
    assertThat(office.one("SELECT traceparent FROM event WHERE stream_id = ? AND seq = 0", run))
        .contains(trace);
  }

  @Test
  void repeatedMessageIsTheSameRun() throws Exception {
    HttpResponse<String> first = send(PATH, message("s2", 1), SECRET, TIME);
    HttpResponse<String> again = send(PATH, message("s2", 1), SECRET, TIME);
    HttpResponse<String> next = send(PATH, message("s2", 2), SECRET, TIME);

    expect(202, first);
    expect(200, again);
    expect(202, next);
    assertThat(json(again).path("run")).isEqualTo(json(first).path("run"));
    assertThat(json(next).path("run")).isNotEqualTo(json(first).path("run"));
  }

  @Test
  void manyAtOnceStartOneRun() throws Exception {
    long before = office.events("t1", "TRIGGER_RECEIVED");
    List<Callable<HttpResponse<String>>> sends = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sends.add(() -> send(PATH, message("race", 1), SECRET, TIME));
    }
    List<String> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (Future<HttpResponse<String>> answer : threads.invokeAll(sends)) {
        assertThat(answer.get().statusCode()).isIn(200, 202);
        runs.add(json(answer.get()).path("run").asText());
      }
    }
    assertThat(runs.stream().distinct()).hasSize(1);
    assertThat(office.events("t1", "TRIGGER_RECEIVED")).isEqualTo(before + 1);
  }

  @Test
  void unknownSenderAndWrongSignatureLookAlike() throws Exception {
    byte[] body = message("s3", 1);
    List<HttpResponse<String>> answers =
        List.of(
            send(PATH, body, "wrong-secret-0123456789", TIME),
            send(PATH, body, "another-secret-0123456789", TIME),
            send("/v1/hooks/t7/snow-dev/changed", body, SECRET, TIME),
            send("/v1/hooks/t1/none/changed", body, SECRET, TIME),
            send("/v1/hooks/t2/snow-dev/changed", body, SECRET, TIME),
            send(PATH, body, SECRET, seconds(-301)),
            send(PATH, body, SECRET, seconds(301)),
            office.raw("POST", PATH, body, "Content-Type", "application/json"));
    for (HttpResponse<String> answer : answers) {
      expect(401, answer);
      assertThat(json(answer).path("detail")).isEqualTo(json(answers.getFirst()).path("detail"));
      assertThat(json(answer).path("code").asText()).isEqualTo("SIGNATURE_INVALID");
    }
  }

  @Test
  void changedAndReserialisedBodiesAreRefused() throws Exception {
    byte[] body = message("s4", 1);
    String signature = sign(SECRET, TIME, body);
    byte[] spaced =
        new String(body, StandardCharsets.UTF_8)
            .replace(",", ", ")
            .getBytes(StandardCharsets.UTF_8);
    expect(
        401,
        office.raw(
            "POST",
            PATH,
            spaced,
            "Content-Type",
            "application/json",
            "X-AIRails-Timestamp",
            TIME,
            "X-AIRails-Signature",
            signature));
  }

  @Test
  void rotatedSecretWorksBesideTheOldSignature() throws Exception {
    byte[] body = message("s5", 1);
    expect(
        202,
        office.raw(
            "POST",
            PATH,
            body,
            "Content-Type",
            "application/json",
            "X-AIRails-Timestamp",
            TIME,
            "X-AIRails-Signature",
            "v1=" + "0".repeat(64) + "," + sign(SECRET, TIME, body)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"sys_id\":\"x\",\"sys_mod_count\":1,\"short_description\":\"the printer burns\"}",
        "{\"sys_id\":\"x\",\"sys_mod_count\":\"1\"}",
        "{\"sys_id\":7,\"sys_mod_count\":1}",
        "{\"sys_id\":\"x\",\"sys_mod_count\":1,\"operation\":\"delete\"}",
        "{\"sys_id\":\"x\",\"sys_mod_count\":1,\"sys_updated_on\":\"yesterday\"}",
        "{\"sys_id\":\"a b\",\"sys_mod_count\":1}",
        "{\"sys_id\":{\"a\":1},\"sys_mod_count\":1}",
        "{\"sys_id\":\"x\"}",
        "{\"sys_mod_count\":1}",
        "[]"
      })
  void undeclaredMissingAndMistypedMembersAre422(String body) throws Exception {
    HttpResponse<String> answer = send(PATH, body.getBytes(StandardCharsets.UTF_8), SECRET, TIME);
    expect(422, answer);
    assertThat(answer.body()).doesNotContain("printer burns");
  }

  @Test
  void undeclaredMemberIsNamed() throws Exception {
    HttpResponse<String> answer =
        send(
            PATH,
            "{\"sys_id\":\"x\",\"sys_mod_count\":1,\"note\":1}".getBytes(StandardCharsets.UTF_8),
            SECRET,
            TIME);
    assertThat(json(answer).path("detail").asText()).contains("member note");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{\"sys_id\":\"x\"}{}", "{\"sys_id\":\"x\",\"sys_id\":\"y\"}", "\u0000"})
  void whatIsNoJsonIs400(String body) throws Exception {
    expect(400, send(PATH, body.getBytes(StandardCharsets.UTF_8), SECRET, TIME));
  }

  @Test
  void largeBodyIs413BeforeAnythingElse() throws Exception {
    expect(413, send(PATH, new byte[5_000_000], SECRET, TIME));
  }

  @Test
  void unknownTriggerIs404OnlyForWhoSigned() throws Exception {
    byte[] body = message("s6", 1);
    expect(404, send("/v1/hooks/t1/snow-dev/none", body, SECRET, TIME));
    expect(401, send("/v1/hooks/t1/snow-dev/none", body, "wrong-secret-0123456789", TIME));
  }

  @Test
  void timesOfOtherSystemsAreTaken() throws Exception {
    String body =
        "{\"sys_id\":\"s8\",\"sys_mod_count\":1,\"operation\":\"update\","
            + "\"sys_updated_on\":\"2026-11-21 11:59:59\"}";
    expect(202, send(PATH, body.getBytes(StandardCharsets.UTF_8), SECRET, TIME));
  }

  private static byte[] message(String sysId, int count) {
    return "{\"sys_id\":\"%s\",\"sys_mod_count\":%d,\"operation\":\"update\"}"
        .formatted(sysId, count)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String seconds(long offset) {
    return Long.toString(Office.NOON.plus(Duration.ofSeconds(offset)).getEpochSecond());
  }

  private static HttpResponse<String> send(
      String path, byte[] body, String secret, String time, String... more) throws Exception {
    List<String> headers =
        new ArrayList<>(
            List.of(
                "Content-Type",
                "application/json",
                "X-AIRails-Timestamp",
                time,
                "X-AIRails-Signature",
                sign(secret, time, body)));
    headers.addAll(List.of(more));
    return office.raw("POST", path, body, headers.toArray(String[]::new));
  }

  private static String sign(String secret, String time, byte[] body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
    return "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
  }
}
