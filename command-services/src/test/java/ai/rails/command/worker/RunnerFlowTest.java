package ai.rails.command.worker;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.google.crypto.tink.subtle.Ed25519Verify;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.Soon;
import ai.rails.command.TestStore;
import ai.rails.command.run.RunEntity;
import ai.rails.command.runner.RunnerCalls;
import ai.rails.domain.EntryType;
import ai.rails.domain.Refused;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.ticket.EgressTicket;
import ai.rails.schema.worker.RunnerProtocol.Known;
import ai.rails.schema.worker.RunnerProtocol.SealedCall;
import ai.rails.schema.worker.RunnerProtocol.Take;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;
import ai.rails.schema.worker.WorkerProtocol.Intended;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A call whose instance is behind a runner, on the write side: held while the runner is away, let
/// go to nobody else, carried sealed, and marked.
@Tag("slow")
class RunnerFlowTest {
  private static final RunnerIdentity PLANT = new RunnerIdentity("t1", "w1", "dev", "plant-1");

  private static final String SPOOL = "a".repeat(32);
  private static final String ANOTHER_SPOOL = "b".repeat(32);

  private TestStore store = TestStore.open().tenant("t1", "w1");
  private Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch")).ticking();

  @BeforeEach
  void behindARunner() {
    store.execute(
        """
        INSERT INTO runner (tenant, runner, workspace, environment, certificate, hpke_public,
          signature, tls_key_sha256, seen_at)
        VALUES ('t1', 'plant-1', 'w1', 'dev', 'pem', 'key', 'signature', ?, clock_timestamp())\
        """,
        "a".repeat(64));
    store.execute("UPDATE connector_instance SET runner = 'plant-1' WHERE instance = 'snow-dev'");
  }

  @AfterEach
  void close() {
    rig.close();
    store.close();
  }

  private record Going(Claimed claimed, Call call, Intended intended) {}

  private Going going() {
    Claimed claimed = rig.worker().claim(rig.command(rig.start(), "fetch", 1));
    Call call = TestWorker.call(claimed, "fetch", "get-incident", "U");
    return new Going(claimed, call, rig.worker().intent(claimed, call));
  }

  private static long soon() {
    return System.currentTimeMillis() + 10_000;
  }

  private List<SealedCall> taken(RunnerIdentity who) {
    return taken(who, SPOOL, 16, List.of());
  }

  private List<SealedCall> taken(RunnerIdentity who, String spool, int most, List<Known> known) {
    var asked = new Take(spool, most, known, List.of());
    return store.app().inTenant(who.tenant(), c -> RunnerCalls.take(c, who, asked));
  }

  private Going handedOver(String sealed) {
    Going going = going();
    rig.worker().handOver(going.claimed(), going.call(), "snow-dev", soon(), sealed);
    return going;
  }

  private static List<Known> known(List<SealedCall> calls) {
    return calls.stream().map(each -> new Known(each.callId(), each.epoch())).toList();
  }

