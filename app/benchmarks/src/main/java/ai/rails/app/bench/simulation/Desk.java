package ai.rails.app.bench.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import ai.rails.app.bench.simulation.World.Ticket;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.CallId;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.Resolution;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.run.RunRules;

/// The control plane: the real [RunRules], with leases, timers and step commands around them as the
/// store keeps them. Each method is one transaction.
final class Desk {
  private static final String TENANT = "t1";
  private static final String RUN = "r1";
  private static final long LEASE = 30_000;
  private static final long EARLY = 8_000;
  private static final long CUT_BEFORE = 5_000;
  private static final long TICKET = 10_000;
  private static final int REQUESTS = 2;

  private final Clockwork time;
  private final RunRules rules;
  private final Bug bug;
  private final Consumer<StepScheduled> commands;
  private final Map<String, Lease> leases = new HashMap<>();
  private final Map<String, Long> epochs = new HashMap<>();
  private final List<RunEvent> log = new ArrayList<>();
  private final IdentityHashMap<RunEvent, Long> times = new IdentityHashMap<>();
  private final List<String> acknowledged = new ArrayList<>();
  private Run run;
  private long tickets;

  private record Lease(int worker, int attempt, long epoch, long until) {}

  /// What a worker is given.
  ///
  /// @param sinceIntent how long ago anything can have been sent, by this side's clock
  record Claim(
      String step,
      int attempt,
      int group,
      long epoch,
      boolean recovering,
      long intentAt,
      long sinceIntent,
      boolean executed) {}

  Desk(Clockwork time, RunRules rules, Bug bug, Consumer<StepScheduled> commands) {
    this.time = time;
    this.rules = rules;
    this.bug = bug;
    this.commands = commands;
    this.run = rules.initial();
  }

  void start(String digest) {
    dispatch(
        new RunCommand.StartRun(
            TENANT,
            RUN,
            "once",
            "1.0.0",
            digest,
            "dev",
            "api",
            "",
            "p1",
            Map.of("number", "1"),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of()));
  }

  Run run() {
    return run;
  }

  List<RunEvent> log() {
    return log;
  }

  /// Outcomes that a worker was told are kept.
  List<String> acknowledged() {
    return acknowledged;
  }

  /// @throws Refused if the attempt is over or another worker's
  Claim claim(int worker, String step, int attempt) {
    Run.StepState state = run.step(step).orElseThrow();
    Lease held = leases.get(step);
    boolean busy =
        held != null
            && held.until() > time.now()
            && held.attempt() == attempt
            && held.worker() != worker;
    boolean open = state.status() == Run.StepStatus.SCHEDULED && state.attempt() == attempt;
    if (!open || (busy && bug != Bug.DESK_LEASES_TWICE)) {
      throw new Refused(Refused.Code.STEP_NOT_OPEN, "the attempt is over or another's");
    }
    long epoch = busy && held != null ? held.epoch() : epochs.merge(step, 1L, Long::sum);
    long life = bug == Bug.DESK_ENDS_LEASES_EARLY ? EARLY : LEASE;
    leases.put(step, new Lease(worker, attempt, epoch, time.now() + LEASE));
    if (bug != Bug.DESK_HAS_NO_LEASE_TIMER) {
      time.in(life + 1, () -> expire(step, attempt, epoch));
    }
    return answer(step, attempt, state.attemptGroup(), epoch);
  }

  private Claim answer(String step, int attempt, int group, long epoch) {
    String callId = CallId.of(TENANT, RUN, step, 0, group);
    Optional<Run.CallState> call = run.call(callId);
    boolean executed =
        call.flatMap(Run.CallState::outcome).filter(o -> o == Outcome.SUCCESS).isPresent();
    boolean recovering =
        call.filter(c -> c.intended().isPresent())
            .filter(c -> !c.outcome().equals(Optional.of(Outcome.DEFINITE_FAILURE)))
            .isPresent();
    long intentAt = intentAt(callId);
    return new Claim(
        step, attempt, group, epoch, recovering, intentAt, time.now() - intentAt, executed);
  }

  private long intentAt(String callId) {
    long settled = 0;
    long last = 0;
    for (RunEvent each : log) {
      if (each instanceof ToolActionIntended e && e.callId().equals(callId)) {
        last = times.getOrDefault(each, 0L);
      } else if (each instanceof ToolActionExecuted e && e.callId().equals(callId)) {
        settled = e.code().equals(Reasons.SETTLING) ? settled : last;
        last = settled;
      }
    }
    return last;
  }

