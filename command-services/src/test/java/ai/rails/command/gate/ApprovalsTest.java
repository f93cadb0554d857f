package ai.rails.command.gate;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

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
import ai.rails.platform.keys.HpkeKeyPair;

import static ai.rails.command.gate.ApprovalDesk.item;
import static ai.rails.command.gate.ApprovalDesk.refused;
import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

/// Handed says, batches, corrections, load and links over HTTP, on a real store.
@Tag("slow")
class ApprovalsTest {
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

  private static HttpResponse<String> delegate(String by, String to, String more) throws Exception {
    long until = office.now.get().plus(Duration.ofDays(1)).toEpochMilli();
    return office.post(
        "t1",
        by,
        "/v1/delegations",
        "{\"to\": \"%s\", \"until\": %d%s}".formatted(to, until, more),
        Role.APPROVER);
  }

  @Test
  void aSayIsHandedOnOnceUsedAndTakenBack() throws Exception {
    String digest = desk.digest();
    String run = office.atGate("t1", digest, Effect.ALLOW);
    HttpResponse<String> made = delegate("mia", "olga", "");
    expect(201, made);
    String id = json(made).path("delegation").asText();
    String with = ", \"delegation\": \"%s\"".formatted(id);

    refused(403, "NOT_AN_APPROVER", desk.decide("olga", Role.OPERATOR, run, "APPROVE", digest, ""));
    refused(
        403, "NOT_AN_APPROVER", desk.decide("pat", Role.APPROVER, run, "APPROVE", digest, with));
    expect(200, desk.decide("olga", Role.OPERATOR, run, "APPROVE", digest, with));

    HumanGateDecisioned vote =
        Optional.ofNullable(desk.gate(run).approvals().get("olga")).orElseThrow();
    assertThat(vote.onBehalfOf()).contains("mia");
    assertThat(vote.delegation()).contains(id);
    JsonNode list = json(office.get("t1", "olga", "/access/v1/delegations", Role.OPERATOR));
    assertThat(list.path("items").findValuesAsText("by")).containsExactly("mia");
    expect(200, office.delete("t1", "mia", "/v1/delegations/" + id, Role.APPROVER));
    String next = desk.digest();
    String later = office.atGate("t1", next, Effect.ALLOW);
    refused(
        403, "NOT_AN_APPROVER", desk.decide("olga", Role.OPERATOR, later, "APPROVE", next, with));
    assertThat(office.events("t1", "DELEGATION_REVOKED")).isPositive();
  }

  @Test
  void aSayIsHandedToNobodyWhoMayNotHaveIt() throws Exception {
    String digest = desk.digest();
    String run = office.atGate("t1", digest, Effect.ALLOW);
    String of = ", \"run\": \"%s\", \"gate\": \"ask\"".formatted(run);

    refused(403, "REQUESTER_MAY_NOT_APPROVE", delegate("omar", "rita", of));
    refused(403, "AUTHOR_MAY_NOT_APPROVE", delegate("omar", "dana", of));
    refused(403, "NOT_AN_APPROVER", delegate("omar", "aud", ""));
    refused(422, "INVALID", delegate("omar", "omar", ""));
    refused(403, "NOT_AN_APPROVER", delegate("stranger", "omar", ""));
    expect(201, delegate("pat", "quin", ""));
    refused(422, "INVALID", delegate("quin", "pat", ""));
    // Handed to him before this run was his: it is refused when he uses it.
    String id = json(delegate("omar", "rita", "")).path("delegation").asText();
    refused(
        403,
        "REQUESTER_MAY_NOT_APPROVE",
        desk.decide(
            "rita",
            Role.OPERATOR,
            run,
            "APPROVE",
            digest,
            ", \"delegation\": \"%s\"".formatted(id)));
    // A handed say is not handed on: what rita hands on is her own, and she has none.
    refused(403, "NOT_AN_APPROVER", delegate("rita", "olga", ""));
    assertThat(desk.gate(run).open()).isTrue();
  }

