package ai.rails.app.bench.once;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The counting of `rails bench once` counts: its zeros mean something.
class AccountsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void oneIntentAndOneEffectIsACallThatHappenedOnce() throws Exception {
    Accounts accounts =
        Accounts.of(
            List.of(intended("c1", "k1", 1, "K"), executed("c1", "SUCCESS")),
            List.of(effect("[airails:r1/k1]")));

    assertThat(accounts.calls()).isEqualTo(1);
    assertThat(accounts.effects()).isEqualTo(1);
    assertThat(wrong(accounts)).isZero();
  }

  @Test
  void everyKindOfWrongIsCounted() throws Exception {
    Accounts accounts =
        Accounts.of(
            List.of(
                intended("c1", "k1", 1, "K"),
                executed("c1", "SUCCESS"),
                intended("c2", "u2", 1, "U"),
                executed("c2", "SUCCESS"),
                intended("c3", "n3", 1, "N"),
                executed("c3", "AMBIGUOUS")),
            List.of(
                effect("[airails:r1/k1]"),
                effect("[airails:r1/k1]"),
                effect("[airails:r1/k1]"),
                effect("[airails:r9/k1]")));

    assertThat(accounts.duplicateEffects()).isEqualTo(2);
    assertThat(accounts.lostEffects()).isEqualTo(1);
    assertThat(accounts.unledgeredEffects()).isEqualTo(1);
    assertThat(accounts.unresolved()).isEqualTo(1);
  }

  @Test
  void whatAPersonLetRunAgainIsAnotherCall() throws Exception {
    Accounts accounts =
        Accounts.of(
            List.of(
                intended("c1", "n1", 1, "N"),
                executed("c1", "AMBIGUOUS"),
                entry("CALL_RECONCILED", "c1", "\"resolution\":\"RUN_AGAIN\""),
                intended("c2", "n1", 2, "N"),
                executed("c2", "SUCCESS")),
            List.of(effect("[airails:r1/n1/2]")));

    assertThat(accounts.calls()).isEqualTo(2);
    assertThat(wrong(accounts)).isZero();
  }

  private static int wrong(Accounts a) {
    return a.duplicateEffects() + a.lostEffects() + a.unledgeredEffects() + a.unresolved();
  }

  private static JsonNode intended(String call, String step, int group, String klass)
      throws Exception {
    return entry(
        "TOOL_ACTION_INTENDED",
        call,
        "\"run\":\"r1\",\"step\":\"%s\",\"attemptGroup\":%s,\"idempotencyClass\":\"%s\""
            .formatted(step, group, klass));
  }

  private static JsonNode executed(String call, String outcome) throws Exception {
    return entry("TOOL_ACTION_EXECUTED", call, "\"outcome\":\"" + outcome + "\"");
  }

  private static JsonNode entry(String type, String call, String members) throws Exception {
    return JSON.readTree(
        "{\"entryType\":\"%s\",\"event\":{\"callId\":\"%s\",%s}}".formatted(type, call, members));
  }

  private static JsonNode effect(String marker) {
    return JSON.createObjectNode().put("marker", marker);
  }
}
