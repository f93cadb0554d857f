package ai.rails.app.gate;

import java.time.Instant;
import java.time.ZoneOffset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

import ai.rails.app.http.Api;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Times;

import static org.assertj.core.api.Assertions.assertThat;

/// What an approver reads, character by character.
final class GateTextTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final String RUN = "01a200f1-8b41-7ab6-ba17-917f9d028488";

  private final GateText text = new GateText(new Times(NOON, ZoneOffset.UTC), Palette.PLAIN);

  @Test
  void cardNamesTheCallTheReasonsTheDigestAndWhoMayDecide() throws Exception {
    String card = text.card(gate("OPEN"), run(), asked());

    assertThat(card)
        .isEqualToNormalizingNewlines(
            """
            Gate approve of run 01a200f1-8b41-7ab6-ba17-917f9d028488: OPEN
              Category    Hardware
              Confidence  0.46356729080537884

              ticket       INC0012345
              workflow     itsm-triage 1.0.0 in dev
              asks for     step write: servicenow update-incident at dev.service-now.test, a write of risk R2
              with         category=hardware
              policy says  risk.approvals
              call digest  sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
              who may      role approver, 2 persons; not the requester p-operator, not the author p-builder, no auditor
              asked        2026-03-02 11:55:00 (5 min ago)
              expires      2026-03-02 13:00:00 (in 1 h 0 min); then it is a no
              cost so far  0.0132 USD
              2026-03-02 11:59:00 (60 s ago): APPROVE by p-1 through SLACK, call 0123456789ab

              rails approval approve 01a200f1-8b41-7ab6-ba17-917f9d028488 approve --digest 0123456789ab
              rails approval deny    01a200f1-8b41-7ab6-ba17-917f9d028488 approve --digest 0123456789ab
            """);
  }

  @Test
  void decidedGateOffersNothing() throws Exception {
    String card = text.card(gate("DENIED"), run(), MissingNode.getInstance());

    assertThat(card)
        .contains(": DENIED", "asks for     step write\n")
        .doesNotContain("--digest", "expires");
  }

  @Test
  void inboxShowsWhatFitsAndNoIdsThatNobodyReads() throws Exception {
    String list = text.list(Api.JSON.createArrayNode().add(gate("OPEN")));

    assertThat(list)
        .isEqualToNormalizingNewlines(
            """
            RUN                                   GATE     TICKET      EXPIRES       ABOUT
            01a200f1-8b41-7ab6-ba17-917f9d028488  approve  INC0012345  in 1 h 0 min  Hardware, 0.464
            """);
    assertThat(list.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void listOfDecidedGatesSaysWhenTheyWereAsked() throws Exception {
    String list = text.list(Api.JSON.createArrayNode().add(gate("DENIED")));

    assertThat(list).contains("ASKED", "5 min ago").doesNotContain("EXPIRES");
  }

  private static ObjectNode gate(String state) throws Exception {
    return (ObjectNode)
        json(
            """
            {"run":"%s","gate":"approve","workspace":"ws1","workflow":"itsm-triage",
             "externalId":"INC0012345","forStep":"write","callDigest":"sha256:%s","role":"approver",
             "quorum":2,"requester":"p-operator","author":"p-builder",
             "display":{"Confidence":"0.46356729080537884","Category":"Hardware"},
             "reasons":["risk.approvals"],"state":"%s","requestedAt":%d,"expiresAt":%d,
             "decisions":[{"approver":"p-1","verdict":"APPROVE","channel":"SLACK",
                           "callDigest":"sha256:0123456789abcdef","decidedAt":%d}]}
            """
                .formatted(
                    RUN,
                    "0123456789abcdef".repeat(4),
                    state,
                    NOON.toEpochMilli() - 300_000,
                    NOON.toEpochMilli() + 3_600_000,
                    NOON.toEpochMilli() - 60_000));
  }

  private static JsonNode run() throws Exception {
    return json(
        """
        {"externalId":"INC0012345","workflow":"itsm-triage","version":"1.0.0","environment":"dev",
         "cost":[{"currency":"USD","nanos":13200000}]}
        """);
  }

  private static JsonNode asked() throws Exception {
    return json(
        """
        {"tool":{"name":"servicenow","action":"update-incident","side_effect":"write",
         "risk_class":"R2","params":{"category":"hardware"},
         "destination":{"host":"dev.service-now.test","port":443}}}
        """);
  }

  private static JsonNode json(String text) throws Exception {
    return Api.JSON.readTree(text);
  }
}
