package ai.rails.app.connector;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Granted;
import ai.rails.enclave.worker.CallPort.Refreshing;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.CallPort.Turn;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.HmacSha256;
import ai.rails.standin.Json;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Adyen;
import ai.rails.standin.vendor.Endpoint;
import ai.rails.standin.vendor.Endpoint.Guard;
import ai.rails.standin.vendor.GoogleCalendar;
import ai.rails.standin.vendor.GoogleDrive;
import ai.rails.standin.vendor.House;
import ai.rails.standin.vendor.Intercom;
import ai.rails.standin.vendor.RotatingTokens;
import ai.rails.standin.vendor.Salesforce;
import ai.rails.standin.vendor.X;

import static org.assertj.core.api.Assertions.assertThat;

/// Rules of single vendors, through gateway and proxy against their stand-ins.
class VendorRulesTest {
  private static final VendorCase UPSERT = VendorCases.named("salesforce", "upsert-case");
  private static final VendorCase NOTE = VendorCases.named("intercom", "reply");
  private static final VendorCase REFUND = VendorCases.named("adyen", "refund");
  private static final VendorCase EVENT = VendorCases.named("google-calendar", "create-event");
  private static final VendorCase FOLDER = VendorCases.named("google-drive", "create-folder");
  private static final VendorCase POST = VendorCases.named("http", "post");

  @TempDir private Path directory = Path.of(".");

