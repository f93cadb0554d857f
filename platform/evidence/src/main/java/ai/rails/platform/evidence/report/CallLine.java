package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.domain.budget.Money;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// One call in the words of an auditor: where to, what effect, how often, at what cost.
///
/// @param left whether it may have left: an intent was recorded
record CallLine(
    String id,
    String step,
    String name,
    String where,
    String promise,
    String result,
    boolean left,
    int requests,
    List<Money> cost,
    Optional<Long> took,
    Optional<RunEvent.ToolActionIntended> intent) {
  static CallLine of(String id, Told told) {
    var intended = told.last(RunEvent.ToolActionIntended.class);
    var executed = told.last(RunEvent.ToolActionExecuted.class);
    var intent = intended.map(Told.At::event);
    Optional<Long> took =
        intended.flatMap(from -> executed.map(to -> to.fact().time() - from.fact().time()));
    return new CallLine(
        id,
        step(told),
        intent.map(i -> i.tool() + "." + i.action()).orElse("not recorded"),
        intent.map(i -> i.host() + ":" + i.port()).orElse("not recorded"),
        intent.map(i -> promise(i.idempotencyClass())).orElse("not recorded"),
        executed
            .map(at -> result(at.event()) + resolution(told))
            .orElse(intent.isPresent() ? "no outcome recorded" : "no intent, so it did not leave"),
        intent.isPresent(),
        executed.map(at -> at.event().requests()).orElse(0),
        RunStory.sum(
            told.all(RunEvent.BudgetSettled.class).stream().map(at -> at.event().amount())),
        took.filter(millis -> millis >= 0),
        intent);
  }

  private static String step(Told told) {
    return told.facts().stream()
        .flatMap(fact ->
            switch (fact.event()) {
              case RunEvent.PolicyEvaluated e -> Stream.of(e.step());
              case RunEvent.ToolActionIntended e -> Stream.of(e.step());
              case RunEvent.ToolActionExecuted e -> Stream.of(e.step());
              case RunEvent.BudgetReserved e -> Stream.of(e.step());
              case RunEvent.ModelInvoked e -> Stream.of(e.step());
              case RunEvent.RollbackApplied e -> Stream.of(e.step());
              default -> Stream.<String>empty();
            })
        .findFirst()
        .orElse("not recorded");
  }

  private static String resolution(Told told) {
    return told.last(RunEvent.CallReconciled.class)
        .map(at -> "; a person says " + Words.lower(at.event().resolution().name()))
        .orElse("");
  }

  static String promise(IdempotencyClass idempotency) {
    return switch (idempotency) {
      case K -> "once: the other side keeps the key (K)";
      case U -> "twice is as once (U)";
      case Q -> "once: the other side can be asked (Q)";
      case N -> "at most once, then a person (N)";
      case M -> "no effect but cost (M)";
    };
  }

  private static String result(RunEvent.ToolActionExecuted executed) {
    String words =
        switch (executed.outcome()) {
          case SUCCESS -> "succeeded";
          case DEFINITE_FAILURE -> "failed";
          case AMBIGUOUS -> "unknown";
        };
    return words
        + (executed.httpStatus() > 0 ? ", HTTP " + executed.httpStatus() : "")
        + (executed.code().isEmpty() ? "" : ", " + executed.code())
        + (executed.verified() ? ", read back" : "")
        + (executed.adopted() ? ", by an earlier attempt" : "")
        + executed.runner().map(name -> ", UNATTESTED: runner " + name + " says so").orElse("");
  }
}
