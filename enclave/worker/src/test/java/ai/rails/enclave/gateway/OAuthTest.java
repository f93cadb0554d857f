package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.gateway.GatewayBench.Call;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.gateway.ScriptedHost.Seen;
import ai.rails.enclave.worker.CallPort.Granted;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.CallPort.Turn;

import static org.assertj.core.api.Assertions.assertThat;

/// Bearer tokens by OAuth 2.0, at the instance and at a place beside it, through the real proxy.
class OAuthTest {
  private static final String MAIL =
      "{'to':'ann@example.org','from':'desk@example.org','subject':'s','body':'b'}";
  private static final Map<String, String> REFRESH =
      Map.of(
          "client_id", "desk-app",
          "client_secret", "canary-client-secret",
          "refresh_token", "canary-refresh-token");
  private static final Map<String, String> BASIC =
      Map.of("client", "desk:app", "client_password", "canary pass+word");
  private static final HostCertificate CERTIFICATE = GatewayBench.certificate();

  @TempDir private Path directory = Path.of(".");
  private final Deque<Reply> grants = new ArrayDeque<>();
  private final ListAppender<ILoggingEvent> logs = new ListAppender<>();
  private Optional<GatewayBench> opened = Optional.empty();
  private String good = "granted-token-1";

  @BeforeEach
  void open() throws IOException, GeneralSecurityException {
    logs.start();
    root().addAppender(logs);
    opened = Optional.of(new GatewayBench(directory, CERTIFICATE, this::answer));
  }

