package ai.rails.projection;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.SealedRef;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/// What only a gate's own entries say of it, as a reader of the gate gets it. Each test has a
/// tenant of its own.
class GateStoryTest {
  private static final String CORRECTED = "c".repeat(64);

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void anUntouchedGateHasNoStory() throws Exception {
    JsonNode gate = told("plain");

    assertThat(gate.path("corrections")).isEmpty();
    assertThat(gate.path("apart")).isEmpty();
    assertThat(gate.path("decisions")).isEmpty();
  }

  @Test
  void whereTheTextOfAQuestionLiesStandsWithItsDecisionOnly() throws Exception {
    SampleRun run = new SampleRun("r1");

    JsonNode gate =
        told(
            "asked",
            question("review", new SealedRef("review/question/1", "a".repeat(64), 44)),
            run.voted("review", Verdict.APPROVE, "bob", true));

    JsonNode text = gate.path("decisions").get(0).path("comment");
    assertThat(text.path("ref").asText()).isEqualTo("review/question/1");
    assertThat(text.path("ciphertextSha256").asText()).isEqualTo("a".repeat(64));
    assertThat(text.path("bytes").asLong()).isEqualTo(44);
    assertThat(gate.path("decisions").get(1).has("comment")).isFalse();
  }

  @Test
  void correctionsComeInTheirOrderAndWhoIsApartIsThatOfTheCallThatIsAskedNow() throws Exception {
    JsonNode gate =
        told(
            "mended",
            corrected("review", "dora"),
            requested("review", CORRECTED, List.of("dora")),
            corrected("review", "erin"),
            requested("review", SampleRun.DIGEST, List.of("dora", "erin")));

    assertThat(texts(gate.path("corrections"), "corrector")).containsExactly("dora", "erin");
    JsonNode first = gate.path("corrections").get(0);
    assertThat(first.path("callDigest").asText()).isEqualTo(SampleRun.DIGEST);
    assertThat(first.path("correctedDigest").asText()).isEqualTo(CORRECTED);
    assertThat(first.path("fields")).hasToString("[\"urgency\"]");
    assertThat(first.path("signed").asBoolean()).isFalse();
    assertThat(first.path("correctedAt").asLong())
        .isEqualTo(TestLog.at(first.path("position").asLong()));
    assertThat(gate.path("apart")).hasToString("[\"dora\",\"erin\"]");
  }

  @Test
  void whoWasApartFromAnEarlierCallIsNoMore() throws Exception {
    JsonNode gate =
        told(
            "again",
            requested("review", CORRECTED, List.of("dora")),
            requested("review", SampleRun.DIGEST, List.of()));

    assertThat(gate.path("apart")).isEmpty();
  }

  @Test
  void anotherGateOfTheRunHasItsOwnStory() throws Exception {
    JsonNode gate =
        told(
            "other",
            requested("second", CORRECTED, List.of("dora")),
            question("second", new SealedRef("second/question/1", "b".repeat(64), 9)),
            corrected("second", "dora"));

    assertThat(gate.path("corrections")).isEmpty();
    assertThat(gate.path("apart")).isEmpty();
    JsonNode second = server.get("other", "/v1/runs/r1/gates/second");
    assertThat(texts(second.path("corrections"), "corrector")).containsExactly("dora");
    assertThat(second.path("decisions").get(0).path("comment").path("bytes").asLong()).isEqualTo(9);
  }

  /// The gate `review` of a run that waits for it, after these entries.
  private static JsonNode told(String tenant, RunEvent... events) throws Exception {
    TestLog log = new TestLog(tenant, "ws1");
    List<RunEvent> all = new ArrayList<>(new SampleRun("r1").before(HumanGateDecisioned.class));
    all.addAll(List.of(events));
    server.fold(log, log.append(all));
    return server.get(tenant, "/v1/runs/r1/gates/review");
  }

  private static HumanGateDecisioned question(String gate, SealedRef text) {
    return new HumanGateDecisioned(
        "r1", gate, Verdict.ASK_INFO, "bob", "API", SampleRun.DIGEST, false, Optional.of(text));
  }

  private static HumanGateRequested requested(String gate, String digest, List<String> apart) {
    return new HumanGateRequested(
        "r1",
        gate,
        "write",
        "call-" + digest.charAt(0),
        digest,
        List.of("risk.high"),
        Map.of(),
        "approver",
        1,
        "alice",
        "author",
        SampleRun.DEADLINE,
        false,
        List.of(),
        apart);
  }

  private static CallCorrected corrected(String gate, String by) {
    return new CallCorrected(
        "r1",
        gate,
        "write",
        "call-r1-write",
        SampleRun.DIGEST,
        1,
        "call-c",
        CORRECTED,
        2,
        List.of("urgency"),
        new SealedRef("write/correction/1", "d".repeat(64), 30),
        by,
        "API",
        "approver",
        Optional.empty(),
        Optional.empty());
  }

  private static List<String> texts(JsonNode items, String name) {
    return items.valueStream().map(item -> item.path(name).asText()).toList();
  }
}