  @Test
  void severalCallsOfAKindAreDecidedAtOnceEachByItsDigest() throws Exception {
    String one = desk.digest();
    String two = desk.digest();
    String first = office.atGate("t1", one, Effect.ALLOW);
    String second = office.atGate("t1", two, Effect.ALLOW);
    long before = office.events("t1", "HUMAN_GATE_DECISIONED");
    String body =
        batch("APPROVE", item(first, one), item(second, two), item(second, desk.digest()));

    HttpResponse<String> answer =
        office.post("t1", "omar", "/v1/gate-decisions", body, Role.APPROVER);
    HttpResponse<String> again =
        office.post("t1", "omar", "/v1/gate-decisions", body, Role.APPROVER);

    expect(200, answer);
    assertThat(json(answer).path("decided").asInt()).isEqualTo(2);
    assertThat(json(answer).path("items").get(2).path("code").asText())
        .isIn("DIGEST_DIFFERS", "GATE_NOT_OPEN");
    assertThat(json(again).path("decided").asInt()).as("said before").isEqualTo(2);
    assertThat(office.events("t1", "HUMAN_GATE_DECISIONED")).isEqualTo(before + 2);
    expect(200, desk.decide("omar", Role.APPROVER, first, "WITHDRAW", one, ""));
    HttpResponse<String> anew =
        office.post(
            "t1", "omar", "/v1/gate-decisions", batch("APPROVE", item(first, one)), Role.APPROVER);
    assertThat(json(anew).path("decided").asInt(-1))
        .as("what was taken back does not count as said")
        .isZero();
    theKeyOfABatchIsOfThatBatch(body, batch("DENY", item(first, one)));
    refused(
        422,
        "INVALID",
        office.post(
            "t1",
            "omar",
            "/v1/gate-decisions",
            batch("APPROVE", item(first, one), item(first, one)),
            Role.APPROVER));
    refused(
        404,
        "NOT_FOUND",
        office.post(
            "t2", "omar", "/v1/gate-decisions", batch("APPROVE", item(first, one)), Role.APPROVER));
  }

  private static void theKeyOfABatchIsOfThatBatch(String body, String other) throws Exception {
    String path = "/v1/gate-decisions";
    String key = "Idempotency-Key";
    HttpResponse<String> first = office.post("t1", "omar", path, body, Role.APPROVER, key, "b1");
    HttpResponse<String> again = office.post("t1", "omar", path, body, Role.APPROVER, key, "b1");
    assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(json(again)).isEqualTo(json(first));
    refused(
        409,
        "IDEMPOTENCY_KEY_REUSED",
        office.post("t1", "omar", path, other, Role.APPROVER, key, "b1"));
  }

  @Test
  void aCorrectionIsSealedAndNamesTheCallThatWasShown() throws Exception {
    String digest = desk.digest();
    String run = office.atGate("t1", digest, Effect.ALLOW);
    String made = desk.digest();
    String key =
        office.one(
            "SELECT encode(ingest_public, 'hex') FROM workflow_artifact WHERE tenant = 't1' LIMIT 1");
    byte[] bytes = HpkeKeyPair.seal(HexFormat.of().parseHex(key), new byte[2], "any");
    String sealed = Base64.getEncoder().encodeToString(bytes);

    refused(422, "INVALID", correct("omar", run, digest, made, "urgency", "A".repeat(200)));
    refused(422, "INVALID", correct("omar", run, digest, made, "amount", sealed));
    refused(409, "DIGEST_DIFFERS", correct("omar", run, made, made, "urgency", sealed));
    refused(
        403, "REQUESTER_MAY_NOT_APPROVE", correct("rita", run, digest, made, "urgency", sealed));
    assertThat(desk.gate(run).open()).isTrue();

    expect(200, correct("omar", run, digest, made, "urgency", sealed));

    assertThat(desk.gate(run).correction().orElseThrow().correctedDigest()).isEqualTo(made);
    refused(409, "GATE_NOT_OPEN", desk.decide("mia", Role.APPROVER, run, "APPROVE", digest, ""));
    assertThat(office.events("t1", "CALL_CORRECTED")).isOne();
  }