  /// Policy allows; the intent is kept before a ticket is given.
  List<Ticket> intend(
      int worker, Claim claim, int group, String digest, IdempotencyClass declared) {
    Lease lease = fence(worker, claim);
    String callId = CallId.of(TENANT, RUN, claim.step(), 0, group);
    if (bug != Bug.DESK_GIVES_TICKETS_WITHOUT_INTENT) {
      dispatch(
          new RunCommand.IntendCall(
              TENANT,
              RUN,
              claim.step(),
              claim.attempt(),
              claim.epoch(),
              call(claim.step(), callId, digest, declared),
              Money.zero("USD"),
              "none",
              Optional.of(allow())));
    }
    List<Ticket> given = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      given.add(
          new Ticket(
              ++tickets,
              callId,
              claim.epoch(),
              time.now(),
              time.now() + TICKET,
              lease.until() - CUT_BEFORE));
    }
    return given;
  }

  void outcome(
      int worker,
      Claim claim,
      Outcome outcome,
      String code,
      Optional<Long> after,
      boolean adopted) {
    fence(worker, claim);
    String callId = CallId.of(TENANT, RUN, claim.step(), 0, claim.group());
    acknowledged.add(callId + "@" + claim.epoch());
    if (bug == Bug.DESK_FORGETS_OUTCOMES && time.chance(30)) {
      return;
    }
    dispatch(
        new RunCommand.RecordOutcome(
            TENANT,
            RUN,
            claim.step(),
            claim.attempt(),
            claim.epoch(),
            callId,
            outcome,
            code,
            true,
            after,
            200,
            "",
            1,
            true,
            adopted,
            Optional.empty(),
            Map.of()));
  }

  void complete(int worker, Claim claim) {
    fence(worker, claim);
    dispatch(
        new RunCommand.CompleteStep(
            TENANT, RUN, claim.step(), claim.attempt(), Map.of(), Optional.empty()));
  }

  void resolve(String step, int group, Resolution resolution) {
    dispatch(
        new RunCommand.ResolveCall(
            TENANT, RUN, CallId.of(TENANT, RUN, step, 0, group), resolution, "p2"));
  }

  void retry() {
    dispatch(new RunCommand.RetryRun(TENANT, RUN, Optional.empty(), "p2"));
  }

  /// Whether an intent of exactly this was kept before.
  boolean intended(String callId, long epoch) {
    return log.stream()
        .anyMatch(each ->
            each instanceof ToolActionIntended e
                && e.callId().equals(callId)
                && e.epoch() == epoch);
  }

  /// Whether somebody else has taken the step over since. The same worker may claim again while its
  /// own request is under way: that one is then unknown, and is recovered.
  boolean takenOver(String step, int worker, long epoch) {
    Lease held = leases.get(step);
    return held != null && held.worker() != worker && held.epoch() > epoch;
  }

  private void expire(String step, int attempt, long epoch) {
    Lease held = leases.get(step);
    if (held != null && held.epoch() == epoch && held.attempt() == attempt) {
      leases.remove(step);
      dispatch(new RunCommand.ExpireLease(TENANT, RUN, step, attempt, epoch));
    }
  }

  private Lease fence(int worker, Claim claim) {
    return Optional.ofNullable(leases.get(claim.step()))
        .filter(held -> held.epoch() == claim.epoch() && held.attempt() == claim.attempt())
        .filter(held -> held.worker() == worker || bug == Bug.DESK_LEASES_TWICE)
        .filter(held -> held.until() > time.now() + CUT_BEFORE)
        .orElseThrow(() -> new Refused(Refused.Code.STALE_LEASE, "the lease has ended"));
  }

  private void dispatch(RunCommand command) {
    if (run.status().ended()) {
      return;
    }
    List<RunEvent> events = rules.decide(run, command, Instant.ofEpochMilli(time.now()));
    for (RunEvent each : events) {
      run = rules.evolve(run, each);
      log.add(each);
      times.put(each, time.now());
      if (each instanceof StepScheduled scheduled) {
        commands.accept(scheduled);
      }
    }
  }

  private static FrozenCall call(
      String step, String callId, String digest, IdempotencyClass declared) {
    return new FrozenCall(
        callId,
        step,
        0,
        "once-sink",
        step.substring(0, 1),
        "sha256:" + "c".repeat(64),
        "sink-main",
        "sink.airails.internal",
        443,
        digest,
        declared,
        REQUESTS,
        Map.of(),
        new SealedRef(step + "/call/1", "0".repeat(64), 1));
  }

  private static Decision allow() {
    return new Decision(
        "d1",
        "airails/tool_action/guarded",
        Decision.Effect.ALLOW,
        List.of("tool.granted"),
        List.of(),
        "{}",
        "0".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }
}
