package ai.rails.command.worker;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.CommandContext;
import ai.rails.command.TestStore;
import ai.rails.command.access.AccessEntity;
import ai.rails.command.reveal.RevealRows;
import ai.rails.command.reveal.Reveals;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.domain.access.RevealKind;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.RevealKey;
import ai.rails.schema.EventCodec;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Content for people who may see it, as the control plane carries it: blind, and only once it is
/// in the log.
@Tag("slow")
class RevealTest {
  private static TestStore store;
  private static Rig rig;
  private static String run;
  private static String key;

  @BeforeAll
  static void start() throws GeneralSecurityException {
    store = TestStore.open().tenant("t1", "w1").tenant("t2", "w2");
    rig = new Rig(store, Triage.PATIENT.workflow("fetch", "classify", "ask", "update")).ticking();
    key = Base64.getEncoder().encodeToString(RevealKey.generate().publicKey());
    run = atGate();
  }

  @AfterAll
  static void stop() {
    rig.close();
    store.close();
  }

  private static String atGate() {
    TestWorker worker = rig.worker();
    String started = rig.start();
    worker.does(rig.command(started, "fetch", 1), "get-incident", "U");
    worker.does(rig.command(started, "classify", 1), "complete", "M");
    Claimed gate = worker.claim(rig.command(started, "ask", 1));
    worker.propose(gate, TestWorker.call(gate, "update", "update-incident", "U"));
    return started;
  }

  private static Reveals.Ask gate() {
    return new Reveals.Ask(RevealKind.GATE, "ask", key);
  }

  /// Asks as `ann`, and commits.
  private static String granted(Reveals.Ask ask) {
    String reveal = rig.ids.get().toString();
    Reveals.Grant grant = rig.reveals.grant("t1", "ann", run, reveal, ask);
    rig.bus.dispatch(
        new CommandContext(
                "t1",
                "w1",
                Optional.empty(),
                new Actor(Actor.Kind.USER, "ann"),
                UUID.randomUUID().toString(),
                "c",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of())
            .with(grant.part()),
        AccessEntity.TYPE,
        grant.command());
    return reveal;
  }

  private static long grants() {
    return store.number("SELECT count(*) FROM event WHERE event_type = 'REVEAL_GRANTED'");
  }

