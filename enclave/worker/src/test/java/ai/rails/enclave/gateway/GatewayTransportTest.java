package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.gateway.ScriptedHost.After;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.worker.CallPort.Result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Below the manifests: certificates, tickets, slow and lost connections, Slack's own ways.
class GatewayTransportTest {
  private static final Map<String, String> TOKEN = Map.of("token", "canary-slack-token");
  private static final String POST = "{'channel':'C0123456789','text':'hello'}";
  private static final HostCertificate CERTIFICATE = GatewayBench.certificate();

  @TempDir private Path directory = Path.of(".");

  private static Reply ok(String more) {
    return Reply.json(200, "{\"ok\":true%s}".formatted(more));
  }

  @Test
  void certificateOfAnotherNameOrAuthorityIsNotTalkedTo()
      throws IOException, GeneralSecurityException, InterruptedException {
    HostCertificate wrongName = new HostCertificate("other.example");
    for (HostCertificate[] each :
        new HostCertificate[][] {
          {wrongName, wrongName}, {CERTIFICATE, GatewayBench.certificate()}
        }) {
      try (GatewayBench bench = new GatewayBench(directory, each[0], each[1], _ -> ok(""))) {
        Result result = bench.execute(bench.call("slack", "post-message", POST).with(TOKEN));

        assertThat(result.code()).isEqualTo("TLS_UNTRUSTED");
        assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
        assertThat(result.retryable()).isFalse();
        assertThat(bench.seen()).isEmpty();
      }
    }
  }

