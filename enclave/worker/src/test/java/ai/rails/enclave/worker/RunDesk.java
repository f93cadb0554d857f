package ai.rails.enclave.worker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import ai.rails.domain.run.CallId;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.enclave.worker.ProtocolServer.Seen;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Complete;
import ai.rails.schema.worker.WorkerProtocol.Correction;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.Frozen;
import ai.rails.schema.worker.WorkerProtocol.GateView;
import ai.rails.schema.worker.WorkerProtocol.HandOver;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;
import ai.rails.schema.worker.WorkerProtocol.Inherited;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.Lease;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.Proposed;
import ai.rails.schema.worker.WorkerProtocol.Recorded;
import ai.rails.schema.worker.WorkerProtocol.Renew;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Route;
import ai.rails.schema.worker.WorkerProtocol.RunKey;
import ai.rails.schema.worker.WorkerProtocol.Runner;
import ai.rails.schema.worker.WorkerProtocol.Sealed;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

/// One run's state and the rules of the worker protocol: leases and epochs, freeze once, intent
/// before outcome, outcome before completion. All methods hold the monitor.
final class RunDesk {
  static final String RUN = "run-1";
  static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private record Task(StepCommand command, int group, long epoch, boolean open) {}

  private record CallState(Call call, boolean intended, Optional<String> executed) {}

  final Map<String, String> contents = new HashMap<>();
  final Map<String, String> outputs = new HashMap<>();
  final Map<String, Map<String, String>> disclosed = new HashMap<>();
  final List<Fail> failures = new ArrayList<>();
  final List<ReportOutcome> outcomes = new ArrayList<>();
  final List<Propose> proposals = new ArrayList<>();
  final List<Intent> intents = new ArrayList<>();
  final Map<String, String> inputs = new TreeMap<>(Map.of("number", "INC0010001"));
  volatile String effect = "ALLOW";
  volatile Optional<Route> route = Optional.empty();
  volatile Function<Call, Optional<SignedApprovals>> signed = _ -> Optional.empty();
  volatile boolean renewing = true;
  volatile Duration lease = Duration.ofSeconds(30);
  volatile boolean otherWorkerMakesKey;
  Optional<String> wrappedRunKey = Optional.empty();
  Optional<GateView> gate = Optional.empty();
  Optional<Correction> correction = Optional.empty();
  volatile int group = 1;
  volatile Optional<Runner> runner = Optional.empty();
  volatile Function<HandOver, Reply> handingOver = _ -> Reply.nothing();
  volatile Function<HandOver, Reply> handedOver =
      _ -> Reply.ok(new HandedOver("WAITING", Optional.empty()));
  final List<HandOver> handOvers = new CopyOnWriteArrayList<>();
  final RefreshDesk refreshes = new RefreshDesk();
  final List<Inherited> inherited = new CopyOnWriteArrayList<>();
  private final Map<String, Task> tasks = new HashMap<>();
  private final Map<String, CallState> calls = new HashMap<>();
  private final KeyDesk keys;
  private final InstantSource clock;

