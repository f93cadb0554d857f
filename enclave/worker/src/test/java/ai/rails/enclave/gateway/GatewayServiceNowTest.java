package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.gateway.GatewayBench.Call;
import ai.rails.enclave.gateway.ScriptedHost.After;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.gateway.ScriptedHost.Seen;
import ai.rails.enclave.worker.CallPort.Result;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/// A governed write against a Table API that fails in every way it can.
class GatewayServiceNowTest {
  private static final Map<String, String> BASIC =
      Map.of("username", "rails", "password", "canary-password");
  private static final Map<String, String> OAUTH =
      Map.of("client_id", "client", "client_secret", "canary-secret");
  private static final String UPDATE =
      """
      {'sys_id':'%s','expected_mod_count':'4','category':'hardware','urgency':'2',
       'work_note':'Routed by AI Rails.'}\
      """
          .formatted(Incidents.ID);
  private static final HostCertificate CERTIFICATE = GatewayBench.certificate();

  private final Incidents incidents = new Incidents();
  @TempDir private Path directory = Path.of(".");
  private Optional<GatewayBench> opened = Optional.empty();

  @BeforeEach
  void open() throws IOException, GeneralSecurityException {
    opened = Optional.of(new GatewayBench(directory, CERTIFICATE, incidents::answer));
  }

  @AfterEach
  void close() throws IOException {
    bench().close();
  }

  private GatewayBench bench() {
    return opened.orElseThrow();
  }

  private Call update() {
    return bench().call("servicenow", "update-incident", UPDATE).with(BASIC);
  }

  private Result execute(Call call) throws InterruptedException {
    return bench().execute(call);
  }

  private static JsonNode evidence(Result result, String kind) {
    byte[] bytes = result.evidence().getOrDefault(kind, new byte[0]);
    return GatewayBench.tree(new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void updateIsReadWrittenAndReadBack() throws InterruptedException {
    Result result = execute(update());

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.code()).isEqualTo("OK");
    assertThat(result.httpStatus()).isEqualTo(200);
    assertThat(result.verified()).isTrue();
    assertThat(result.adopted()).isFalse();
    assertThat(result.vendorRef()).isEqualTo("INC0010002");
    assertThat(result.output().orElseThrow().path("sys_mod_count").asText()).isEqualTo("5");
    assertThat(result.output().orElseThrow().path("assignment_group").asText())
        .isEqualTo("0".repeat(32));
    assertThat(bench().seen())
        .extracting(Seen::method)
        .containsExactly("GET", "GET", "PATCH", "GET");
    assertThat(incidents.journal()).isEqualTo("Routed by AI Rails.\n\n[airails:run-1/update]\n");
    assertThat(result.evidence())
        .containsOnlyKeys("before", "lookup", "request", "response", "read-back");
    assertThat(evidence(result, "before").at("/body/result/category").asText())
        .isEqualTo("inquiry");
    assertThat(evidence(result, "read-back").at("/body/result/category").asText())
        .isEqualTo("hardware");
  }

  @Test
  void eachRequestHasATunnelAndATicketOfItsOwn() throws InterruptedException {
    Result result = execute(update().with(OAUTH).tickets(5));

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.requests()).isEqualTo(5);
    assertThat(bench().proxy().opened()).isEqualTo(5);
    assertThat(bench().seen()).hasSize(5);
    assertThat(bench().seen())
        .allSatisfy(each -> assertThat(each.head()).contains("Connection: close"));
    assertThat(bench().seen().getFirst().body())
        .contains("grant_type=client_credentials")
        .contains("client_secret=canary-secret");
    assertThat(bench().seen().getLast().head())
        .contains("Authorization: Bearer " + Incidents.TOKEN + "\r\n");
  }

  @Test
  void tooFewTicketsSendNothing() throws InterruptedException {
    Result result = execute(update().tickets(3));

    assertThat(result.code()).isEqualTo("TICKET_MISSING");
    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(bench().proxy().opened()).isZero();
  }