  @Test
  void proxyThatIsGoneIsDefinite()
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench = new GatewayBench(directory, CERTIFICATE, _ -> ok(""))) {
      bench.proxy().close();
      Result result = bench.execute(bench.call("slack", "post-message", POST).with(TOKEN));

      assertThat(result.code()).isEqualTo("EGRESS_UNAVAILABLE");
      assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(result.retryable()).isTrue();
    }
  }

  @Test
  void messageThatWasPostedIsFoundByItsMarker()
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            CERTIFICATE,
            seen ->
                seen.target().startsWith("/api/conversations.history")
                    ? ok(
                        ",\"messages\":[{\"ts\":\"1.0\"},{\"ts\":\"2.5\",\"metadata\":"
                            + "{\"event_payload\":{\"marker\":\"[airails:run-1/update]\"}}}]")
                    : Reply.reset())) {
      Result result =
          bench.execute(bench.call("slack", "post-message", POST).with(TOKEN).recovering(60_000));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
      assertThat(result.adopted()).isTrue();
      assertThat(result.vendorRef()).isEqualTo("C0123456789/2.5");
      assertThat(result.output())
          .contains(GatewayBench.json("{'channel':'C0123456789','ts':'2.5'}"));
      assertThat(bench.seen()).hasSize(1);
    }
  }

  @Test
  void unknownPostIsNotLookedUpBeforeItSettled()
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench = new GatewayBench(directory, CERTIFICATE, _ -> ok(""))) {
      Result result =
          bench.execute(bench.call("slack", "post-message", POST).with(TOKEN).recovering(0));

      assertThat(result.outcome()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(result.code()).isEqualTo("SETTLING");
      assertThat(result.retryAfterMillis().orElseThrow()).isBetween(1L, 10_000L);
      assertThat(bench.seen()).isEmpty();
    }
  }

  @Test
  void lapsedTicketsAreReplacedInMidCallAndNothingIsSentTwice()
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            CERTIFICATE,
            seen -> seen.method().equals("GET") ? ok(",\"messages\":[]") : ok(",\"ts\":\"3.1\""))) {
      bench.lapsed = true;
      Result result = bench.execute(bench.call("slack", "post-message", POST).with(TOKEN));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.asked).containsExactly(8);
      assertThat(bench.seen().stream().filter(seen -> seen.method().equals("POST"))).hasSize(1);

      bench.renewable = false;
      Result without = bench.execute(bench.call("slack", "post-message", POST).with(TOKEN));
      assertThat(without.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(without.code()).isIn("EGRESS_TICKET_EXPIRED", "EGRESS_ISSUED_BEFORE_START");
      assertThat(without.retryable()).isTrue();
    }
  }

  @Test
  void slackRefusesWithA200() throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            CERTIFICATE,
            seen ->
                seen.method().equals("GET")
                    ? ok(",\"messages\":[]")
                    : Reply.json(200, "{\"ok\":false,\"error\":\"msg_too_long\"}"))) {
      Result result = bench.execute(bench.call("slack", "post-message", POST).with(TOKEN));

      assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(result.code()).isEqualTo("SLACK_REFUSED");
      assertThat(result.retryable()).isFalse();
    }
  }

  @Test
  void approvalCardShowsPlainTextAndCarriesAnOpaqueId()
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            CERTIFICATE,
            seen -> seen.method().equals("GET") ? ok(",\"messages\":[]") : ok(",\"ts\":\"3.1\""))) {
      Result result =
          bench.execute(
              bench
                  .call(
                      "slack",
                      "post-approval",
                      """
                      {'channel':'C0123456789','approval':'run-1/gate','title':'Approve?','text':'t',
                       'fields':{'Category':'<!channel> *hardware*','Urgency':'2'},'revealed':'note'}\
                      """)
                  .with(TOKEN));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
      assertThat(result.verified()).isFalse();
      var sent = GatewayBench.tree(bench.seen().getLast().body());
      assertThat(sent.path("blocks")).hasSize(5);
      assertThat(sent.at("/blocks/1/text"))
          .isEqualTo(
              GatewayBench.json(
                  "{'type':'plain_text','text':'Category: <!channel> *hardware*','emoji':false}"));
      assertThat(sent.at("/blocks/3/text/text").asText()).isEqualTo("note");
      assertThat(sent.at("/blocks/4/elements").findValuesAsText("value"))
          .containsExactly("run-1/gate", "run-1/gate", "run-1/gate");
      assertThat(sent.at("/metadata/event_payload/marker").asText())
          .isEqualTo("[airails:run-1/update]");
    }
  }

  @Test
  @Tag("slow")
  void answerThatNeverEndsIsCutOffInTime()
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            CERTIFICATE,
            seen ->
                seen.method().equals("GET")
                    ? ok(",\"messages\":[]")
                    : new Reply("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n{", After.HANG))) {
      long start = System.nanoTime();
      Result result = bench.execute(bench.call("slack", "post-message", POST).with(TOKEN));

      assertThat(result.outcome()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(result.code()).isEqualTo("TIMEOUT");
      assertThat((System.nanoTime() - start) / 1_000_000_000).isBetween(9L, 17L);
    }
  }

  /// The bytes and their digest were made by another program (Python, sorted by UTF-16 units).
  @Test
  void frozenCallHasTheDigestThatOthersCompute() throws IOException {
    byte[] frozen =
        """
        {"action":"update-incident","connectorDigest":"sha256:abababababababababababababababababababababababababababababababab","host":"acme.service-now.com","instance":"i-1","params":{"big":9007199254740992,"expected_mod_count":"4","share":0.1,"sys_id":"a9e30c7dc61122760116894de7bcc7bd","work_note":"Routed: é€ \\"quoted\\"\\n\\u0007","€":1,"😀":2,"\uFB33":3},"salt32":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","tool":"servicenow"}\
        """
            .getBytes(UTF_8);
    String digest = "sha256:25e15cde26cbb674fd24a993e1c871023e6eb48e568596cbcb2b535a9e7f35d5";

    FrozenCall thawed = FrozenCall.thaw(frozen, digest);
    byte[] salt = new byte[32];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) i;
    }
    FrozenCall again =
        FrozenCall.freeze(
            thawed.target(),
            ContentJson.MAPPER.readTree(thawed.params().toString()),
            new Random() {
              private static final long serialVersionUID = 1L;

              @Override
              public void nextBytes(byte[] bytes) {
                System.arraycopy(salt, 0, bytes, 0, bytes.length);
              }
            });

    assertThat(again.digest()).isEqualTo(digest);
    assertThat(again.bytes()).isEqualTo(frozen);
    frozen[20] ^= 1;
    assertThatThrownBy(() -> FrozenCall.thaw(frozen, digest)).isInstanceOf(ContentRefused.class);
  }
}
