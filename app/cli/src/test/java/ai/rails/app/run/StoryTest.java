package ai.rails.app.run;

import java.time.Instant;
import java.time.ZoneOffset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.app.http.Api;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Times;

import static org.assertj.core.api.Assertions.assertThat;

/// Ledger entries as lines.
final class StoryTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private final Story story = new Story(new Times(NOON, ZoneOffset.UTC), Palette.PLAIN);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "TRIGGER_RECEIVED | {'workflow':'w','version':'1.0.0','environment':'dev','requester':'r',"
            + "'trigger':'t','inputs':{'number':'INC1'}}"
            + " | triggered w 1.0.0 in dev by r, trigger t: number=INC1",
        "STEP_COMPLETED | {'step':'s','skipped':false,'disclosed':{'a':'1'}} | done      s: a=1",
        "STEP_COMPLETED | {'step':'s','skipped':true,'disclosed':{}} | skipped   s",
        "STEP_FAILED | {'step':'s','attempt':2,'code':'HTTP_503','retryAt':1,'dead':false}"
            + " | failed    s, attempt 2: HTTP_503; tried again",
        "STEP_FAILED | {'step':'s','attempt':5,'code':'HTTP_503','dead':true}"
            + " | DEAD      s, attempt 5: HTTP_503; no further attempt by itself",
        "POLICY_EVALUATED | {'step':'s','decision':{'effect':'DENY','reasons':['param.category']}}"
            + " | policy    s: DENY param.category",
        "HUMAN_GATE_REQUESTED | {'run':'r1','gate':'g','role':'approver','callDigest':"
            + "'sha256:0123456789abcdef'} | WAITING   g: role approver decides about call"
            + " 0123456789ab: rails approval show r1 g",
        "HUMAN_GATE_DECISIONED | {'gate':'g','verdict':'APPROVE','approver':'p','channel':'CLI',"
            + "'closes':true} | APPROVED  g by p through CLI",
        "HUMAN_GATE_DECISIONED | {'gate':'g','verdict':'APPROVE','approver':'p','channel':'SLACK',"
            + "'closes':false} | APPROVED  g by p through SLACK; one more approval is needed",
        "TOOL_ACTION_EXECUTED | {'step':'s','outcome':'SUCCESS','code':'OK','httpStatus':200,"
            + "'requests':5,'verified':true,'adopted':false}"
            + " | called    s: OK 200, 5 requests, read back",
        "TOOL_ACTION_EXECUTED | {'step':'s','outcome':'AMBIGUOUS','code':'TIMEOUT','requests':1,"
            + "'httpStatus':0} | AMBIGUOUS s: TIMEOUT 0, 1 requests",
        "MODEL_INVOKED | {'step':'s','responseModel':'m-1','usage':{'inputTokens':10,"
            + "'outputTokens':5},'cost':{'currency':'USD','nanos':13200000}}"
            + " | model     s: m-1, 10 tokens in, 5 out, 0.0132 USD",
        "RUN_CANCELLED | {'by':'p','reason':'DUPLICATE'} | CANCELLED by p: DUPLICATE",
        "WORKFLOW_FAILED | {'step':'s','code':'X','compensated':true,'cost':{'currency':'USD',"
            + "'nanos':0}} | FAILED    at s: X, undone, cost 0.00 USD"
      })
  void entryIsOneLine(String type, String event, String line) throws Exception {
    assertThat(story.line(entry(type, event))).contains("12:00:00.000  " + line);
  }

  @ParameterizedTest
  @CsvSource({
    "STEP_SCHEDULED, {'reason':'NEEDS_MET'}",
    "EVIDENCE_CAPTURED, {}",
    "BUDGET_RESERVED, {}"
  })
  void whatOnlyAnAuditorWantsIsNotTold(String type, String event) throws Exception {
    assertThat(story.line(entry(type, event))).isEmpty();
  }

  @Test
  void everyWayToEndIsAnEnd() throws Exception {
    assertThat(Story.ends(entry("RUN_CANCELLED", "{}"))).isTrue();
    assertThat(Story.ends(entry("WORKFLOW_FAILED", "{}"))).isTrue();
    assertThat(Story.ends(entry("STEP_FAILED", "{}"))).isFalse();
    assertThat(Story.endsWell(entry("WORKFLOW_COMPLETED", "{}"))).isTrue();
    assertThat(Story.endsWell(entry("WORKFLOW_FAILED", "{}"))).isFalse();
  }

  private static JsonNode entry(String type, String event) throws Exception {
    ObjectNode entry = Api.JSON.createObjectNode();
    entry.put("entryType", type);
    entry.put("recordedAt", NOON.toEpochMilli());
    entry.set("event", Api.JSON.readTree(event.replace('\'', '"')));
    return entry;
  }
}