  @AfterEach
  void close() throws IOException {
    root().detachAppender(logs);
    bench().close();
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private GatewayBench bench() {
    return opened.orElseThrow();
  }

  /// A mailbox, a service of one's own and two token endpoints, which take one token.
  private synchronized Reply answer(Seen seen) {
    if (seen.target().equals("/token") || seen.target().equals("/oauth2/token")) {
      return grants.size() > 1 ? grants.remove() : grants.element();
    }
    if (!seen.head().contains("Authorization: Bearer %s\r\n".formatted(good))) {
      return Reply.json(401, "{\"error\":{\"code\":401,\"status\":\"UNAUTHENTICATED\"}}");
    }
    if (seen.head().contains("desk.airails.internal")) {
      return Reply.json(200, "{\"id\":\"7\"}");
    }
    return seen.method().equals("GET")
        ? Reply.json(200, "{\"resultSizeEstimate\":0}")
        : Reply.json(200, "{\"id\":\"m-1\",\"snippet\":\"%s\"}".formatted(good));
  }

  private static Reply granted(String token) {
    return Reply.json(
        200,
        "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":3599}".formatted(token));
  }

  private Call mail() {
    return bench().call("gmail", "1.2.0", "gmail.googleapis.com", "send", MAIL).with(REFRESH);
  }

  private Call read() {
    return bench()
        .call("http", "1.2.0", "desk.airails.internal", "get", "{'collection':'orders','id':'7'}");
  }

  @Test
  void refreshTokenIsChangedAtThePlaceThatTheManifestNames() throws InterruptedException {
    grants.add(granted(good));

    Result result = bench().execute(mail());

    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    Seen first = bench().seen().getFirst();
    assertThat(first.head())
        .startsWith("POST /token ")
        .contains("Host: oauth2.googleapis.com\r\n")
        .contains("Content-Type: application/x-www-form-urlencoded\r\n")
        .doesNotContain("Authorization");
    assertThat(first.body().split("&"))
        .containsExactlyInAnyOrder(
            "grant_type=refresh_token",
            "client_id=desk-app",
            "client_secret=canary-client-secret",
            "refresh_token=canary-refresh-token");
    assertThat(bench().seen().stream().skip(1))
        .allSatisfy(seen ->
            assertThat(seen.head())
                .contains("Host: gmail.googleapis.com\r\n")
                .doesNotContain("canary"));
    nothingIsKept(result);
  }

  @Test
  void tokenThatHasRunOutFailsTheAttemptAndTheNextOneAsksForAnother() throws InterruptedException {
    grants.add(granted("granted-token-0"));
    grants.add(granted(good));

    Result expired = bench().execute(mail());
    assertThat(expired.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(expired.code()).isEqualTo("TOKEN_REFUSED");
    assertThat(expired.retryable()).isTrue();
    assertThat(expired.httpStatus()).isEqualTo(401);
    nothingIsKept(expired);

    Result again = bench().execute(mail());
    assertThat(again.outcome()).as(again.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(bench().seen().stream().filter(seen -> seen.target().contains("/send"))).hasSize(1);
  }

  private Reply rotated(int lives) {
    return Reply.json(
        200,
        "{\"access_token\":\"%s\",\"refresh_token\":\"canary-rotated\",\"expires_in\":%d}"
            .formatted(good, lives));
  }

  /// What stands between the gateway and a credential that others use too.
  private final class Leave implements Refreshing {
    private final List<Object> done = new ArrayList<>();
    private Turn turn = new Turn.Ours(REFRESH);
    private boolean keeps = true;

    @Override
    public Turn take() {
      return turn;
    }

    @Override
    public boolean keep(Granted granted) {
      done.add(granted);
      assertThat(bench().seen()).as("kept before it is used").hasSize(1);
      return keeps;
    }

    @Override
    public void giveBack() {
      done.add("given back");
    }

    @Override
    public void refused(String accessToken) {
      done.add("refused " + accessToken);
    }
  }

  private Leave shared() {
    var leave = new Leave();
    bench().refreshing = Optional.of(leave);
    return leave;
  }

  @Test
  void rotatedRefreshTokenIsKeptBeforeItsAccessTokenIsUsed() throws InterruptedException {
    Leave leave = shared();
    Map<String, String> newer = new HashMap<>(REFRESH);
    newer.put("refresh_token", "canary-of-another-worker");
    leave.turn = new Turn.Ours(newer);
    grants.add(rotated(7200));

    Result result = bench().execute(mail());

    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(bench().seen().getFirst().body()).contains("refresh_token=canary-of-another-worker");
    assertThat(leave.done)
        .containsExactly(new Granted(good, Optional.of("canary-rotated"), Duration.ofHours(2)));
    nothingIsKept(result);
  }

  @Test
  void tokenThatIsKeptIsNotAskedForAgain() throws InterruptedException {
    Leave leave = shared();
    leave.turn = new Turn.Kept(good);

    Result result = bench().execute(mail());

    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(bench().seen()).noneMatch(seen -> seen.target().equals("/token"));
    assertThat(leave.done).isEmpty();
    nothingIsKept(result);
  }

  @Test
  void keptTokenThatTheOtherSideRefusesIsSaidToBe() throws InterruptedException {
    Leave leave = shared();
    leave.turn = new Turn.Kept("granted-token-0");

    Result result = bench().execute(mail());

    assertThat(result.code()).isEqualTo("TOKEN_REFUSED");
    assertThat(result.retryable()).isTrue();
    assertThat(leave.done).containsExactly("refused granted-token-0");
  }

  @Test
  void nothingIsSentWithATokenOfACredentialThatWasReplaced() throws InterruptedException {
    Leave leave = shared();
    leave.keeps = false;
    grants.add(rotated(7200));

    Result result = bench().execute(mail());

    assertThat(result.code()).isEqualTo("CREDENTIAL_CHANGED");
    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(result.retryable()).isTrue();
    assertThat(bench().seen()).hasSize(1);
  }

  @Test
  void credentialOfAnotherKindThatIsStoredNowIsForTheNextAttempt() throws InterruptedException {
    Leave leave = shared();
    leave.turn = new Turn.Ours(Map.of("token", "canary-token-of-a-person"));

    Result result = bench().execute(mail());

    assertThat(result.code()).isEqualTo("CREDENTIAL_CHANGED");
    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(result.retryable()).isTrue();
    assertThat(leave.done).containsExactly("given back");
    assertThat(bench().seen()).isEmpty();
  }

  @Test
  void whoGetsNoTurnSendsNothing() throws InterruptedException {
    Leave leave = shared();
    leave.turn = new Turn.Not("TOKEN_BUSY", true);

    Result result = bench().execute(mail());

    assertThat(result.code()).isEqualTo("TOKEN_BUSY");
    assertThat(result.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(result.retryable()).isTrue();
    assertThat(bench().seen()).isEmpty();
  }

  @Test
  void leaveIsGivenBackWhenNothingIsGranted() throws InterruptedException {
    Leave leave = shared();
    grants.add(Reply.json(400, "{\"error\":\"invalid_grant\"}"));

    assertThat(bench().execute(mail()).code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(leave.done).containsExactly("given back");
  }

  @Test
  void whereNothingCanBeKeptARotatedRefreshTokenIsToldOf() throws InterruptedException {
    grants.add(rotated(3599));

    Result result = bench().execute(mail());

    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(logs.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(each -> each.contains("another refresh token"));
    nothingIsKept(result);
  }

  @Test
  void refusedRefreshEndsTheCallAndIsNotTriedAgain() throws InterruptedException {
    grants.add(
        Reply.json(
            400, "{\"error\":\"invalid_grant\",\"error_description\":\"canary-refresh-token\"}"));

    Result refused = bench().execute(mail());

    assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(refused.code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(refused.retryable()).isFalse();
    assertThat(bench().seen()).hasSize(1);
    nothingIsKept(refused);
  }

  @Test
  void endpointThatIsBusyOrOutIsAskedAgainLater() throws InterruptedException {
    grants.add(
        new Reply(
            "HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
            ScriptedHost.After.CLOSE));
    grants.add(Reply.json(503, "{}"));
    grants.add(Reply.json(200, "{\"access_token\":\"\"}"));

    Result busy = bench().execute(mail());
    Result out = bench().execute(mail());
    Result empty = bench().execute(mail());

    assertThat(busy.code()).isEqualTo("RATE_LIMITED");
    assertThat(busy.retryAfterMillis()).contains(7_000L);
    assertThat(out.code()).isEqualTo("HTTP_503");
    assertThat(List.of(busy.retryable(), out.retryable())).containsOnly(true);
    assertThat(empty.code()).isEqualTo("CREDENTIAL_REFUSED");
    assertThat(bench().seen()).hasSize(3);
  }

  /// RFC 6749 2.3.1: each half is form-encoded before the two are put together.
  @Test
  void clientSaysWhoItIsAsHttpBasicWhereTheManifestSaysSo() throws InterruptedException {
    grants.add(granted(good));

    Result result = bench().execute(read().with(BASIC));

    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    Seen first = bench().seen().getFirst();
    assertThat(first.head())
        .contains(
            "Authorization: Basic "
                + java.util.Base64.getEncoder()
                    .encodeToString(
                        "desk%3Aapp:canary+pass%2Bword".getBytes(StandardCharsets.US_ASCII))
                + "\r\n");
    assertThat(first.body()).isEqualTo("grant_type=client_credentials");
    nothingIsKept(result);
  }

  @Test
  void clientSaysWhoItIsInTheFormElsewhere() throws InterruptedException {
    grants.add(granted(good));

    Result result =
        bench()
            .execute(
                read().with(Map.of("client_id", "desk", "client_secret", "canary-client-secret")));

    assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(bench().seen().getFirst().head()).doesNotContain("Authorization");
    assertThat(bench().seen().getFirst().body().split("&"))
        .containsExactlyInAnyOrder(
            "grant_type=client_credentials",
            "client_id=desk",
            "client_secret=canary-client-secret");
  }

  /// Neither a secret nor a token is in the evidence, the outcome or a line of the log.
  private void nothingIsKept(Result result) {
    String kept =
        result.evidence().values().stream()
                .map(each -> new String(each, StandardCharsets.UTF_8))
                .reduce("", String::concat)
            + result;
    String logged =
        logs.list.stream()
            .map(each ->
                each.getFormattedMessage()
                    + Optional.ofNullable(each.getKeyValuePairs()).orElse(List.of()))
            .reduce("", String::concat);
    for (String text : List.of(kept, logged)) {
      assertThat(text).doesNotContain("canary", "granted-token", "Bearer", "Basic ");
    }
  }
}