  private boolean answered(RunnerIdentity who, Going going, String text) {
    return store
        .app()
        .inTenant(
            who.tenant(),
            c ->
                RunnerCalls.answer(
                    c,
                    who,
                    going.call().callId(),
                    going.claimed().epoch(),
                    text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void policyIsToldOfTheRunnerAndTicketsAreForTheProxyBesideItAlone() throws Exception {
    Going going = going();

    assertThat(rig.policy.asked.getLast().input().toString()).contains("runner=plant-1");
    assertThat(going.intended().runner().orElseThrow().certificate()).isEqualTo("pem");
    EgressTicket ticket =
        EgressTicket.verify(
            going.intended().tickets().getFirst(), new Ed25519Verify(rig.ticketKey.getPublicKey()));
    assertThat(ticket.proxyId()).isEqualTo(PLANT.proxyId()).isNotEqualTo("proxy-1");
  }

  @Test
  void aSealedCallGoesToItsRunnerAndTheAnswerBack() {
    Going going = going();
    TestWorker worker = rig.worker();
    worker.handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed call");
    assertThat(worker.handedOver(going.claimed(), going.call()).state()).isEqualTo("WAITING");

    List<SealedCall> taken = taken(PLANT);

    assertThat(taken).hasSize(1);
    assertThat(taken.getFirst().sealed()).isEqualTo(TestWorker.base64("sealed call"));
    assertThat(taken.getFirst().instance()).isEqualTo("snow-dev");
    assertThat(taken.getFirst().epoch()).isEqualTo(going.claimed().epoch());
    assertThat(worker.handedOver(going.claimed(), going.call()).state()).isEqualTo("TAKEN");
    assertThat(taken(PLANT)).as("given again while it is not answered").isEqualTo(taken);
    assertThat(answered(PLANT, going, "sealed answer")).isTrue();
    HandedOver back = worker.handedOver(going.claimed(), going.call());
    assertThat(back.state()).isEqualTo("ANSWERED");
    assertThat(back.sealed()).contains(TestWorker.base64("sealed answer"));
    assertThat(taken(PLANT)).isEmpty();
    assertThat(answered(PLANT, going, "another")).isFalse();
  }

  @Test
  void ofTwoProcessesOfARunnerOneGetsACall() {
    handedOver("sealed");
    List<SealedCall> first = taken(PLANT);

    assertThat(first).hasSize(1);
    assertThat(taken(PLANT, ANOTHER_SPOOL, 16, List.of())).isEmpty();
    assertThat(taken(PLANT)).as("its answer may have been lost").isEqualTo(first);
    assertThat(taken(PLANT, SPOOL, 16, known(first))).as("it says that it was not").isEmpty();
  }

  @Test
  void whatARunnerTookThatLostItsSpoolIsAmbiguousAndNobodySendsIt() {
    Going going = handedOver("sealed");
    assertThat(taken(PLANT)).hasSize(1);
    store.execute("UPDATE runner_call SET not_after = clock_timestamp() - interval '1 ms'");

    assertThat(taken(PLANT, ANOTHER_SPOOL, 16, List.of())).isEmpty();
    assertThat(rig.worker().handedOver(going.claimed(), going.call()).state())
        .as("nobody says that it was not sent")
        .isEqualTo("TAKEN");
    rig.endLeases(going.claimed().run());
    Soon.until("the outcome", () -> outcome(going.claimed().run()).isPresent());
    assertThat(outcome(going.claimed().run())).contains(Outcome.AMBIGUOUS);
  }

  private Optional<Outcome> outcome(String run) {
    return rig.history(run).stream()
        .filter(ToolActionExecuted.class::isInstance)
        .map(event -> ((ToolActionExecuted) event).outcome())
        .findFirst();
  }

  @Test
  void aRunnerGetsNoMoreCallsThanItAsksForAndWhatItHasIsNotCounted() {
    for (int i = 0; i < 3; i++) {
      handedOver("sealed");
    }

    assertThat(taken(PLANT, SPOOL, 0, List.of())).isEmpty();
    assertThat(taken(PLANT, SPOOL, -1, List.of())).isEmpty();
    List<SealedCall> first = taken(PLANT, SPOOL, 1, List.of());
    assertThat(first).hasSize(1);
    List<SealedCall> others = taken(PLANT, SPOOL, 2, known(first));
    assertThat(others).hasSize(2).doesNotContainAnyElementsOf(first);
  }

  @Test
  void whatARunnerGetsAtOnceIsBoundInBytes() {
    String large = "x".repeat(5 << 20);
    for (int i = 0; i < 3; i++) {
      handedOver(large);
    }

    List<SealedCall> first = taken(PLANT);

    assertThat(first).hasSize(2);
    assertThat(taken(PLANT, SPOOL, 16, known(first))).hasSize(1);
  }

  @Test
  void aRunnerOfAnotherPlaceTakesAndAnswersNothing() {
    Going going = going();
    rig.worker().handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed");
    List<RunnerIdentity> others =
        List.of(
            new RunnerIdentity("t2", "w1", "dev", "plant-1"),
            new RunnerIdentity("t1", "w2", "dev", "plant-1"),
            new RunnerIdentity("t1", "w1", "prod", "plant-1"),
            new RunnerIdentity("t1", "w1", "dev", "plant-2"));

    for (RunnerIdentity other : others) {
      assertThat(taken(other)).as(other.toString()).isEmpty();
    }
    assertThat(taken(PLANT)).hasSize(1);
    for (RunnerIdentity other : others) {
      assertThat(answered(other, going, "forged")).as(other.toString()).isFalse();
    }
  }

  @Test
  void whatNobodyTookInTimeIsWithdrawnAndNotGivenAnyMore() {
    Going going = going();
    rig.worker().handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed");
    store.execute("UPDATE runner_call SET not_after = clock_timestamp() - interval '1 ms'");

    assertThat(rig.worker().handedOver(going.claimed(), going.call()).state())
        .isEqualTo("WITHDRAWN");
    assertThat(taken(PLANT)).isEmpty();
  }

  @Test
  void onlyAnIntendedCallOfThisRunnerIsHandedOverForAShortTime() {
    Going going = going();
    TestWorker worker = rig.worker();

    assertThatThrownBy(
            () -> worker.handOver(going.claimed(), going.call(), "snow-2", soon(), "sealed"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("is no runner's at instance snow-2");
    assertThatThrownBy(() ->
            worker.handOver(going.claimed(), going.call(), "snow-dev", soon() + 60_000, "sealed"))
        .isInstanceOf(Refused.class);
    worker.handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed");
    assertThatThrownBy(
            () -> worker.handOver(going.claimed(), going.call(), "snow-dev", soon(), "other"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("was handed over");
    worker.outcome(going.claimed(), going.call(), "SUCCESS", "OK");
    assertThatThrownBy(
            () -> worker.handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed"))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aCallOfAnInstanceThatWorkersReachIsNotHandedOver() {
    store.execute("UPDATE connector_instance SET runner = NULL WHERE instance = 'snow-dev'");
    Going going = going();

    assertThat(going.intended().runner()).isEmpty();
    assertThatThrownBy(() ->
            rig.worker().handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("is no runner's");
  }

  @Test
  void intentAndOutcomeNameTheRunner() {
    Going going = going();
    rig.worker().outcome(going.claimed(), going.call(), "SUCCESS", "OK");

    var events = rig.bus.history("t1", RunEntity.STREAM_TYPE, going.claimed().run());
    assertThat(events)
        .filteredOn(recorded -> recorded.event() instanceof ToolActionIntended)
        .allSatisfy(recorded ->
            assertThat(((ToolActionIntended) recorded.event()).runner()).contains("plant-1"));
    assertThat(events)
        .filteredOn(recorded -> recorded.event() instanceof ToolActionExecuted)
        .isNotEmpty()
        .allSatisfy(recorded ->
            assertThat(((ToolActionExecuted) recorded.event()).runner()).contains("plant-1"));
  }

  @Test
  void aRunnerThatIsAwayOrRevokedHoldsTheCallBeforeAnythingIsIntended() {
    store.execute("UPDATE runner SET seen_at = clock_timestamp() - interval '1 min'");
    Going away = going();

    assertThat(away.intended().effect()).isEqualTo("THROTTLE");
    assertThat(away.intended().reasons()).containsExactly("RUNNER_AWAY");
    assertThat(rig.entries(away.claimed().run()))
        .contains(EntryType.CALL_HELD)
        .doesNotContain(EntryType.TOOL_ACTION_INTENDED, EntryType.POLICY_EVALUATED);
    assertThat(rig.state(away.claimed().run()).waiting())
        .anySatisfy(waiting -> assertThat(waiting.code()).isEqualTo("RUNNER_AWAY"));

    store.execute("UPDATE runner SET seen_at = clock_timestamp(), revoked = true");
    assertThat(going().intended().reasons()).containsExactly("RUNNER_AWAY");
  }

  @Test
  void anErasedRunLeavesNoSealedCall() {
    Going going = going();
    rig.worker().handOver(going.claimed(), going.call(), "snow-dev", soon(), "sealed");
    store
        .app()
        .inTenant(
            "t1",
            c -> {
              RunnerCalls.erase(c, "t1", going.claimed().run());
              return Optional.of(Instant.EPOCH);
            });

    assertThat(store.number("SELECT count(*) FROM runner_call")).isZero();
  }
}
