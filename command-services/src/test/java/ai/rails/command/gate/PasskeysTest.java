package ai.rails.command.gate;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.platform.http.Role;

import static ai.rails.command.gate.ApprovalDesk.item;
import static ai.rails.command.gate.ApprovalDesk.refused;
import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

/// Passkeys and what they sign, over HTTP, on a real store, with an authenticator of our own that
/// also attacks.
@Tag("slow")
class PasskeysTest {
  @TempDir private static Path data;
  private static ApprovalDesk desk;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    desk = new ApprovalDesk(data);
    office = desk.office;
  }

  @AfterAll
  static void close() {
    desk.close();
  }

  private static SoftAuthenticator registered(String subject) throws Exception {
    var authenticator = new SoftAuthenticator("credential of " + subject);
    HttpResponse<String> answer = register(subject, authenticator);
    expect(201, answer);
    assertThat(json(answer).path("state").asText()).isEqualTo("PENDING");
    JsonNode mine = json(office.get("t1", subject, "/access/v1/passkeys", Role.APPROVER));
    String id = mine.path("items").get(0).path("passkey").asText();
    String decision = "/v1/passkeys/%s/decision".formatted(id);
    refused(
        403,
        "REQUESTER_MAY_NOT_APPROVE",
        office.post("t1", subject, decision, "{\"approve\": true}", Role.ADMIN));
    expect(200, office.post("t1", "ada", decision, "{\"approve\": true}", Role.ADMIN));
    return authenticator;
  }

  private static HttpResponse<String> register(String subject, SoftAuthenticator authenticator)
      throws Exception {
    JsonNode options =
        json(office.post("t1", subject, "/v1/passkey-challenges", "{}", Role.APPROVER));
    return office.post("t1", subject, "/v1/passkeys", authenticator.create(options), Role.APPROVER);
  }

  private static JsonNode challenge(String subject, String run, String digest) throws Exception {
    HttpResponse<String> answer =
        office.post(
            "t1",
            subject,
            "/v1/gate-challenges",
            "{\"items\": [%s]}".formatted(item(run, digest)),
            Role.APPROVER);
    expect(201, answer);
    return json(answer);
  }

  private static HttpResponse<String> sign(String who, String run, String digest, String assertion)
      throws Exception {
    return desk.decide(who, Role.APPROVER, run, "APPROVE", digest, ", \"assertion\": " + assertion);
  }

  @Test
  void aCallThatMustBeSignedWaitsForItsApproversPasskey() throws Exception {
    String digest = desk.digest();
    String run = office.atGate("t1", digest, Effect.REQUIRE_STEP_UP);
    SoftAuthenticator sam = registered("sam");

    refused(403, "STEP_UP_REQUIRED", desk.decide("sam", Role.APPROVER, run, "APPROVE", digest, ""));
    assertThat(desk.gate(run).open()).isTrue();
    JsonNode challenge = challenge("sam", run, digest);
    sam.counter = 2;
    String assertion = sam.get(challenge);
    expect(200, sign("sam", run, digest, assertion));

    HumanGateDecisioned vote =
        Optional.ofNullable(desk.gate(run).approvals().get("sam")).orElseThrow();
    assertThat(vote.signature().orElseThrow().fault("t1", "sam", digest)).isEmpty();
    assertThat(desk.gate(run).open()).isFalse();
    // The same signature approves nothing again: withdrawn, the call asks anew.
    expect(200, desk.decide("sam", Role.APPROVER, run, "WITHDRAW", digest, ""));
    refused(403, "SIGNATURE_INVALID", sign("sam", run, digest, assertion));
    // A gate that is no longer open is seen first by nobody: the challenge is used up.
    assertThat(
            json(office.get("t1", "sam", "/access/v1/passkeys", Role.APPROVER))
                .path("items")
                .get(0)
                .has("lastUsedAt"))
        .isTrue();
  }

  @Test
  void attacksOnASignedApprovalChangeNothing() throws Exception {
    String digest = desk.digest();
    String run = office.atGate("t1", digest, Effect.REQUIRE_STEP_UP);
    SoftAuthenticator good = registered("tia");
    SoftAuthenticator theirs = registered("uma");
    good.counter = 5;

    attack("wrong origin", run, digest, good, a -> a.origin = "https://evil.test");
    attack("a subdomain", run, digest, good, a -> a.origin = "https://x.console.rails.test");
    attack("wrong relying party", run, digest, good, a -> a.relyingParty = "evil.test");
    attack("user not verified", run, digest, good, a -> a.flags = 0x01);
    attack("user not present", run, digest, good, a -> a.flags = 0x04);
    refused(
        403,
        "SIGNATURE_INVALID",
        sign("tia", run, digest, theirs.get(challenge("tia", run, digest))));
    refused(
        403,
        "SIGNATURE_INVALID",
        sign("tia", run, digest, good.get(challenge("uma", run, digest))));
    String other = desk.digest();
    refused(
        403, "SIGNATURE_INVALID", sign("tia", run, digest, good.get(challenge("tia", run, other))));
    assertThat(desk.gate(run).open()).isTrue();
    assertThat(desk.gate(run).approvals()).isEmpty();

    expect(200, sign("tia", run, digest, good.get(challenge("tia", run, digest))));
    String next = desk.digest();
    String later = office.atGate("t1", next, Effect.REQUIRE_STEP_UP);
    good.counter = 4;
    refused(
        403,
        "SIGNATURE_INVALID",
        sign("tia", later, next, good.get(challenge("tia", later, next))));
    assertThat(desk.gate(later).approvals()).as("a counter that went back").isEmpty();
  }

  private static void attack(
      String what,
      String run,
      String digest,
      SoftAuthenticator authenticator,
      Consumer<SoftAuthenticator> lie)
      throws Exception {
    String origin = authenticator.origin;
    String party = authenticator.relyingParty;
    int flags = authenticator.flags;
    lie.accept(authenticator);
    HttpResponse<String> answer =
        sign("tia", run, digest, authenticator.get(challenge("tia", run, digest)));
    assertThat(json(answer).path("code").asText()).as(what).isEqualTo("SIGNATURE_INVALID");
    authenticator.origin = origin;
    authenticator.relyingParty = party;
    authenticator.flags = flags;
  }

  @Test
  void aRegistrationIsOfItsChallengeOriginAndUser() throws Exception {
    var wrong = new SoftAuthenticator("wrong origin");
    wrong.origin = "https://evil.test";
    refused(403, "SIGNATURE_INVALID", register("vic", wrong));
    var unverified = new SoftAuthenticator("unverified");
    unverified.flags = 0x01;
    refused(403, "SIGNATURE_INVALID", register("vic", unverified));
    var good = new SoftAuthenticator("good");
    JsonNode options =
        json(office.post("t1", "vic", "/v1/passkey-challenges", "{}", Role.APPROVER));
    String body = good.create(options);
    refused(
        403, "SIGNATURE_INVALID", office.post("t1", "wes", "/v1/passkeys", body, Role.APPROVER));
    expect(201, office.post("t1", "vic", "/v1/passkeys", body, Role.APPROVER));
    refused(
        403, "SIGNATURE_INVALID", office.post("t1", "vic", "/v1/passkeys", body, Role.APPROVER));
    // It waits for an administrator, and so gives no challenge to sign.
    String digest = desk.digest();
    String run = office.atGate("t1", digest, Effect.REQUIRE_STEP_UP);
    refused(
        409,
        "NO_PASSKEY",
        office.post(
            "t1",
            "vic",
            "/v1/gate-challenges",
            "{\"items\": [%s]}".formatted(item(run, digest)),
            Role.APPROVER));
    String id =
        json(office.get("t1", "vic", "/access/v1/passkeys", Role.APPROVER))
            .path("items")
            .get(0)
            .path("passkey")
            .asText();
    refused(404, "NOT_FOUND", office.delete("t1", "wes", "/v1/passkeys/" + id, Role.APPROVER));
    expect(200, office.delete("t1", "vic", "/v1/passkeys/" + id, Role.APPROVER));
  }

  @Test
  void oneSignatureApprovesAListAndNoPartOfAnotherList() throws Exception {
    SoftAuthenticator zoe = registered("zoe");
    String one = desk.digest();
    String two = desk.digest();
    String first = office.atGate("t1", one, Effect.REQUIRE_STEP_UP);
    String second = office.atGate("t1", two, Effect.REQUIRE_STEP_UP);
    String items = item(first, one) + "," + item(second, two);
    JsonNode challenge =
        json(
            office.post(
                "t1",
                "zoe",
                "/v1/gate-challenges",
                "{\"items\": [%s]}".formatted(items),
                Role.APPROVER));
    zoe.counter = 2;
    String assertion = zoe.get(challenge);

    refused(
        403,
        "SIGNATURE_INVALID",
        office.post(
            "t1", "zoe", "/v1/gate-decisions", signed(assertion, item(first, one)), Role.APPROVER));
    HttpResponse<String> both =
        office.post("t1", "zoe", "/v1/gate-decisions", signed(assertion, items), Role.APPROVER);

    assertThat(json(both).path("decided").asInt()).as(both.body()).isEqualTo(2);
    HumanGateDecisioned hers =
        Optional.ofNullable(desk.gate(second).approvals().get("zoe")).orElseThrow();
    assertThat(hers.signature().orElseThrow().digests()).containsExactly(one, two);
  }

  private static String signed(String assertion, String items) {
    return "{\"verdict\": \"APPROVE\", \"items\": [%s], \"assertion\": %s}"
        .formatted(items, assertion);
  }
}
