package ai.rails.app.run;

import java.time.Instant;
import java.time.ZoneOffset;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import ai.rails.app.http.Api;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Times;

import static org.assertj.core.api.Assertions.assertThat;

/// Runs as people read them, character by character.
final class RunTextTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final long BEFORE = NOON.toEpochMilli() - 300_000;
  private static final long LATER = NOON.toEpochMilli() + 3_600_000;
  private static final String RUN = "01a200f1-8b41-7ab6-ba17-917f9d028488";

  private final RunText text = new RunText(new Times(NOON, ZoneOffset.UTC), Palette.PLAIN);

  @Test
  void listSaysWhatWaitsAndFitsAHundredColumns() throws Exception {
    JsonNode runs =
        json(
            """
            [{"run":"%1$s","externalId":"INC0012345","workflow":"itsm-triage","status":"RUNNING",
              "startedAt":%2$d,"waiting":[{"step":"approve","reason":"GATE","code":"GATE_REQUESTED"}]},
             {"run":"%1$s","externalId":"","workflow":"itsm-triage","status":"RUNNING",
              "startedAt":%2$d,"waiting":[]},
             {"run":"%1$s","externalId":"INC0012346","workflow":"itsm-triage","status":"FAILED",
              "startedAt":%2$d,"endedAt":%2$d,"failureCode":"POLICY_DENIED"}]
            """
                .formatted(RUN, BEFORE));

    String list = text.list(runs);

    assertThat(list)
        .isEqualToNormalizingNewlines(
            """
            RUN                                   TICKET      WORKFLOW     STATUS   STARTED    WHY
            01a200f1-8b41-7ab6-ba17-917f9d028488  INC0012345  itsm-triage  WAITING  5 min ago  gate approve
            01a200f1-8b41-7ab6-ba17-917f9d028488  -           itsm-triage  RUNNING  5 min ago
            01a200f1-8b41-7ab6-ba17-917f9d028488  INC0012346  itsm-triage  FAILED   5 min ago  POLICY_DENIED
            """);
    assertThat(list.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void emptyListSaysSo() throws Exception {
    assertThat(text.list(json("[]"))).isEqualToNormalizingNewlines("no runs\n");
  }

  @Test
  void runSaysWhyItWaitsWhoCanMoveItAndHow() throws Exception {
    String shown = text.detail(waiting("GATE", "GATE_REQUESTED", "role approver"));

    assertThat(shown)
        .isEqualToNormalizingNewlines(
            """
            Run 01a200f1-8b41-7ab6-ba17-917f9d028488 WAITING
              workflow   itsm-triage 1.0.0 in dev
              workspace  ws1
              ticket     INC0012345
              inputs     number=INC0012345
              started    2026-03-02 11:55:00 (5 min ago) by servicenow-main, trigger servicenow
              cost       0.0132 USD

            STEP      STATUS     TRY  SINCE      REASON          DISCLOSED
            classify  COMPLETED  1    5 min ago  -               category=Hardware confidence=0.464 id=8a5055c9..
            approve   AT_GATE    1    5 min ago  GATE_REQUESTED

            It waits
              at approve for gate (GATE_REQUESTED); moved by role approver, until 2026-03-02 13:00:00 (in 1 h 0 min)
                rails approval show 01a200f1-8b41-7ab6-ba17-917f9d028488 approve
            """);
  }

  @Test
  void deadStepNamesTheVerbsThatMoveIt() throws Exception {
    String shown = text.detail(waiting("DEAD_LETTER", "HTTP_503", "operator: retry or cancel"));

    assertThat(shown)
        .contains("rails run retry " + RUN + " --step approve", "rails run cancel " + RUN);
  }

  private static JsonNode waiting(String reason, String code, String mover) throws Exception {
    return json(
        """
        {"run":"%1$s","workspace":"ws1","environment":"dev","workflow":"itsm-triage","version":"1.0.0",
         "trigger":"servicenow","requester":"servicenow-main","externalId":"INC0012345",
         "status":"RUNNING","startedAt":%2$d,"inputs":{"number":"INC0012345"},
         "waiting":[{"step":"approve","reason":"%3$s","code":"%4$s","mover":"%5$s","until":%6$d}],
         "steps":[
          {"step":"classify","status":"COMPLETED","attempt":1,"reason":"","endedAt":%2$d,
           "disclosed":{"category":"Hardware","confidence":0.46356729080537884,
                        "id":"8a5055c9c61122780043563ef53438e3"}},
          {"step":"approve","status":"AT_GATE","attempt":1,"reason":"GATE_REQUESTED",
           "scheduledAt":%2$d,"disclosed":{}}],
         "cost":[{"currency":"USD","nanos":13200000}]}
        """
            .formatted(RUN, BEFORE, reason, code, mover, LATER));
  }

  private static JsonNode json(String text) throws Exception {
    return Api.JSON.readTree(text);
  }
}
