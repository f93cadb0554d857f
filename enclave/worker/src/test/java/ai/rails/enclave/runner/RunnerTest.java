package ai.rails.enclave.runner;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.Eventually;
import ai.rails.enclave.worker.World;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.RunnerProtocol.SealedCall;

import static ai.rails.enclave.runner.RunnerBench.CALL;
import static ai.rails.enclave.runner.RunnerBench.ME;
import static ai.rails.enclave.runner.RunnerBench.NOON;
import static ai.rails.enclave.runner.RunnerBench.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What a runner does with what it is given: each call once, its own and in time, and nothing that
/// it did is lost.
class RunnerTest {
  @TempDir private Path directory = Path.of(".");
  private RunnerBench bench;

  @BeforeEach
  void open() throws Exception {
    bench = new RunnerBench(directory);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aCallIsMadeAsItWasSealedAndItsOutcomeOpensForItsWorkerAlone() throws Exception {
    bench.given.add(bench.sealed(10));
    bench.start();
    bench.awaitOutcome(10);

    Order made = bench.world.effects.getFirst();
    assertThat(made.call().bytes()).isEqualTo(bench.order(false).call().bytes());
    assertThat(made.credential()).containsEntry("token", SECRET);
    assertThat(made.tickets()).containsExactly("ticket-1");
    assertThat(made.idempotencyKey()).isEqualTo("key-1");
    assertThat(bench.opened(10).outcome()).isEqualTo(Outcome.SUCCESS);
    byte[] outcome = bench.sealedOutcome(10);
    HpkeKeyPair another = HpkeKeyPair.generate();
    assertThatThrownBy(() -> ResultEnvelope.open(another, outcome, ME, CALL, 10))
        .isInstanceOf(java.security.GeneralSecurityException.class);
    assertThatThrownBy(() -> ResultEnvelope.open(bench.answerKey, outcome, ME, CALL, 11))
        .isInstanceOf(java.security.GeneralSecurityException.class);
  }

  static Stream<RunnerIdentity> others() {
    return Stream.of(
        new RunnerIdentity("other", ME.workspace(), ME.environment(), ME.runner()),
        new RunnerIdentity(ME.tenant(), "other", ME.environment(), ME.runner()),
        new RunnerIdentity(ME.tenant(), ME.workspace(), "prod", ME.runner()),
        new RunnerIdentity(ME.tenant(), ME.workspace(), ME.environment(), "plant-2"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void aCallForAnotherIsNotBegun(RunnerIdentity other) throws Exception {
    bench.given.add(bench.sealed(other, 10, bench.now.get() + 10_000, false));
    bench.start();
    bench.awaitNote("CALL_NOT_OURS");

    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void aCallUnderAnotherNameEpochInstanceOrTimeIsNotBegun() throws Exception {
    SealedCall genuine = bench.sealed(10);
    byte[] flipped = Base64.getDecoder().decode(genuine.sealed());
    flipped[flipped.length - 1] ^= 1;
    bench.given.addAll(
        List.of(
            new SealedCall(
                CALL.replace("01900000", "01900001"),
                10,
                "snow-1",
                genuine.notAfter(),
                genuine.sealed()),
            new SealedCall(CALL, 11, "snow-1", genuine.notAfter(), genuine.sealed()),
            new SealedCall(CALL, 10, "snow-2", genuine.notAfter(), genuine.sealed()),
            new SealedCall(CALL, 10, "snow-1", genuine.notAfter() + 1, genuine.sealed()),
            new SealedCall(
                CALL,
                10,
                "snow-1",
                genuine.notAfter(),
                Base64.getEncoder().encodeToString(flipped)),
            new SealedCall(CALL, 10, "snow-1", genuine.notAfter(), "not base64!")));
    bench.start();
    bench.awaitNote("CALL_NOT_OURS");
    bench.turns();

    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void aCallThatIsGivenAgainIsMadeOnceAlsoByANewProcess() throws Exception {
    bench.given.add(bench.sealed(10));
    Runnable first = bench.start();
    bench.awaitOutcome(10);
    bench.turns();
    first.run();
    bench.start();
    bench.turns();

    assertThat(bench.world.effects).hasSize(1);
  }

  @Test
  void itAsksForItsOwnSpoolAndNotForWhatItHas() throws Exception {
    var dead = new CountDownLatch(1);
    bench.world.reacts(_ -> {
      dead.await();
      return World.success("{}");
    });
    bench.given.add(bench.sealed(10));
    Runnable first = bench.start();
    Eventually.holds(
        "the runner says that it has the call",
        () ->
            bench.lastTake.stream()
                .flatMap(take -> take.known().stream())
                .anyMatch(known -> known.callId().equals(CALL) && known.epoch() == 10));
    String spool = bench.lastTake.orElseThrow().spool();
    dead.countDown();
    bench.awaitOutcome(10);
    Eventually.holds("nothing is unanswered", () -> bench.lastTake.orElseThrow().known().isEmpty());
    first.run();
    Runnable second = bench.start();
    bench.turns();
    second.run();
    assertThat(bench.lastTake.orElseThrow().spool()).isEqualTo(spool).matches("[0-9a-f]{32}");

    try (Stream<Path> all = Files.list(bench.spool())) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
    }
    bench.start();
    bench.turns();
    assertThat(bench.lastTake.orElseThrow().spool()).as("a lost one").isNotEqualTo(spool);
  }

  @Test
  void aSpoolIsOneProcesssAlone() throws Exception {
    Runnable first = bench.start();
    RunnerKey key = RunnerKey.open(directory.resolve("runner.key"));

    assertThatThrownBy(() -> new SealedFiles(bench.spool(), key.spool()))
        .isInstanceOf(java.io.IOException.class)
        .hasMessageContaining("is in use by another process");
    first.run();
  }

  @Test
  void anEarlierLeaseOfACallIsFenced() throws Exception {
    bench.given.add(bench.sealed(10));
    bench.start();
    bench.awaitOutcome(10);
    bench.given.add(bench.sealed(9));
    bench.awaitNote("CALL_REPLAYED");

    assertThat(bench.world.effects).hasSize(1);
  }

  @Test
  void aCallPastItsEndOrOfAnotherClockIsNotBegun() throws Exception {
    bench.given.add(bench.sealed(ME, 10, bench.now.get() - 1, false));
    bench.given.add(bench.sealed(ME, 11, bench.now.get() + 60_000, false));
    bench.start();
    bench.awaitNote("CALL_EXPIRED");
    bench.awaitNote("CLOCK_DIFFERS");
    bench.awaitOutcome(11);

    assertThat(bench.opened(10).code()).isEqualTo("CALL_EXPIRED");
    assertThat(bench.opened(11).code()).isEqualTo("CLOCK_DIFFERS");
    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void pastItsPolicyItBeginsNothingWhateverItIsGivenAndSaysSo() throws Exception {
    bench.policyUntil = NOON.toEpochMilli() + 1_000;
    bench.start();
    bench.turns();
    bench.policyUntil = 0;
    bench.now.addAndGet(2_000);
    bench.given.add(bench.sealed(10));
    bench.awaitOutcome(10);

    Result refused = bench.opened(10);
    assertThat(refused.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(refused.code()).isEqualTo("POLICY_LAPSED");
    assertThat(refused.retryable()).isTrue();
    assertThat(bench.world.effects).isEmpty();
  }

  /// What was told to be not sent is not sent: somebody else may have acted on it.
  @Test
  void aCallThatWasRefusedIsNotMadeWhenItCouldBeAlsoNotByANewProcess() throws Exception {
    bench.policyUntil = 0;
    bench.outcomesTaken = false;
    bench.given.add(bench.sealed(10));
    Runnable first = bench.start();
    bench.awaitNote("POLICY_LAPSED");
    bench.policyUntil = bench.now.get() + 60_000;
    bench.turns();
    first.run();
    bench.start();
    bench.turns();
    bench.outcomesTaken = true;
    bench.awaitOutcome(10);

    assertThat(bench.opened(10).code()).isEqualTo("POLICY_LAPSED");
    assertThat(bench.world.effects).isEmpty();
    bench.given.clear();
    bench.given.add(bench.sealed(11));
    bench.awaitOutcome(11);
    assertThat(bench.opened(11).outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(bench.world.effects).hasSize(1);
  }

  @Test
  void ofACallThatMayHaveLeftBeforeARefusalSaysNothing() throws Exception {
    bench.policyUntil = 0;
    bench.given.add(bench.sealed(ME, 10, bench.now.get() + 10_000, true));
    bench.start();
    bench.awaitOutcome(10);

    assertThat(bench.opened(10).outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(bench.opened(10).code()).isEqualTo("POLICY_LAPSED");
  }

  @Test
  void itsPolicyLastsAQuarterOfAnHourWhateverItIsTold() throws Exception {
    bench.policyUntil = Long.MAX_VALUE;
    bench.start();
    bench.turns();
    bench.policyUntil = 0;
    bench.turns();
    bench.now.addAndGet(Duration.ofMinutes(16).toMillis());
    bench.given.add(bench.sealed(10));

    bench.awaitNote("POLICY_LAPSED");
    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void withoutRoomForAnOutcomeNothingIsBegun() throws Exception {
    bench.mostCalls = 1;
    bench.outcomesTaken = false;
    bench.given.add(bench.sealed(10));
    bench.start();
    Eventually.holds("the first call was made", () -> bench.world.effects.size() == 1);
    Eventually.holds("there is no room", () -> bench.lastMost() == 0);
    bench.awaitNote("NO_ROOM");
    bench.givesMore = true;
    bench.given.clear();
    bench.given.add(bench.sealed(11));
    bench.awaitNote("SPOOL_FULL");
    assertThat(bench.world.effects).hasSize(1);

    bench.outcomesTaken = true;
    bench.awaitOutcome(10);
    bench.awaitOutcome(11);
    assertThat(bench.opened(11).outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(bench.opened(11).code()).isEqualTo("SPOOL_FULL");
    bench.now.addAndGet(11_000);
    bench.given.clear();
    bench.given.add(bench.sealed(12));
    bench.awaitOutcome(12);
    assertThat(bench.world.effects).hasSize(2);
  }

  @Test
  void anOutcomeOutlivesTheProcessAndAControlPlaneThatIsAway() throws Exception {
    bench.outcomesTaken = false;
    bench.given.add(bench.sealed(10));
    Runnable first = bench.start();
    Eventually.holds("the call was made", () -> bench.world.effects.size() == 1);
    bench.turns();
    first.run();
    bench.start();
    bench.outcomesTaken = true;
    bench.awaitOutcome(10);

    assertThat(bench.opened(10).outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(bench.world.effects).hasSize(1);
  }

  @Test
  void aCallThatWasOnItsWayWhenTheProcessEndedIsAmbiguousAndNotMadeAgain() throws Exception {
    var dead = new CountDownLatch(1);
    bench.world.reacts(order -> {
      dead.await();
      return World.success("{}");
    });
    bench.given.add(bench.sealed(10));
    bench.start();
    Eventually.holds("the call is on its way", () -> bench.world.effects.size() == 1);
    // The first process is as good as dead: its call never comes back.
    bench.start();
    bench.awaitOutcome(10);

    assertThat(bench.opened(10).outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(bench.opened(10).code()).isEqualTo("RUNNER_RESTARTED");
    assertThat(bench.world.effects).hasSize(1);
    dead.countDown();
  }

  @Test
  void aWorkerThatTakesACallOverLearnsItsOutcomeWithoutAnotherEffect() throws Exception {
    bench.given.add(bench.sealed(10));
    bench.start();
    bench.awaitOutcome(10);
    bench.given.clear();
    bench.given.add(bench.sealed(ME, 11, bench.now.get() + 10_000, true));
    bench.awaitOutcome(11);

    Result learnt = bench.opened(11);
    assertThat(learnt.outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(learnt.output().orElseThrow().path("number").asText()).isEqualTo("INC1");
    assertThat(bench.world.effects).hasSize(1);
  }

  @Test
  void whatNobodyKnowsIsRecoveredByTheGateway() throws Exception {
    bench.world.reacts(
        _ -> World.result(Outcome.AMBIGUOUS, "TIMEOUT", java.util.Optional.empty(), "x"));
    bench.given.add(bench.sealed(10));
    bench.start();
    bench.awaitOutcome(10);
    bench.world.reacts(_ -> World.success("{}"));
    bench.given.clear();
    bench.given.add(bench.sealed(ME, 11, bench.now.get() + 10_000, true));
    bench.awaitOutcome(11);

    assertThat(bench.world.effects.getLast().recovering()).isTrue();
    assertThat(bench.opened(11).outcome()).isEqualTo(Outcome.SUCCESS);
  }

  @Test
  void theSpoolIsSealedAndAnAlteredFileIsRefused() throws Exception {
    bench.world.reacts(_ -> World.success("{\"text\":\"%s\"}".formatted(SECRET)));
    bench.given.add(bench.sealed(10));
    Runnable first = bench.start();
    bench.awaitOutcome(10);
    first.run();
    List<Path> files;
    try (Stream<Path> all = Files.list(bench.spool())) {
      files = all.filter(each -> each.toString().endsWith(".call")).toList();
    }
    assertThat(files).hasSize(1);
    byte[] bytes = Files.readAllBytes(files.getFirst());
    assertThat(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET, "servicenow", "run-1");

    byte[] altered = Arrays.copyOf(bytes, bytes.length);
    altered[20] ^= 1;
    Files.write(files.getFirst(), altered);
    assertThatThrownBy(bench::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not open with runner.key.file");
    Files.delete(files.getFirst());
  }
}
