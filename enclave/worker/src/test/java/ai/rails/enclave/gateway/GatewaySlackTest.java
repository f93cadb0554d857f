package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.gateway.GatewayBench.Call;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.gateway.ScriptedHost.Seen;
import ai.rails.enclave.worker.CallPort.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// A message of which nobody knows whether it was posted, in a channel where others post too.
class GatewaySlackTest {
  private static final Map<String, String> TOKEN = Map.of("token", "xoxb-canary");
  private static final String POSTED = "{\"ok\":true,\"ts\":\"1763800000.000100\"}";
  private static final String OTHERS =
      """
      {"ok":true,"has_more":true,"messages":[{"ts":"1763800009.000100","text":"others"}],
       "response_metadata":{"next_cursor":"next"}}\
      """;
  private static final String OURS =
      """
      {"ok":true,"has_more":true,"messages":[{"ts":"1763800001.000200",
       "metadata":{"event_type":"airails_message","event_payload":{"marker":"[airails:run-1/update]"}}}],
       "response_metadata":{"next_cursor":"more"}}\
      """;
  private static final String END = "{\"ok\":true,\"has_more\":false,\"messages\":[]}";
  private static final HostCertificate CERTIFICATE = GatewayBench.certificate();

  @TempDir private Path directory = Path.of(".");
  private final AtomicReference<GatewayBench> open = new AtomicReference<>();

  private Result post(boolean recovering, Function<Seen, Reply> slack)
      throws IOException, GeneralSecurityException, InterruptedException {
    try (GatewayBench bench = new GatewayBench(directory, CERTIFICATE, slack)) {
      open.set(bench);
      Call call =
          bench
              .call("slack", "post-message", "{'channel':'C0APPROVALS','text':'hello'}")
              .with(TOKEN);
      return bench.execute(recovering ? call.recovering(60_000) : call);
    }
  }

  private long posts() {
    return open.get().seen().stream().filter(each -> each.method().equals("POST")).count();
  }

  /// Its `ts` is found on a later page, however much was said since; nothing is posted again.
  @Test
  void aPostedMessageIsFoundBehindThoseOfOthers() throws Exception {
    Result result =
        post(true, seen -> Reply.json(200, seen.target().contains("cursor=next") ? OURS : OTHERS));

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.adopted()).isTrue();
    assertThat(result.vendorRef()).isEqualTo("C0APPROVALS/1763800001.000200");
    assertThat(posts()).isZero();
    assertThat(open.get().seen().getFirst().target())
        .contains("oldest=")
        .contains("limit=999")
        .contains("include_all_metadata=true");
  }

  @Test
  void whatIsOnNoPageIsPostedAgain() throws Exception {
    Result result =
        post(
            true,
            seen ->
                Reply.json(
                    200,
                    seen.method().equals("POST")
                        ? POSTED
                        : seen.target().contains("cursor=next") ? END : OTHERS));

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.adopted()).isFalse();
    assertThat(posts()).isEqualTo(1);
  }

  /// More was said than is looked through: nobody knows, so nothing is posted and a person looks.
  @Test
  void aLookThatComesToNoEndSettlesNothing() throws Exception {
    Result result = post(true, _ -> Reply.json(200, OTHERS));

    assertThat(result.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(result.code()).isEqualTo("LOOKUP_INCONCLUSIVE");
    assertThat(posts()).isZero();
  }

  /// A refused or failed look says nothing of the message either; before, it ended as if nothing
  /// had been posted, and the next attempt did not wait.
  @Test
  void aLookThatFailsLeavesTheCallAmbiguous() throws Exception {
    for (Reply failed :
        new Reply[] {
          Reply.json(500, "{}"),
          Reply.json(429, "{}"),
          Reply.json(200, "{\"ok\":false,\"error\":\"channel_not_found\"}"),
          Reply.reset()
        }) {
      Result result = post(true, _ -> failed);
      assertThat(result.outcome()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(posts()).isZero();
    }
  }

  /// Before anything was sent one page is enough, and a failure is one.
  @Test
  void theFirstAttemptLooksAtOnePage() throws Exception {
    Result result =
        post(false, seen -> Reply.json(200, seen.method().equals("POST") ? POSTED : OTHERS));

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(result.requests()).isEqualTo(2);
    assertThat(post(false, _ -> Reply.json(500, "{}")).outcome())
        .isEqualTo(Outcome.DEFINITE_FAILURE);
  }
}
