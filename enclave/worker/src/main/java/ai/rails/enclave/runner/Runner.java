package ai.rails.enclave.runner;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.worker.Abandoned;
import ai.rails.enclave.worker.Answer;
import ai.rails.enclave.worker.CallPort;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.ControlPlaneRefused;
import ai.rails.enclave.worker.Wire;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.RunnerProtocol.Known;
import ai.rails.schema.worker.RunnerProtocol.Note;
import ai.rails.schema.worker.RunnerProtocol.SealedCall;
import ai.rails.schema.worker.RunnerProtocol.SealedOutcome;
import ai.rails.schema.worker.RunnerProtocol.Take;
import ai.rails.schema.worker.RunnerProtocol.Taken;

/// Takes calls that are sealed to it, makes each once through the gateway, keeps what became of it
/// and hands that in. Everything it opens is outbound.
///
/// It begins nothing past the time until which the control plane last said that policy can be
/// asked, nothing past a call's own end, nothing that is another's, nothing twice, and nothing for
/// whose outcome its spool has no room. One thread takes, one hands in, each call has its own.
public final class Runner {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  /// Calls live ten seconds; one that claims to live much longer is of another clock.
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /// Whatever the control plane says: policy counts for so long and no longer.
  private static final Duration POLICY_MOST = Duration.ofMinutes(15);

  private static final Duration REFUSED_PAUSE = Duration.ofSeconds(5);
  private static final int CONCURRENCY = 16;
  private static final int KNOWN_MOST = 256;

  private final RunnerIdentity identity;
  private final HpkeKeyPair key;
  private final Wire wire;
  private final CallPort calls;
  private final Spool spool;
  private final Notes notes;
  private final Duration pause;
  private final InstantSource clock;
  private final Semaphore free = new Semaphore(CONCURRENCY);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile long policyUntil;

  /// What a runner is made of.
  ///
  /// @param calls the gateway
  /// @param pause between two requests for calls
  record Parts(
      Wire wire, CallPort calls, Spool spool, Notes notes, Duration pause, InstantSource clock) {}

  Runner(RunnerIdentity identity, HpkeKeyPair key, Parts parts) {
    this.identity = identity;
    this.key = key;
    this.wire = parts.wire();
    this.calls = parts.calls();
    this.spool = parts.spool();
    this.notes = parts.notes();
    this.pause = parts.pause();
    this.clock = parts.clock();
  }