  RunDesk(KeyDesk keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /// Makes an attempt claimable.
  synchronized StepCommand schedule(String step, int attempt, Purpose purpose) {
    var command =
        new StepCommand(
            "command-%s-%d".formatted(step, attempt),
            Triage.TENANT,
            "workspace-1",
            Triage.ENVIRONMENT,
            RUN,
            step,
            attempt,
            purpose,
            Triage.DIGEST);
    tasks.put(step, new Task(command, group, attempt * 10L, true));
    return command;
  }

  synchronized Reply answer(Seen seen) {
    String path = seen.path();
    if (path.equals("/v1/worker/steps/claim")) {
      return claim(seen.as(Claim.class));
    }
    if (path.equals("/v1/worker/run-key") && seen.method().equals("PUT")) {
      return runKey(seen.as(RunKey.class));
    }
    if (path.equals("/v1/worker/leases/renew")) {
      return renew(seen.as(Renew.class));
    }
    if (path.equals("/v1/worker/gates/propose")) {
      return propose(seen.as(Propose.class));
    }
    if (path.endsWith("/intent")) {
      return intent(path, seen.as(Intent.class));
    }
    if (path.endsWith("/handover")) {
      handOvers.add(seen.as(HandOver.class));
      return handingOver.apply(handOvers.getLast());
    }
    if (path.endsWith("/handover/answer")) {
      return handedOver.apply(handOvers.getLast());
    }
    if (path.endsWith("/refresh")) {
      return refreshes.ask(seen.as(AskRefresh.class));
    }
    if (path.equals("/v1/worker/credential") && seen.method().equals("PUT")) {
      return refreshes.keep(seen.as(Refreshed.class));
    }
    if (path.endsWith("/outcome")) {
      return outcome(path, seen.as(ReportOutcome.class));
    }
    if (path.equals("/v1/worker/steps/complete")) {
      return complete(seen.as(Complete.class));
    }
    if (path.equals("/v1/worker/steps/fail")) {
      return fail(seen.as(Fail.class));
    }
    return Reply.problem(404, "NOT_FOUND");
  }

  private Reply claim(Claim claim) {
    Task task = tasks.get(claim.step());
    if (task == null || !task.open() || task.command().attempt() != claim.attempt()) {
      return Reply.problem(409, "STEP_NOT_OPEN");
    }
    return Reply.ok(
        new Claimed(
            Triage.TENANT,
            "workspace-1",
            Triage.ENVIRONMENT,
            RUN,
            claim.step(),
            claim.attempt(),
            task.group(),
            Purpose.valueOf(task.command().purpose().name()),
            Triage.DIGEST,
            task.epoch(),
            clock.millis() + lease.toMillis(),
            clock.millis(),
            wrappedRunKey,
            inputs,
            disclosed,
            contents,
            Map.of(),
            outputs,
            List.copyOf(inherited),
            frozen(claim.step()),
            gate,
            Optional.of(TRACEPARENT),
            correction));
  }

  private Optional<Frozen> frozen(String step) {
    String callId = CallId.of(Triage.TENANT, RUN, step, 0, group);
    return Optional.ofNullable(calls.get(callId))
        .map(state ->
            new Frozen(
                callId,
                state.call().callDigest(),
                state.call().frozenRef(),
                state.intended(),
                state.intended() ? clock.millis() : 0,
                state.executed()));
  }

  private Reply runKey(RunKey key) {
    if (otherWorkerMakesKey) {
      otherWorkerMakesKey = false;
      wrappedRunKey = Optional.of(Sealing.wrappedRunKey(keys.workflowKey));
    }
    if (stale(key.attempt()) || wrappedRunKey.isPresent()) {
      return Reply.problem(409, "ALREADY_EXISTS");
    }
    wrappedRunKey = Optional.of(key.wrappedRunKey());
    return Reply.nothing();
  }

  private Reply renew(Renew renew) {
    return !renewing || stale(renew.attempt())
        ? Reply.problem(409, "STALE_LEASE")
        : Reply.ok(new Lease(clock.millis() + lease.toMillis()));
  }

  private Reply propose(Propose propose) {
    if (stale(propose.attempt())) {
      return Reply.problem(409, "STALE_LEASE");
    }
    Optional<Reply> wrong = freeze(propose.call(), propose.sealed());
    if (wrong.isPresent()) {
      return wrong.get();
    }
    proposals.add(propose);
    return Reply.ok(new Proposed("REQUIRE_HITL", List.of("tool.gated")));
  }

  private Reply intent(String path, Intent intent) {
    if (stale(intent.attempt())) {
      return Reply.problem(409, "STALE_LEASE");
    }
    Call call = intent.call();
    if (!path.contains("/" + call.callId() + "/")) {
      return Reply.problem(422, "INVALID");
    }
    Optional<Reply> wrong = freeze(call, intent.sealed());
    if (wrong.isPresent()) {
      return wrong.get();
    }
    intents.add(intent);
    Optional<Route> elsewhere = route.filter(to -> !to.provider().equals(call.connector()));
    boolean leaves = effect.equals("ALLOW") || (effect.equals("ROUTE") && elsewhere.isEmpty());
    if (leaves) {
      calls.put(call.callId(), new CallState(call, true, Optional.empty()));
    }
    elsewhere.ifPresent(_ -> calls.remove(call.callId()));
    return Reply.ok(
        new Intended(
            effect,
            List.of("tool.granted"),
            "decision-1",
            "ar1_key",
            leaves ? List.of("ticket-1") : List.of(),
            Optional.empty(),
            elsewhere,
            signed.apply(call),
            leaves ? runner : Optional.empty()));
  }

  private Optional<Reply> freeze(Call call, List<Sealed> sealed) {
    String expected = CallId.of(Triage.TENANT, RUN, call.forStep(), 0, group);
    CallState before = calls.get(call.callId());
    if (!expected.equals(call.callId())) {
      return Optional.of(Reply.problem(422, "INVALID"));
    }
    if (before != null && !before.call().callDigest().equals(call.callDigest())) {
      return Optional.of(Reply.problem(409, "CALL_ALREADY_FROZEN"));
    }
    sealed.forEach(each -> contents.put(each.ref(), each.ciphertext()));
    if (!contents.containsKey(call.frozenRef())) {
      return Optional.of(Reply.problem(422, "INVALID"));
    }
    calls.putIfAbsent(call.callId(), new CallState(call, false, Optional.empty()));
    return Optional.empty();
  }

  private Reply outcome(String path, ReportOutcome outcome) {
    String callId = path.replaceAll("^/v1/worker/calls/|/outcome$", "");
    CallState state = calls.get(callId);
    if (stale(outcome.attempt()) || state == null || !state.intended()) {
      return Reply.problem(409, "CALL_NOT_INTENDED");
    }
    outcome.evidence().values().forEach(each -> contents.put(each.ref(), each.ciphertext()));
    calls.put(callId, new CallState(state.call(), true, Optional.of(outcome.outcome())));
    outcomes.add(outcome);
    boolean success = outcome.outcome().equals("SUCCESS");
    if (!success) {
      close(outcome.attempt());
    }
    return Reply.ok(new Recorded(success ? "COMPLETE" : "STOP"));
  }

  private Reply complete(Complete complete) {
    if (stale(complete.attempt())) {
      return Reply.problem(409, "STALE_LEASE");
    }
    String step = complete.attempt().step();
    complete
        .output()
        .ifPresent(output -> {
          contents.put(output.ref(), output.ciphertext());
          outputs.put(step, output.ref());
        });
    disclosed.put(step, complete.disclosed());
    close(complete.attempt());
    return Reply.nothing();
  }

  private Reply fail(Fail fail) {
    if (stale(fail.attempt())) {
      return Reply.problem(409, "STALE_LEASE");
    }
    failures.add(fail);
    close(fail.attempt());
    return Reply.nothing();
  }

  private boolean stale(Attempt attempt) {
    Task task = tasks.get(attempt.step());
    return task == null
        || !task.open()
        || !attempt.run().equals(RUN)
        || task.epoch() != attempt.epoch()
        || task.command().attempt() != attempt.attempt();
  }

  private void close(Attempt attempt) {
    tasks.computeIfPresent(
        attempt.step(),
        (step, task) -> new Task(task.command(), task.group(), task.epoch(), false));
  }

  synchronized boolean isCompleted(String step) {
    return disclosed.containsKey(step);
  }

  synchronized boolean hasFailed(String step) {
    return failures.stream().anyMatch(fail -> fail.attempt().step().equals(step));
  }
}
