package ai.rails.command.reveal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import ai.rails.command.run.RunPlace;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.access.RevealKind;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.postgres.Sql;

/// Which content of a run a reveal opens.
///
/// @param refs what a worker may open for it
/// @param gate with GATE
record RevealTarget(Optional<String> callDigest, List<String> refs, Optional<GateState> gate) {
  private static final String STORED =
      """
      SELECT ref FROM sealed_content
       WHERE tenant = ? AND run = ? AND starts_with(ref, ?) ORDER BY ref DESC LIMIT 16
      """;

  RevealTarget {
    refs = List.copyOf(refs);
  }

  /// Finds it.
  ///
  /// @throws Refused with NOT_FOUND if the run has no such content
  static RevealTarget of(
      Connection c, RunPlace place, Run run, Workflow workflow, RevealKind kind, String name)
      throws SQLException {
    return switch (kind) {
      case GATE -> gate(c, place, run, workflow, name);
      case CALL -> call(c, place, run, name);
      case OUTPUT ->
          new RevealTarget(Optional.empty(), List.of(output(run, name)), Optional.empty());
      case THREAD -> thread(c, place, run, name);
      case INPUT -> new RevealTarget(Optional.empty(), List.of(input(run, name)), Optional.empty());
    };
  }

  /// The gate's call as it is stored, and what tool steps before it read. The worker shows only the
  /// bytes of the digest that the gate names.
  private static RevealTarget gate(
      Connection c, RunPlace place, Run run, Workflow workflow, String name) throws SQLException {
    GateState gate = run.gate(name).orElseThrow(() -> missing("gate", name));
    String step = gate.request().forStep();
    List<String> refs = new ArrayList<>(calls(c, place, step));
    TreeSet<String> before = new TreeSet<>();
    needs(workflow, step, before);
    before.stream()
        .filter(id -> workflow.step(id).filter(s -> s.kind() == Step.Kind.TOOL).isPresent())
        .flatMap(id -> completed(run, id).stream())
        .forEach(refs::add);
    return new RevealTarget(Optional.of(gate.request().callDigest()), refs, Optional.of(gate));
  }

  /// What was asked and answered about the gate, the latest of it.
  private static RevealTarget thread(Connection c, RunPlace place, Run run, String name)
      throws SQLException {
    GateState gate = run.gate(name).orElseThrow(() -> missing("gate", name));
    List<String> refs = stored(c, place, name + "/comment/");
    if (refs.isEmpty()) {
      throw missing("text about gate", name);
    }
    return new RevealTarget(Optional.empty(), refs, Optional.of(gate));
  }

  private static RevealTarget call(Connection c, RunPlace place, Run run, String step)
      throws SQLException {
    CallState call =
        run.calls().values().stream()
            .filter(each -> each.step().equals(step))
            .reduce((one, other) -> later(one) >= later(other) ? one : other)
            .orElseThrow(() -> missing("call of step", step));
    List<String> refs =
        call.intended()
            .map(ToolActionIntended::frozen)
            .map(SealedRef::ref)
            .map(List::of)
            .orElse(List.of());
    return new RevealTarget(
        Optional.of(call.callDigest()),
        refs.isEmpty() ? calls(c, place, step) : refs,
        Optional.empty());
  }

  private static int later(CallState call) {
    return call.intended().map(ToolActionIntended::attempt).orElse(0);
  }

  private static List<String> calls(Connection c, RunPlace place, String step) throws SQLException {
    List<String> refs = stored(c, place, step + "/call/");
    if (refs.isEmpty()) {
      throw missing("frozen call of step", step);
    }
    return refs;
  }

  private static List<String> stored(Connection c, RunPlace place, String prefix)
      throws SQLException {
    return Sql.all(c, STORED, row -> row.getString(1), place.tenant(), place.run(), prefix);
  }

  private static String output(Run run, String step) {
    return completed(run, step).orElseThrow(() -> missing("output of step", step));
  }

  /// A fork's step may have its content under another run's key; the worker is given that too.
  private static Optional<String> completed(Run run, String step) {
    return run.step(step)
        .filter(state -> state.status() == StepStatus.COMPLETED)
        .flatMap(StepState::output)
        .map(SealedRef::ref);
  }

  private static String input(Run run, String name) {
    return run.trigger().orElseThrow().sealedInputs().stream()
        .map(SealedRef::ref)
        .filter(ref -> ref.endsWith("/" + name))
        .findFirst()
        .orElseThrow(() -> missing("sealed input", name));
  }

  private static void needs(Workflow workflow, String id, TreeSet<String> found) {
    for (String need : workflow.step(id).map(Step::needs).orElse(List.of())) {
      if (found.add(need)) {
        needs(workflow, need, found);
      }
    }
  }

  private static Refused missing(String what, String name) {
    return new Refused(Refused.Code.NOT_FOUND, "the run has no %s %s".formatted(what, name));
  }
}