  /// Works until [#stop()]; then calls that are on their way are let finish, and what could not be
  /// handed in stays in the spool.
  void run() throws InterruptedException {
    Thread handingIn = Thread.ofVirtual().name("hand-in").start(this::handIn);
    try {
      do {
        turn();
      } while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS));
      free.acquire(CONCURRENCY);
    } finally {
      handingIn.interrupt();
      handingIn.join();
    }
  }

  /// Takes no more. May be called by any thread.
  void stop() {
    stopping.countDown();
  }

  private void turn() throws InterruptedException {
    int most = Math.min(spool.room(), free.availablePermits());
    if (most == 0) {
      notes.add("NO_ROOM");
    }
    List<Note> telling = notes.all();
    List<Known> known =
        spool.unanswered(KNOWN_MOST).stream()
            .map(each -> new Known(each.callId(), each.epoch()))
            .toList();
    try {
      Taken taken =
          wire.ask(
                  "POST",
                  "/v1/runner/calls/take",
                  new Take(spool.id(), most, known, telling),
                  Taken.class,
                  this::requireGoing)
              .orAbandon();
      notes.told(telling);
      long longest = clock.millis() + POLICY_MOST.toMillis();
      policyUntil = Math.max(policyUntil, Math.min(taken.policyUntil(), longest));
      taken.calls().forEach(this::accept);
    } catch (ControlPlaneRefused e) {
      LOG.atError()
          .addKeyValue("code", e.code())
          .log("the control plane gives this runner nothing");
      notes.add("REFUSED");
      policyUntil = 0;
      Thread.sleep(REFUSED_PAUSE);
    } catch (Abandoned _) {
      // The runner ends.
    }
  }

  private void requireGoing() {
    if (stopping.getCount() == 0) {
      throw new Abandoned("STOPPING");
    }
  }

  /// Begins a call, if it may. That it may not is told as an outcome is, to whoever sealed the
  /// call; of what is not ours, or was begun before, nothing is told but a count.
  private void accept(SealedCall call) {
    var id = new Spool.Id(call.callId(), call.epoch());
    if (spool.knows(id)) {
      return;
    }
    CallEnvelope envelope;
    try {
      envelope = CallEnvelope.open(key, identity, call);
    } catch (GeneralSecurityException e) {
      notBegun(id, "CALL_NOT_OURS");
      return;
    }
    Optional<String> untimely = untimely(call, clock.millis());
    if (untimely.isPresent()) {
      refuse(id, envelope, call.notAfter(), untimely.get());
      return;
    }
    if (!free.tryAcquire()) {
      return;
    }
    Optional<Spool.Refusal> kept = spool.begin(id, envelope.answerKey(), call.notAfter());
    if (kept.isEmpty()) {
      Thread.ofVirtual().name("call-" + call.callId()).start(() -> make(id, envelope));
      return;
    }
    free.release();
    switch (kept.get()) {
      case CALL_REPLAYED -> notBegun(id, kept.get().name());
      case SPOOL_FULL -> refuse(id, envelope, call.notAfter(), kept.get().name());
    }
  }

  private Optional<String> untimely(SealedCall call, long now) {
    if (now > policyUntil) {
      return Optional.of("POLICY_LAPSED");
    }
    if (now > call.notAfter()) {
      return Optional.of("CALL_EXPIRED");
    }
    return call.notAfter() > now + LONGEST.toMillis()
        ? Optional.of("CLOCK_DIFFERS")
        : Optional.empty();
  }

  /// Nothing leaves of this call from now on, so that its step may be tried again; but of an
  /// attempt before it nobody knows yet.
  private void refuse(Spool.Id id, CallEnvelope envelope, long notAfter, String code) {
    notBegun(id, code);
    RunnerResult why = RunnerResult.of(Result.notSent(code, true, envelope.recovering()));
    if (spool.refuse(id, envelope.answerKey(), notAfter, why)) {
      handInSoon();
    }
  }

  private void notBegun(Spool.Id id, String code) {
    LOG.atWarn()
        .addKeyValue("call", id.callId())
        .addKeyValue("epoch", id.epoch())
        .addKeyValue("code", code)
        .log("a call is not begun");
    notes.add(code);
  }

  private void handInSoon() {
    synchronized (spool) {
      spool.notifyAll();
    }
  }

  private void make(Spool.Id id, CallEnvelope envelope) {
    try {
      RunnerResult result = result(id, envelope);
      spool.done(id, result);
      notes.add("CALL_" + result.outcome().name());
      LOG.atInfo()
          .addKeyValue("run", envelope.run())
          .addKeyValue("step", envelope.step())
          .addKeyValue("call", id.callId())
          .addKeyValue("outcome", result.outcome())
          .addKeyValue("code", result.code())
          .log("call made");
    } finally {
      free.release();
      handInSoon();
    }
  }

  /// A worker that takes a call over learns what became of it under the earlier lease, if that is
  /// known; else the call is recovered as its class says.
  private RunnerResult result(Spool.Id id, CallEnvelope envelope) {
    if (envelope.recovering()) {
      Optional<RunnerResult> before = spool.before(id);
      if (before.isPresent()) {
        return before.get();
      }
    }
    try {
      return RunnerResult.of(calls.execute(envelope.order()));
    } catch (InterruptedException e) {
      return RunnerResult.ambiguous("RUNNER_STOPPED");
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("call", id.callId()).log("the gateway failed");
      return RunnerResult.ambiguous("RUNNER_FAILED");
    }
  }

  private void handIn() {
    try {
      while (true) {
        for (Spool.Id each : spool.pending()) {
          handIn(spool.entry(each));
        }
        synchronized (spool) {
          spool.wait(pause.toMillis());
        }
      }
    } catch (InterruptedException _) {
      // The runner ends; what is left is handed in by the next.
    }
  }

  private void handIn(Spool.Entry entry) throws InterruptedException {
    try {
      byte[] sealed =
          ResultEnvelope.seal(
              Base64.getDecoder().decode(entry.answerKey()),
              entry.result().orElseThrow(),
              identity,
              entry.callId(),
              entry.epoch());
      Answer<Object> _ =
          wire.ask(
              "POST",
              "/v1/runner/calls/%s/outcome".formatted(entry.callId()),
              new SealedOutcome(entry.epoch(), Base64.getEncoder().encodeToString(sealed)),
              Object.class,
              () -> {});
      spool.handedIn(entry.id());
    } catch (ControlPlaneRefused e) {
      LOG.atError()
          .addKeyValue("call", entry.callId())
          .addKeyValue("code", e.code())
          .log("an outcome is not taken; it is kept");
      Thread.sleep(REFUSED_PAUSE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was tried does not seal", e);
    }
  }

  /// Until when calls may be begun, Unix milliseconds.
  long policyUntil() {
    return policyUntil;
  }
}
