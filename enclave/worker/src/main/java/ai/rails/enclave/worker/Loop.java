package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.worker.StepCommands.Received;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;

/// Takes step commands, claims those that are this worker's, and does a bounded number at a time.
///
/// One thread owns the stream; each attempt runs on a virtual thread of its own and only says when
/// its claim was answered. A command is committed when its claim was answered, not when its step is
/// done: from then on the control plane's lease reschedules it, and nothing else does.
final class Loop {
  private static final int CLAIM_TRIES = 7;
  private static final long CLAIM_PAUSE_MILLIS = 100;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration POLL_WHILE_FULL = Duration.ofMillis(20);
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final StepCommands commands;
  private final ControlPlane controlPlane;
  private final StepRunner runner;
  private final Revealing revealing;
  private final Keys keys;
  private final Ours ours;
  private final LongSupplier nanos;
  private final int concurrency;
  private final Semaphore free;
  private final Deque<Received> waiting = new ArrayDeque<>();
  private final Queue<Received> answered = new ConcurrentLinkedQueue<>();
  private final Set<String> inHand = ConcurrentHashMap.newKeySet();
  private final Set<Thread> attempts = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean excluded;

  /// @param concurrency most attempts at a time
  Loop(
      StepCommands commands,
      ControlPlane controlPlane,
      StepRunner runner,
      Revealing revealing,
      Keys keys,
      Ours ours,
      LongSupplier nanos,
      int concurrency) {
    this.commands = commands;
    this.controlPlane = controlPlane;
    this.runner = runner;
    this.revealing = revealing;
    this.keys = keys;
    this.ours = ours;
    this.nanos = nanos;
    this.concurrency = concurrency;
    this.free = new Semaphore(concurrency);
  }

  /// Works until [#stop()] is called, then waits for its attempts.
  ///
  /// @param grace how long attempts may go on after that
  /// @return false if it stopped because the control plane lets it claim nothing any more
  boolean run(Duration grace) throws InterruptedException {
    while (!stopping) {
      turn();
    }
    if (!free.tryAcquire(concurrency, grace.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("attempts are interrupted at shutdown count={}", attempts.size());
      attempts.forEach(Thread::interrupt);
      free.acquire(concurrency);
    }
    settle();
    return !excluded;
  }

  /// Takes no more commands. May be called by any thread.
  void stop() {
    stopping = true;
  }

  private void turn() {
    for (Received received : commands.poll(waiting.isEmpty() ? POLL : POLL_WHILE_FULL)) {
      accept(received);
    }
    while (!waiting.isEmpty() && keys.live() && free.tryAcquire()) {
      begin(waiting.removeFirst());
    }
    settle();
    commands.pause(!waiting.isEmpty());
  }

  private void accept(Received received) {
    StepCommand command = received.command();
    boolean mine = ours.is(command.tenant(), command.environment(), command.artifactDigest());
    if (!mine && !command.tenant().equals(ours.tenant())) {
      LOG.error("step command of another tenant ignored tenant={}", command.tenant());
    }
    // Delivered again while it is being done, a claim would fence this very worker.
    if (mine && inHand.add(command.commandId())) {
      waiting.addLast(received);
    } else {
      answered.add(received);
    }
  }

  private void begin(Received received) {
    if (!commands.owns(received)) {
      inHand.remove(received.command().commandId());
      free.release();
      return;
    }
    Thread.ofVirtual()
        .name("attempt-" + received.command().commandId())
        .start(() -> attempt(received));
  }

  private void settle() {
    Received next;
    while ((next = answered.poll()) != null) {
      commands.answered(next);
    }
  }

  private void attempt(Received received) {
    StepCommand command = received.command();
    Thread self = Thread.currentThread();
    attempts.add(self);
    try {
      if (command.purpose() == StepCommand.Order.REVEAL) {
        answered.add(received);
        revealing.reveal(command);
      } else {
        perform(received);
      }
    } catch (InterruptedException e) {
      log("attempt interrupted", command, "INTERRUPTED");
    } catch (Abandoned e) {
      log("attempt abandoned", command, e.code());
    } catch (RuntimeException e) {
      // A bug ends its attempt and no other; the control plane's lease brings the step back.
      LOG.error(
          "attempt ended by an unexpected error run={} step={} attempt={}",
          command.run(),
          command.step(),
          command.attempt(),
          e);
    } finally {
      attempts.remove(self);
      inHand.remove(command.commandId());
      free.release();
    }
  }

  private void perform(Received received) throws InterruptedException {
    StepCommand command = received.command();
    var claim = new Claim(command.commandId(), command.run(), command.step(), command.attempt());
    long sentNanos = nanos.getAsLong();
    Optional<Claimed> claimed = claim(received, claim);
    if (claimed.isPresent()) {
      runner.run(claim, claimed.get(), sentNanos);
    }
  }

  /// A step command may be faster than what it speaks of: what is not found is asked for again, for
  /// some seconds. Nobody would send it a second time.
  private Answer<Claimed> asked(Claim claim) throws InterruptedException {
    for (int tries = 0; ; tries++) {
      try {
        return controlPlane.claim(claim);
      } catch (ControlPlaneRefused e) {
        if (e.status() != 404 || tries == CLAIM_TRIES) {
          throw e;
        }
        Thread.sleep(CLAIM_PAUSE_MILLIS << tries);
      }
    }
  }

  /// Claims, and lets the command be committed once that is answered. A worker that may claim
  /// nothing any more stops, and leaves its commands to others.
  private Optional<Claimed> claim(Received received, Claim claim) throws InterruptedException {
    try {
      Answer<Claimed> answer = asked(claim);
      answered.add(received);
      return switch (answer) {
        case Answer.Given<Claimed>(Claimed claimed) -> Optional.of(claimed);
        case Answer.Conflict<Claimed> conflict -> Optional.empty();
      };
    } catch (ControlPlaneRefused e) {
      LOG.error(
          "claim refused run={} step={} reason={}", claim.run(), claim.step(), e.getMessage());
      if (e.status() == 401 || e.status() == 403) {
        excluded = true;
        stop();
      } else {
        answered.add(received);
      }
      return Optional.empty();
    } catch (IllegalStateException e) {
      answered.add(received);
      throw e;
    }
  }

  private static void log(String what, StepCommand command, String code) {
    LOG.info(
        "{} run={} step={} attempt={} code={}",
        what,
        command.run(),
        command.step(),
        command.attempt(),
        code);
  }
}