  private static void refused(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void with(Effect effect, Runnable work) {
    rig.policy.always.set(Optional.of(effect));
    try {
      work.run();
    } finally {
      rig.policy.always.set(Optional.empty());
    }
  }

  @Test
  void entryComesFirstAndNamesKeyAndContentAndTheWorkerGetsJustThat() {
    String reveal = granted(gate());

    StepCommand command =
        rig.find(run, "ask", 1).stream()
            .filter(each -> each.commandId().equals(reveal))
            .findFirst()
            .orElseThrow();
    assertThat(command.purpose()).isEqualTo(StepCommand.Order.REVEAL);
    RevealTask task = rig.worker().claimReveal(reveal);
    var entry =
        (RevealGranted) new EventCodec().decode(Base64.getDecoder().decode(task.event())).event();
    assertThat(task.publicKey()).isEqualTo(key);
    assertThat(entry.principal()).isEqualTo("ann");
    assertThat(entry.callDigest()).contains("sha256:" + "d".repeat(64));
    assertThat(entry.refs()).containsExactlyInAnyOrder("update/call/1", "fetch/output/1");
    assertThat(task.contents()).containsOnlyKeys("update/call/1", "fetch/output/1");
    assertThat(entry.decision().reasons()).contains("because");
  }

  @Test
  void answerIsKeptOnceAndForHimWhoAsked() {
    String reveal = granted(gate());
    rig.worker().answerReveal(reveal, "sealed to ann");

    assertThat(rig.reveals.standing("t1", reveal).row().sealed())
        .hasValueSatisfying(sealed ->
            assertThat(sealed)
                .isEqualTo("sealed to ann".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    refused(Code.STALE_LEASE, () -> rig.worker().answerReveal(reveal, "another"));
    refused(Code.STALE_LEASE, () -> rig.worker().claimReveal(reveal));
    refused(Code.NOT_FOUND, () -> rig.reveals.standing("t2", reveal));
  }

  @Test
  void whatHasExpiredIsNeitherGivenOutNorTaken() {
    String reveal = granted(gate());
    store.execute(
        "UPDATE reveal SET expires_at = clock_timestamp() - interval '1 s' WHERE reveal = ?",
        UUID.fromString(reveal));

    refused(Code.STALE_LEASE, () -> rig.worker().claimReveal(reveal));
    refused(Code.STALE_LEASE, () -> rig.worker().answerReveal(reveal, "late"));
  }

  @Test
  void otherWorkersGetNothing() {
    String reveal = granted(gate());
    Consumer<WorkerIdentity> asks = who -> rig.worker(who).claimReveal(reveal);

    refused(
        Code.NOT_FOUND,
        () -> asks.accept(new WorkerIdentity("t2", "worker-1", Triage.DIGEST, "dev")));
    refused(
        Code.STEP_NOT_OPEN,
        () -> asks.accept(new WorkerIdentity("t1", "worker-2", "sha256:" + "b".repeat(64), "dev")));
    refused(
        Code.STEP_NOT_OPEN,
        () -> asks.accept(new WorkerIdentity("t1", "worker-3", Triage.DIGEST, "prod")));
    rig.holders = (_, _, _) -> false;
    try {
      refused(Code.FORBIDDEN, () -> asks.accept(Rig.WORKER));
      refused(Code.FORBIDDEN, () -> rig.worker().answerReveal(reveal, "from a fenced worker"));
    } finally {
      rig.holders = (_, _, _) -> true;
    }
  }

  @Test
  void withoutAnAllowNothingIsGrantedOrAsked() {
    long before = grants();

    for (Effect effect : List.of(Effect.DENY, Effect.REQUIRE_HITL, Effect.ROUTE, Effect.THROTTLE)) {
      with(effect, () -> refused(Code.FORBIDDEN, () -> granted(gate())));
    }
    rig.policy.unavailable.set(Optional.of("pdp_down"));
    try {
      assertThatThrownBy(() -> granted(gate())).isInstanceOf(Unavailable.class);
    } finally {
      rig.policy.unavailable.set(Optional.empty());
    }

    assertThat(grants()).isEqualTo(before);
  }

  @Test
  void otherTenantsRunsAndUnknownContentDoNotExist() {
    refused(Code.NOT_FOUND, () -> rig.reveals.grant("t2", "eve", run, "r", gate()));
    for (Reveals.Ask ask :
        List.of(
            new Reveals.Ask(RevealKind.GATE, "update", key),
            new Reveals.Ask(RevealKind.CALL, "ask", key),
            new Reveals.Ask(RevealKind.OUTPUT, "update", key),
            new Reveals.Ask(RevealKind.INPUT, "incident", key))) {
      refused(Code.NOT_FOUND, () -> granted(ask));
    }
    refused(Code.INVALID, () -> granted(new Reveals.Ask(RevealKind.GATE, "ask", key.substring(4))));
    refused(Code.INVALID, () -> granted(new Reveals.Ask(RevealKind.GATE, "ask", "key")));
  }

  @Test
  void erasingARunTakesWhatWasSealedFromIt() {
    String reveal = granted(gate());
    rig.worker().answerReveal(reveal, "sealed");
    store
        .app()
        .<Boolean>inTenant(
            "t1",
            c -> {
              RevealRows.erase(c, "t1", run);
              return true;
            });

    refused(Code.NOT_FOUND, () -> rig.reveals.standing("t1", reveal));
    store.execute("UPDATE run_index SET erased_at = clock_timestamp() WHERE run = ?", run);
    try {
      refused(Code.RUN_ERASED, () -> granted(gate()));
    } finally {
      store.execute("UPDATE run_index SET erased_at = NULL WHERE run = ?", run);
    }
  }
}