  private static HttpResponse<String> correct(
      String who, String run, String digest, String made, String field, String sealed)
      throws Exception {
    return office.post(
        "t1",
        who,
        "/v1/runs/%s/gates/ask/corrections".formatted(run),
        """
        {"callDigest": "%s", "correctedDigest": "%s", "fields": ["%s"], "correction": "%s"}\
        """
            .formatted(digest, made, field, sealed),
        Role.APPROVER);
  }

  private static String batch(String verdict, String... items) {
    return "{\"verdict\": \"%s\", \"items\": [%s]}".formatted(verdict, String.join(",", items));
  }

  @Test
  void peopleAreToldWhatTheyDecideWith() throws Exception {
    office.store.execute(
        """
        INSERT INTO policy_bundle (bundle, tenant, content_sha256, data)
        VALUES ('t-says', 't1', '', convert_to('{"groups": {"desk": ["mia"]}}', 'UTF8'))\
        """);
    try {
      assertThat(says("t1", "mia", Role.BUILDER)).isEqualTo("[\"approver\",\"builder\",\"desk\"]");
      assertThat(says("t1", "pat", Role.BUILDER)).isEqualTo("[\"approver\",\"builder\"]");
      assertThat(says("t2", "mia", Role.BUILDER)).isEqualTo("[\"builder\"]");
    } finally {
      office.store.execute("DELETE FROM policy_bundle WHERE bundle = 't-says'");
    }
  }

  private static String says(String tenant, String who, Role role) throws Exception {
    return json(office.get(tenant, who, "/access/v1/says", role)).path("roles").toString();
  }

  @Test
  void nobodyApprovesMoreInAnHourThanTheTenantAllows() throws Exception {
    office.perHour.put("t1", 2);
    try {
      for (int i = 0; i < 2; i++) {
        String digest = desk.digest();
        String run = office.atGate("t1", digest, Effect.ALLOW);
        expect(200, desk.decide("lea", Role.APPROVER, run, "APPROVE", digest, ""));
      }
      String digest = desk.digest();
      String run = office.atGate("t1", digest, Effect.ALLOW);
      refused(
          429, "TOO_MANY_APPROVALS", desk.decide("lea", Role.APPROVER, run, "APPROVE", digest, ""));
      JsonNode load = json(office.get("t1", "lea", "/access/v1/approvers", Role.APPROVER));
      assertThat(load.path("limitPerHour").asInt()).isEqualTo(2);
      assertThat(load.path("items").findValuesAsText("approver")).contains("lea");
      expect(200, desk.decide("lea", Role.APPROVER, run, "DENY", digest, ""));
    } finally {
      office.perHour.clear();
    }
  }

  @Test
  void aSlackIdentityIsLinkedByTwoAdministrators() throws Exception {
    HttpResponse<String> proposed =
        office.put(
            "t1", "ada", "/v1/identity-links/slack/T1.UX", "{\"subject\": \"omar\"}", Role.ADMIN);
    expect(202, proposed);
    String decision =
        "/v1/identity-link-proposals/%s/decision"
            .formatted(json(proposed).path("proposal").asText());
    String yes = "{\"approve\": true}";

    for (String who : List.of("ada", "omar")) {
      refused(403, "REQUESTER_MAY_NOT_APPROVE", office.post("t1", who, decision, yes, Role.ADMIN));
    }
    assertThat(links()).isZero();
    expect(200, office.post("t1", "bob", decision, yes, Role.ADMIN));

    assertThat(links()).isEqualTo(1);
    assertThat(office.events("t1", "IDENTITY_LINKED")).isEqualTo(1);
    assertThat(
            office.store.number(
                "SELECT count(*) FROM identity_link_proposal"
                    + " WHERE external_id <> '' OR length(salt) > 0"))
        .as("who he is at Slack is forgotten")
        .isZero();
    refused(404, "NOT_FOUND", office.post("t1", "bob", decision, yes, Role.ADMIN));
    refused(
        403,
        "FORBIDDEN",
        office.put(
            "t1", "ada", "/v1/identity-links/slack/T1.UY", "{\"subject\": \"ada\"}", Role.ADMIN));
  }

  private static long links() {
    return office.store.number(
        "SELECT count(*) FROM identity_link WHERE tenant = 't1' AND external_id = 'T1.UX'");
  }
}