  /// Error answers in the vendors' own form, for the request with the effect of the first write.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          salesforce | 400 | [{'errorCode':'UNABLE_TO_LOCK_ROW'}] | RECORD_LOCKED | true
          salesforce | 400 | [{'errorCode':'DUPLICATE_VALUE'}] | ALREADY_THERE | true
          salesforce | 400 | [{'errorCode':'INVALID_FIELD'}] | RECORD_INVALID | false
          salesforce | 403 | [{'errorCode':'INSUFFICIENT_ACCESS'}] | FORBIDDEN | false
          salesforce | 404 | [{'errorCode':'NOT_FOUND'}] | RECORD_NOT_FOUND | false
          salesforce | 300 | ['/a','/b'] | EXTERNAL_ID_NOT_UNIQUE | false
          salesforce | 401 | [{'errorCode':'INVALID_SESSION_ID'}] | TOKEN_REFUSED | true
          intercom | 403 | {'type':'error.list'} | FORBIDDEN | false
          intercom | 404 | {'type':'error.list'} | RECORD_NOT_FOUND | false
          intercom | 422 | {'type':'error.list'} | RECORD_INVALID | false
          adyen | 422 | {'errorCode':'167','status':422} | RECORD_INVALID | false
          adyen | 403 | {'errorCode':'901','status':403} | FORBIDDEN | false
          adyen | 409 | {'errorCode':'704','status':409} | REQUEST_IN_PROGRESS | true
          google-calendar | 409 | {'error':{'code':409}} | ALREADY_THERE | true
          google-calendar | 400 | {'error':{'code':400}} | RECORD_INVALID | false
          google-calendar | 403 | {'error':{'errors':[{'reason':'userRateLimitExceeded'}]}} | RATE_LIMITED | true
          google-calendar | 403 | {'error':{'errors':[{'reason':'forbidden'}]}} | FORBIDDEN | false
          google-calendar | 429 | {'error':{'code':429}} | RATE_LIMITED | true
          google-drive | 403 | {'error':{'errors':[{'reason':'userRateLimitExceeded'}]}} | RATE_LIMITED | true
          google-drive | 403 | {'error':{'errors':[{'reason':'storageQuotaExceeded'}]}} | FORBIDDEN | false
          microsoft-365 | 400 | {'error':{'code':'ErrorInvalidRecipients'}} | RECORD_INVALID | false
          microsoft-365 | 403 | {'error':{'code':'ErrorAccessDenied'}} | FORBIDDEN | false
          microsoft-365 | 404 | {'error':{'code':'ErrorInvalidUser'}} | RECORD_NOT_FOUND | false
          x | 403 | {'title':'Forbidden'} | FORBIDDEN_OR_DUPLICATE | false
          http | 409 | {} | REQUEST_IN_PROGRESS | true
          http | 422 | {} | RECORD_INVALID | false
          """)
  void refusalsAreToldApartByTheVendorsOwnWords(
      String connector, int status, String body, String code, boolean retryable) throws Exception {
    VendorCase which =
        VendorCases.WRITES.stream()
            .filter(each -> each.connector().equals(connector))
            .findFirst()
            .orElseThrow();
    try (VendorBench bench = new VendorBench(directory, which)) {
      Response refusal = Response.refused(status, "planned", Governed.json(body));
      bench.standIn().instead(request -> isEffect(which, request), refusal);

      Result refused = bench.execute();

      assertThat(refused.code()).isEqualTo(code);
      assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(refused.retryable()).isEqualTo(retryable);
      assertThat(bench.effects()).isZero();
    }
  }

  private static boolean isEffect(VendorCase which, Request request) {
    return request.method().equals(which.method()) && !request.path().endsWith("/token");
  }

  @Test
  void whatSomebodyChangedInACaseSinceTheLostAnswerStays() throws Exception {
    try (VendorBench bench = new VendorBench(directory, UPSERT)) {
      bench.standIn().faults().inject(1, Faults.on("PATCH", "Case"), new Fault.LostAnswer());
      bench.execute();
      ObjectNode changed = bench.standIn().journal().facts(Salesforce.UPSERT).getFirst().deepCopy();
      bench.standIn().journal().effect(Salesforce.EDIT, changed.put("Priority", "Low"));

      Result found = bench.recover();

      assertThat(found.adopted()).isTrue();
      assertThat(bench.effects()).isEqualTo(1);
      assertThat(VendorBench.kept(found)).contains("\"Priority\":\"Low\"");
    }
  }

  @Test
  void tokenIsGrantedForARefreshTokenToo() throws Exception {
    try (VendorBench bench = new VendorBench(directory, UPSERT)) {
      Result result = bench.execute(UPSERT.call().with(VendorCases.REFRESH));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.received().getFirst()).contains("refresh_token=canary-refresh-token");
      assertThat(VendorBench.kept(result)).doesNotContain("canary");
    }
  }

  @Test
  void noteIsShownAsItWasApprovedAndNotAsHtml() throws Exception {
    Governed.Call call = NOTE.call();
    String body = "<!-- hidden --><img src=//evil.example/x> A & B";
    try (VendorBench bench = new VendorBench(directory, NOTE)) {
      Result result = bench.execute(call.params(call.params().replace("It is solved.", body)));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.standIn().journal().facts(Intercom.NOTE).getFirst().path("body").asText())
          .startsWith("<p>&lt;!-- hidden --&gt;&lt;img src=//evil.example/x&gt; A &amp; B</p>");
    }
  }

  /// It could not be read back, so nothing is written to it.
  @Test
  void conversationThatIsTooLongToReadIsNotWrittenTo() throws Exception {
    try (VendorBench bench = new VendorBench(directory, NOTE)) {
      bench
          .standIn()
          .journal()
          .effect(Intercom.NOTE, Json.object().put("id", "1").put("body", "x".repeat(1 << 20)));

      Result refused = bench.execute();

      assertThat(refused.outcome()).as(refused.code()).isEqualTo(Outcome.DEFINITE_FAILURE);
      assertThat(bench.received()).hasSize(1);
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  /// The first request may still be on its way: that is no proof that there was no refund.
  @Test
  void keyInUseProvesNothingOfTheAttemptBefore() throws Exception {
    Adyen adyen = (Adyen) REFUND.vendor().get();
    try (VendorBench bench = new VendorBench(directory, REFUND, adyen)) {
      bench.standIn().faults().inject(1, Faults.on("POST", "refunds"), new Fault.LostAnswer());
      bench.execute();

      adyen.busy(true);
      Result busy = bench.recover();
      adyen.busy(false);
      Result done = bench.recover();

      assertThat(busy.outcome()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(busy.code()).isEqualTo("REQUEST_IN_PROGRESS");
      assertThat(busy.retryable()).isTrue();
      assertThat(done.outcome()).as(done.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  @Test
  void recordsKeyInUseProvesNothingEither() throws Exception {
    House house = (House) POST.vendor().get();
    try (VendorBench bench = new VendorBench(directory, POST, house)) {
      bench.standIn().faults().inject(1, Faults.on("POST", "orders"), new Fault.LostAnswer());
      bench.execute();

      house.busy(true);
      Result busy = bench.recover();
      house.busy(false);
      Result done = bench.recover();

      assertThat(busy.outcome()).as(busy.code()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(busy.retryable()).isTrue();
      assertThat(done.outcome()).as(done.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  /// Adyen takes references of 80 characters, and a step's name alone may have 63.
  @Test
  void refundOfAStepWithALongNameIsTaken() throws Exception {
    try (VendorBench bench = new VendorBench(directory, REFUND)) {
      Result result = bench.execute(REFUND.call().step("s".repeat(63)));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    }
  }

  @Test
  void paymentThatIsNotTheMerchantsIsNotRefunded() throws Exception {
    try (VendorBench bench =
        new VendorBench(
            directory,
            REFUND,
            new Adyen(REFUND.host(), "/v71", "canary-api-key", "AcmeECOM", "ZZZZZZZZZZ999999"))) {
      Result refused = bench.execute();

      assertThat(refused.code()).isEqualTo("RECORD_INVALID");
      assertThat(bench.effects()).isZero();
    }
  }

  @Test
  void eventThatSomebodyDeletedSinceIsNotMadeAgain() throws Exception {
    try (VendorBench bench = new VendorBench(directory, EVENT)) {
      bench.standIn().faults().inject(1, Faults.on("POST", "events"), new Fault.LostAnswer());
      bench.execute();
      bench
          .standIn()
          .journal()
          .effect(GoogleCalendar.DELETED, Json.object().put("id", VendorCase.ID));

      Result found = bench.recover();

      assertThat(found.outcome()).as(found.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(found.adopted()).isTrue();
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  /// Google answers 409 to an id that is taken; the look that follows finds the event.
  @Test
  void idThatIsTakenIsLookedUpAgain() throws Exception {
    try (VendorBench bench = new VendorBench(directory, EVENT)) {
      bench.standIn().faults().inject(1, Faults.on("POST", "events"), new Fault.LostAnswer());
      bench.execute();
      bench
          .standIn()
          .instead(
              request -> request.path().endsWith(VendorCase.ID),
              Response.refused(404, "notFound", Governed.json("{'error':{'code':404}}")));

      Result taken = bench.recover();
      Result found = bench.recover();

      assertThat(taken.outcome()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(taken.code()).isEqualTo("ALREADY_THERE");
      assertThat(taken.retryable()).isTrue();
      assertThat(found.adopted()).as(found.code()).isTrue();
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  @Test
  void folderThatTheSearchDoesNotShowYetIsLeftToAPerson() throws Exception {
    GoogleDrive drive = (GoogleDrive) FOLDER.vendor().get();
    try (VendorBench bench = new VendorBench(directory, FOLDER, drive)) {
      bench.standIn().faults().inject(1, Faults.on("POST", "files"), new Fault.LostAnswer());
      bench.execute();

      drive.lagging(true);
      Result unknown = bench.recover();
      drive.lagging(false);
      Result found = bench.recover();

      assertThat(unknown.outcome()).isEqualTo(Outcome.AMBIGUOUS);
      assertThat(unknown.code()).isEqualTo("LOOKUP_INCONCLUSIVE");
      assertThat(found.adopted()).isTrue();
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  /// Graph takes a time without an offset, in the zone that is named beside it.
  @ParameterizedTest
  @CsvSource({"2026-01-01T10:00:00+02:00", "2026-01-01T10:00:00", "2026-01-01 10:00:00Z"})
  void eventInAnotherZoneIsRefusedBeforeItIsSent(String start) throws Exception {
    VendorCase event = VendorCases.named("microsoft-365", "create-event");
    Governed.Call call = event.call();
    try (VendorBench bench = new VendorBench(directory, event)) {
      Result refused =
          bench.execute(call.params(call.params().replace("2026-01-01T10:00:00Z", start)));

      assertThat(refused.code()).isEqualTo("PARAMETERS_INVALID");
      assertThat(bench.received()).isEmpty();
    }
  }

  @Test
  void secondPostOfTheSameTextIsRefusedByX() throws Exception {
    VendorCase post = VendorCases.named("x", "post");
    try (VendorBench bench = new VendorBench(directory, post)) {
      bench.execute();

      Result second = bench.execute(post.call().step("other"));

      assertThat(second.code()).isEqualTo("FORBIDDEN_OR_DUPLICATE");
      assertThat(bench.effects()).isEqualTo(1);
    }
  }

  /// Tokens as a worker keeps them, without the other workers.
  private static final class Tokens implements Refreshing {
    private Map<String, String> credential;
    private Optional<String> access = Optional.empty();

    Tokens(Map<String, String> credential) {
      this.credential = credential;
    }

    @Override
    public Turn take() {
      return access.<Turn>map(Turn.Kept::new).orElseGet(() -> new Turn.Ours(credential));
    }

    @Override
    public boolean keep(Granted granted) {
      credential = new HashMap<>(credential);
      granted.refreshToken().ifPresent(each -> credential.put(Granted.REFRESH_TOKEN, each));
      access = Optional.of(granted.accessToken());
      return true;
    }

    @Override
    public void giveBack() {}

    @Override
    public void refused(String accessToken) {
      access = Optional.empty();
    }
  }

  @Test
  void refreshTokenThatXTakesOnceIsReplacedByTheOneThatComesBack() throws Exception {
    VendorCase post = VendorCases.named("x", "post");
    Map<String, String> credential =
        Map.of(
            "client_id", "desk-app",
            "client_secret", "canary-client-secret",
            "refresh_token", RotatingTokens.refreshToken(0));
    var x =
        new RotatingTokens(
            "api.x.com",
            "/2/oauth2/token",
            Guard.header("authorization", "Basic ZGVzay1hcHA6Y2FuYXJ5LWNsaWVudC1zZWNyZXQ="),
            Map.of(),
            X::new);
    try (VendorBench bench = new VendorBench(directory, post, x)) {
      bench.governed().keepsTokens(new Tokens(credential));
      Governed.Call call = post.call().with(credential);

      Result first = bench.execute(call);
      Result second = bench.execute(call.step("second").params("{'text':'All is well.'}"));
      assertThat(bench.standIn().journal().effects(RotatingTokens.GRANT))
          .as("kept, not asked")
          .isEqualTo(1);
      bench
          .standIn()
          .instead(
              request -> request.path().equals("/2/tweets"),
              Response.json(401, Json.object().put("title", "Unauthorized").put("status", 401)));
      Governed.Call third = call.step("third").params("{'text':'All is still well.'}");
      Result lapsed = bench.execute(third);
      Result again = bench.execute(third);

      assertThat(List.of(first.code(), second.code(), lapsed.code(), again.code()))
          .containsExactly("OK", "OK", "TOKEN_REFUSED", "OK");
      assertThat(bench.standIn().journal().effects(RotatingTokens.GRANT)).isEqualTo(2);
      assertThat(bench.effects()).isEqualTo(3);
      assertThat(VendorBench.kept(first) + VendorBench.kept(again)).doesNotContain("canary");
      bench.governed().keepsTokens(new Tokens(credential));
      assertThat(bench.execute(call.step("late").params("{'text':'Late.'}")).code())
          .as("the first refresh token is spent")
          .isEqualTo("CREDENTIAL_REFUSED");
    }
  }

  @Test
  void recordsIdOfItsWholeLengthIsAResult() throws Exception {
    VendorCase put = VendorCases.named("http", "put");
    Governed.Call call = put.call();
    try (VendorBench bench = new VendorBench(directory, put)) {
      Result result =
          bench.execute(call.params(call.params().replace("'7'", "'" + "7".repeat(100) + "'")));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
    }
  }

  /// Each kind of credential that the manifest for one's own services has.
  @ParameterizedTest
  @CsvSource({"api-key", "basic", "hmac", "oauth-client", "oauth-refresh", "oauth-client-basic"})
  void serviceOfOnesOwnIsReachedByEachKindOfCredential(String kind) throws Exception {
    Map<String, String> credential =
        switch (kind) {
          case "api-key" -> Map.of("api_key", "canary-api-key");
          case "basic" -> Map.of("username", "desk", "password", "canary-password");
          case "hmac" -> Map.of("key_id", "k1", "secret", "canary-hmac-secret");
          case "oauth-client" -> VendorCases.CLIENT;
          case "oauth-refresh" -> VendorCases.REFRESH;
          default -> Map.of("client", "desk", "client_password", "canary-client-password");
        };
    Guard guard =
        switch (kind) {
          case "api-key" -> Guard.header("x-api-key", "canary-api-key");
          case "basic" -> Guard.header("authorization", "Basic ZGVzazpjYW5hcnktcGFzc3dvcmQ=");
          case "hmac" -> VendorRulesTest::isSigned;
          default -> Guard.header("authorization", "Bearer " + VendorCases.TOKEN);
        };
    Endpoint tokens =
        Endpoint.token(
            VendorCases.HOUSE,
            "/oauth2/token",
            List.of(
                VendorCases.GRANTED_TO_CLIENT,
                VendorCases.GRANTED_TO_REFRESH,
                Map.of("grant_type", "client_credentials")),
            VendorCases.TOKEN);
    House house = new House(VendorCases.HOUSE, guard, List.of(tokens));
    try (VendorBench bench = new VendorBench(directory, POST, house)) {
      Result result = bench.execute(POST.call().with(credential));
      Map<String, String> foreign = new HashMap<>(credential);
      foreign.replaceAll((_, value) -> value.startsWith("canary") ? "somebody-elses" : value);
      Result refused = bench.execute(POST.call().step("other").with(foreign));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(VendorBench.kept(result)).doesNotContain("canary");
      // This stand-in's token endpoint looks at the form only.
      assertThat(refused.code())
          .isEqualTo(kind.equals("oauth-client-basic") ? "OK" : "CREDENTIAL_REFUSED");
    }
  }

  /// As the manifest has it: over time, method, host, target and the body's hash.
  private static boolean isSigned(Request request) {
    String at = request.header("x-timestamp").orElse("");
    String content =
        String.join(
            "\n",
            at,
            request.method(),
            request.header("host").orElse(""),
            request.path(),
            HexFormat.of().formatHex(sha256(request.content())));
    return request.header("x-key-id").equals(Optional.of("k1"))
        && request
            .header("x-signature")
            .equals(Optional.of("v1=" + HmacSha256.hex("canary-hmac-secret", content)));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
