package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import ai.rails.command.run.RunPlace;
import ai.rails.domain.SealedRef;
import ai.rails.domain.run.CallId;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunEvent.EvidenceCaptured;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Correction;
import ai.rails.schema.worker.WorkerProtocol.Frozen;
import ai.rails.schema.worker.WorkerProtocol.GateView;
import ai.rails.schema.worker.WorkerProtocol.Inherited;

/// What a worker is given with a claim: only what the step may read. Used once, by one thread.
final class ClaimAnswer {
  private static final String RUN_KEY = "SELECT wrapped FROM run_key WHERE tenant = ? AND run = ?";
  private static final String OUTPUT = "output";

  private final RunPlace place;
  private final Claim claim;
  private final Attempts.Held held;
  private final Run run;
  private final Workflow workflow;
  private final List<Recorded> history;
  private final Set<String> refs = new HashSet<>();
  private final Map<String, Set<String>> foreign = new TreeMap<>();

  /// @param history the run's events, from which `run` was folded
  ClaimAnswer(
      RunPlace place,
      Claim claim,
      Attempts.Held held,
      Run run,
      Workflow workflow,
      List<Recorded> history) {
    this.place = place;
    this.claim = claim;
    this.held = held;
    this.run = run;
    this.workflow = workflow;
    this.history = history;
  }

  Claimed read(Connection c) throws SQLException {
    RunTriggered trigger = run.trigger().orElseThrow();
    Optional<Frozen> frozen = frozen();
    Optional<GateView> gate = gate();
    Optional<Correction> correction = correction();
    Map<String, String> sealedInputs = sealedInputs(trigger);
    Map<String, String> outputs = outputs();
    Optional<String> runKey = runKey(c, place.run());
    Map<String, String> contents = Contents.read(c, place.tenant(), place.run(), refs);
    List<Inherited> inherited = inherited(c, contents);
    return new Claimed(
        place.tenant(),
        place.workspace(),
        place.environment(),
        place.run(),
        claim.step(),
        claim.attempt(),
        held.group(),
        held.purpose(),
        place.artifactDigest(),
        held.epoch(),
        held.leaseUntil(),
        held.now(),
        runKey,
        trigger.inputs(),
        disclosed(),
        contents,
        sealedInputs,
        outputs,
        inherited,
        frozen,
        gate,
        held.traceparent(),
        correction);
  }

  /// What a person made of the call, with the ciphertexts of both.
  private Optional<Correction> correction() {
    return run.correction(claim.step())
        .map(made -> {
          String frozen = callRef(made.forStep(), made.attemptGroup());
          refs.add(frozen);
          refs.add(made.correction().ref());
          return new Correction(
              made.gate(),
              made.callDigest(),
              made.correctedDigest(),
              frozen,
              made.correction().ref(),
              made.fields());
        });
  }

  private static String callRef(String step, int group) {
    return "%s/call/%d".formatted(step, group);
  }

  /// The call that was frozen before, with the ciphertext and, once it had its effect, the output.
  private Optional<Frozen> frozen() {
    String step = guarded().orElse(claim.step());
    String callId = CallId.of(place.tenant(), place.run(), step, 0, held.group());
    return run.call(callId).map(call -> frozen(callId, step, held.group(), call));
  }

  private Frozen frozen(String callId, String step, int group, CallState call) {
    String ref =
        call.intended()
            .map(ToolActionIntended::frozen)
            .map(SealedRef::ref)
            .orElseGet(() -> callRef(step, group));
    refs.add(ref);
    for (Recorded recorded : history) {
      if (recorded.event() instanceof EvidenceCaptured e
          && e.callId().equals(callId)
          && e.kind().equals(OUTPUT)) {
        refs.add(e.evidence().ref());
      }
    }
    return new Frozen(
        callId,
        call.callDigest(),
        ref,
        call.intended().isPresent(),
        intentAt(callId),
        call.outcome().map(Enum::name));
  }

  /// An attempt that only waited for the other side to settle has sent nothing: if it counted, the
  /// wait would never end.
  private long intentAt(String callId) {
    Instant settled = Instant.EPOCH;
    Instant last = Instant.EPOCH;
    for (Recorded each : history) {
      if (each.event() instanceof ToolActionIntended e && e.callId().equals(callId)) {
        last = each.header().occurredAt();
      } else if (each.event() instanceof ToolActionExecuted e && e.callId().equals(callId)) {
        settled = e.code().equals(Reasons.SETTLING) ? settled : last;
        last = settled;
      }
    }
    return last.toEpochMilli();
  }