  /// The settling time is over, so nothing but the missing ticket or credential holds the call
  /// back.
  @Test
  void whatSendsNothingInARecoverySaysNothingOfTheAttemptBefore() throws InterruptedException {
    Result tickets = execute(update().recovering(600_000).tickets(3));
    Result refused = execute(update().with(Map.of("key", "x")));
    Result recovered = execute(update().with(Map.of("key", "x")).recovering(600_000));

    assertThat(tickets.code()).isEqualTo("TICKET_MISSING");
    assertThat(tickets.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(tickets.retryable()).isTrue();
    assertThat(refused.code()).isEqualTo("CREDENTIAL_FORM");
    assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(recovered.code()).isEqualTo("CREDENTIAL_FORM");
    assertThat(recovered.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(bench().proxy().opened()).isZero();
  }

  @Test
  void secretsAreNowhereInWhatIsKept() throws InterruptedException {
    incidents.set("description", "echo canary-secret and " + Incidents.TOKEN);
    Result result = execute(update().with(OAUTH));

    String kept =
        result.evidence().values().stream()
                .map(each -> new String(each, StandardCharsets.UTF_8))
                .reduce("", String::concat)
            + result;
    assertThat(kept).doesNotContain("canary-secret", Incidents.TOKEN, "Authorization");
    assertThat(evidence(result, "read-back").at("/body/result/description").asText())
        .isEqualTo("echo [redacted] and [redacted]");
  }

  @Test
  void personalDataIsInTheOutputAndNotInTheEvidence() throws InterruptedException {
    incidents.set("description", "ask ada@example.org, 780-999-2181");
    Result result = execute(update());

    assertThat(evidence(result, "read-back").at("/body/result/description").asText())
        .isEqualTo("ask [redacted], [redacted]");
    assertThat(result.output().orElseThrow().toString()).contains("ada@example.org");
  }

  @Test
  void writeThatWasHadIsAdoptedAndNotRepeated() throws InterruptedException {
    incidents.spoil("write", _ -> Reply.reset());
    Result lost = execute(update());
    Result recovered = execute(update().recovering(0));

    assertThat(lost.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(lost.code()).isEqualTo("CONNECTION_LOST");
    assertThat(recovered.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(recovered.adopted()).isTrue();
    assertThat(recovered.verified()).isTrue();
    assertThat(recovered.requests()).isEqualTo(3);
    assertThat(incidents.writes()).isEqualTo(1);
  }

  @Test
  void writeThatWasNotHadIsMadeWhenItIsLookedUp() throws InterruptedException {
    incidents.refuse("write", Reply.reset());
    Result lost = execute(update());
    incidents.refuse("write", Reply.json(503, "{}"));
    Result unavailable = execute(update().recovering(0));

    assertThat(lost.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(unavailable.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(unavailable.code()).isEqualTo("HTTP_503");
    assertThat(incidents.writes()).isZero();
  }

  @Test
  void runAgainByAPersonIsAnotherMarker() throws InterruptedException {
    execute(update());
    incidents.set("sys_mod_count", "4");
    Result again = execute(update().group(2));

    assertThat(again.adopted()).isFalse();
    assertThat(incidents.writes()).isEqualTo(2);
    assertThat(incidents.journal()).contains("[airails:run-1/update/2]");
  }

  @Test
  void nullEmptiesAFieldAndAnAbsentOneStays() throws InterruptedException {
    Result result =
        execute(
            bench()
                .call(
                    "servicenow",
                    "update-incident",
                    UPDATE.replace("'hardware'", "null,'assignment_group':null"))
                .with(BASIC));

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.verified()).isTrue();
    assertThat(GatewayBench.tree(bench().seen().get(2).body()).path("category").asText("x"))
        .isEmpty();
    assertThat(GatewayBench.tree(bench().seen().get(2).body()).has("impact")).isFalse();
    assertThat(result.output().orElseThrow().path("assignment_group").asText("x")).isEmpty();
  }

  @Test
  void recordThatChangedSinceIsNotWritten() throws InterruptedException {
    incidents.set("sys_mod_count", "5");
    Result result = execute(update());

    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(result.code()).isEqualTo("PRECONDITION_CHANGED");
    assertThat(result.retryable()).isFalse();
    assertThat(result.requests()).isEqualTo(2);
    assertThat(incidents.writes()).isZero();
  }

  @Test
  void fieldThatWasDroppedWithA200IsNoticed() throws InterruptedException {
    incidents.spoil(
        "write",
        reply -> {
          incidents.set("category", "inquiry");
          return reply;
        });
    Result result = execute(update());

    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(result.code()).isEqualTo("READ_BACK_DIFFERS");
    assertThat(result.verified()).isFalse();
    assertThat(result.evidence()).containsKeys("response", "read-back");
  }

  @Test
  void whatOthersChangedAfterAnAdoptedWriteIsTheirs() throws InterruptedException {
    execute(update());
    incidents.set("category", "network");
    Result result = execute(update().recovering(0));

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.adopted()).isTrue();
    assertThat(result.verified()).isFalse();
  }

  @Test
  void readBackThatFailsLeavesTheCallToBeLookedUp() throws InterruptedException {
    incidents.spoil("read", reply -> reply);
    incidents.spoil("read", _ -> Reply.json(500, "{}"));
    Result result = execute(update());
    Result recovered = execute(update().recovering(0));

    assertThat(result.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(result.code()).isEqualTo("READ_BACK_FAILED");
    assertThat(recovered.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(recovered.adopted()).isTrue();
    assertThat(incidents.writes()).isEqualTo(1);
  }

  @Test
  void refusalsAreDefiniteAndErrorsOfTheOtherSideAreNot() throws InterruptedException {
    Object[][] cases = {
      {403, Outcome.DEFINITE_FAILURE, "HTTP_403", false},
      {401, Outcome.DEFINITE_FAILURE, "HTTP_401", false},
      {404, Outcome.DEFINITE_FAILURE, "RECORD_NOT_FOUND", false},
      {408, Outcome.AMBIGUOUS, "HTTP_408", true},
      {500, Outcome.AMBIGUOUS, "HTTP_500", true},
      {302, Outcome.AMBIGUOUS, "REDIRECTED", true},
      {201, Outcome.AMBIGUOUS, "HTTP_201", true},
    };
    for (Object[] each : cases) {
      incidents.refuse("write", Reply.json((int) each[0], "{\"error\":{}}"));
      Result result = execute(update());
      assertThat(result.outcome()).as("%s", each[0]).isEqualTo(each[1]);
      assertThat(result.code()).isEqualTo(each[2]);
      assertThat(result.retryable()).isEqualTo(each[3]);
      assertThat(result.httpStatus()).isEqualTo(each[0]);
    }
    assertThat(bench().seen())
        .extracting(Seen::target)
        .noneMatch(each -> each.contains("/elsewhere"));
  }

  @Test
  void beforeTheEffectEveryFailureIsDefinite() throws InterruptedException {
    Object[][] cases = {
      {Reply.json(500, "{}"), "HTTP_500", true},
      {Reply.json(302, "{}"), "REDIRECTED", false},
      {Reply.json(404, "{}"), "RECORD_NOT_FOUND", false},
      {Reply.json(200, "{\"result\":"), "ANSWER_MALFORMED", true},
      {Reply.json(200, "{}"), "ANSWER_MALFORMED", true},
      {Reply.reset(), "CONNECTION_LOST", true},
    };
    for (Object[] each : cases) {
      incidents.refuse("read", (Reply) each[0]);
      Result result = execute(update());
      assertThat(result.outcome()).as("%s", each[1]).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(result.code()).isEqualTo(each[1]);
      assertThat(result.retryable()).isEqualTo(each[2]);
    }
    assertThat(incidents.writes()).isZero();
  }

  @Test
  void rateLimitSaysWhenToComeBack() throws InterruptedException {
    incidents.refuse(
        "write",
        new Reply(
            "HTTP/1.1 429 X\r\nRetry-After: 1234\r\nContent-Length: 2\r\n\r\n{}", After.CLOSE));
    Result result = execute(update());

    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(result.code()).isEqualTo("RATE_LIMITED");
    assertThat(result.retryable()).isTrue();
    assertThat(result.retryAfterMillis()).contains(1_234_000L);
  }

  @Test
  void answersWhoseEndIsNotCertainAreNoAnswers() throws InterruptedException {
    String[] answers = {
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"result\":{",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n{\"result\":{}}",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"\r\n",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{}",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/2 200\r\n\r\n",
      "HTTP/1.1 200 X\nContent-Length: 2\n\n{}",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{]",
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{'a':1,'a':1}"
          .replace('\'', '"'),
    };
    for (String each : answers) {
      incidents.refuse("write", new Reply(each, After.CLOSE));
      Result result = execute(update());
      assertThat(result.outcome()).as(each).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(result.code()).as(each).isIn("ANSWER_MALFORMED", "CONNECTION_LOST");
    }
  }

  @Test
  void wrongMediaTypesAndWhatIsNoUtf8AreNoAnswers() throws InterruptedException {
    String good = "{\"result\":{}}";
    String length = "Content-Length: %d\r\n\r\n";
    for (Reply each :
        List.of(
            new Reply(
                "HTTP/1.1 200 X\r\nContent-Type: text/html\r\n" + length.formatted(13) + good,
                After.CLOSE),
            new Reply("HTTP/1.1 200 X\r\n" + length.formatted(13) + good, After.CLOSE),
            new Reply(
                "HTTP/1.1 200 X\r\nContent-Type: application/json\r\n"
                    + length.formatted(14)
                    + "{\"result\":\"\u00ff\"}",
                After.CLOSE,
                ISO_8859_1),
            new Reply(
                "HTTP/1.1 200 X\r\nContent-Type: application/json; charset=utf-16\r\n"
                    + length.formatted(28)
                    + "\u0000"
                    + String.join("\u0000", good.split(""))
                    + "\u0000 ",
                After.CLOSE,
                ISO_8859_1))) {
      incidents.refuse("read", each);
      Result read = execute(update());
      assertThat(read.code()).as(each.text()).isEqualTo("ANSWER_MALFORMED");
      assertThat(read.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(read.output()).isEmpty();
    }
    assertThat(incidents.writes()).isZero();
  }

  @Test
  void chunkedAnswersAndInterimOnesAreRead() throws InterruptedException {
    incidents.spoil(
        "write",
        reply -> {
          String body = reply.text().substring(reply.text().indexOf("\r\n\r\n") + 4);
          return new Reply(
              "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "%x;ext=1\r\n%s\r\n0\r\nTrailer: x\r\n\r\n".formatted(body.length(), body),
              After.CLOSE);
        });
    assertThat(execute(update()).outcome()).isEqualTo(Outcome.SUCCESS);
  }

  @Test
  void tokenThatIsNotGrantedEndsTheCall() throws InterruptedException {
    incidents.refuse("token", Reply.json(401, "{\"error\":\"server_error\"}"));
    Result refused = execute(update().with(OAUTH));
    incidents.refuse("token", Reply.json(500, "{}"));
    Result unavailable = execute(update().with(OAUTH));

    assertThat(refused.code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(refused.retryable()).isFalse();
    assertThat(refused.httpStatus()).isEqualTo(401);
    assertThat(unavailable.code()).isEqualTo("HTTP_500");
    assertThat(unavailable.retryable()).isTrue();
    assertThat(bench().seen()).hasSize(2);
  }

  @Test
  void readHasNoEffectToBeUnsureOf() throws InterruptedException {
    Call read =
        bench()
            .call("servicenow", "get-incident", "{'sys_id':'%s'}".formatted(Incidents.ID))
            .with(Map.of("api_key", "canary-api-key"));
    Result found = execute(read);
    incidents.refuse("read", Reply.reset());
    Result lost = execute(read);

    assertThat(found.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(found.output().orElseThrow().path("short_description").asText())
        .isEqualTo("printer on fire");
    assertThat(bench().seen().getFirst().head()).contains("x-sn-apikey: canary-api-key\r\n");
    assertThat(lost.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(lost.retryable()).isTrue();
  }
}