  /// With a card: the gate, and the guarded call's ciphertext for what it reveals.
  private Optional<GateView> gate() {
    if (held.purpose() != Purpose.CARD) {
      return Optional.empty();
    }
    String gateId = base();
    return run.gate(gateId)
        .map(gate -> {
          HumanGateRequested request = gate.request();
          int group = run.step(gateId).map(Run.StepState::attemptGroup).orElse(1);
          refs.add(callRef(request.forStep(), group));
          return new GateView(
              gateId,
              request.forStep(),
              request.callDigest(),
              request.reasons(),
              request.display(),
              request.expiresAt().toEpochMilli(),
              request.role(),
              request.quorum());
        });
  }

  private Map<String, String> sealedInputs(RunTriggered trigger) {
    Map<String, String> inputs = new TreeMap<>();
    for (SealedRef input : trigger.sealedInputs()) {
      inputs.put(input.ref().substring(input.ref().lastIndexOf('/') + 1), input.ref());
      refs.add(input.ref());
    }
    return inputs;
  }

  private Map<String, Map<String, String>> disclosed() {
    Map<String, Map<String, String>> all = new HashMap<>();
    run.steps()
        .forEach((id, step) -> {
          if (step.status() == StepStatus.COMPLETED) {
            all.put(id, step.disclosed());
          }
        });
    return all;
  }

  /// Outputs of the steps before this one, and of the step itself when it is undone.
  private Map<String, String> outputs() {
    Set<String> readable = new HashSet<>();
    before(base(), readable);
    guarded().ifPresent(step -> before(step, readable));
    if (held.purpose() == Purpose.UNDO) {
      readable.add(base());
    }
    Map<String, String> outputs = new TreeMap<>();
    for (String id : readable) {
      run.step(id)
          .filter(step -> step.status() == StepStatus.COMPLETED)
          .flatMap(Run.StepState::output)
          .ifPresent(output -> {
            outputs.put(id, output.ref());
            run.step(id)
                .flatMap(Run.StepState::contentRun)
                .ifPresentOrElse(
                    source ->
                        foreign.computeIfAbsent(source, _ -> new HashSet<>()).add(output.ref()),
                    () -> refs.add(output.ref()));
          });
    }
    return outputs;
  }

  /// Adds what other runs sealed to `contents`. Only a run of the same tenant, environment and
  /// workflow version is read: its key opens under the workflow key that the worker holds. What was
  /// erased is left out, and the worker says that it lacks it.
  private List<Inherited> inherited(Connection c, Map<String, String> contents)
      throws SQLException {
    List<Inherited> all = new ArrayList<>();
    for (Map.Entry<String, Set<String>> source : foreign.entrySet()) {
      Optional<RunPlace> origin = RunPlace.find(c, place.tenant(), source.getKey());
      boolean same =
          origin
              .filter(o -> o.artifactDigest().equals(place.artifactDigest()))
              .filter(o -> o.environment().equals(place.environment()))
              .isPresent();
      Optional<String> key = same ? runKey(c, source.getKey()) : Optional.empty();
      if (key.isPresent()) {
        contents.putAll(Contents.read(c, place.tenant(), source.getKey(), source.getValue()));
        all.add(
            new Inherited(
                source.getKey(), key.get(), source.getValue().stream().sorted().toList()));
      }
    }
    return List.copyOf(all);
  }

  private Optional<String> runKey(Connection c, String runId) throws SQLException {
    return Sql.one(
        c,
        RUN_KEY,
        row -> Base64.getEncoder().encodeToString(row.getBytes(1)),
        place.tenant(),
        runId);
  }

  private void before(String id, Set<String> found) {
    for (String need : workflow.step(id).map(Step::needs).orElse(List.of())) {
      if (found.add(need)) {
        before(need, found);
      }
    }
  }

  /// The step whose call a gate's proposal freezes.
  private Optional<String> guarded() {
    return held.purpose() == Purpose.PROPOSE
        ? workflow.step(claim.step()).flatMap(Step::gate).map(Step.Gate::forStep)
        : Optional.empty();
  }

  private String base() {
    for (String suffix : List.of(Step.CARD, Step.UNDO)) {
      if (claim.step().endsWith(suffix)) {
        return claim.step().substring(0, claim.step().length() - suffix.length());
      }
    }
    return claim.step();
  }
}
