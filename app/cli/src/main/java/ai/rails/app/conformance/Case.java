package ai.rails.app.conformance;

import java.util.concurrent.Callable;

/// One vector.
///
/// @param name unique in the suite, told by where the vector lies
/// @param expect what its authors say of it
/// @param check what we say of it; an exception is a wrong verdict, never a crash
record Case(String name, Expectation expect, Callable<Outcome> check) {
  /// What a vector's authors ask for.
  enum Expectation {
    ACCEPT,
    REJECT,
    /// Either a refusal, or an acceptance with a warning.
    WARN
  }

  /// @param reason why it was refused, or what was found
  /// @param warned whether it was accepted with a warning
  record Outcome(Verdict verdict, String reason, boolean warned) {
    static Outcome accept(String reason) {
      return new Outcome(Verdict.ACCEPT, reason, false);
    }

    static Outcome reject(String reason) {
      return new Outcome(Verdict.REJECT, reason, false);
    }

    static Outcome of(boolean accepted, String refusal) {
      return accepted ? accept("") : reject(refusal);
    }
  }

  /// A case that was run.
  record Result(String name, Verdict expect, Verdict verdict, String reason, boolean ok) {}

  /// Something that reads or verifies, and refuses with an [IllegalArgumentException].
  @FunctionalInterface
  interface Attempt {
    void run() throws Exception;
  }

  static Case accepting(String name, Attempt attempt) {
    return of(name, Expectation.ACCEPT, attempt);
  }

  static Case refusing(String name, Attempt attempt) {
    return of(name, Expectation.REJECT, attempt);
  }

  /// A case that accepts by returning and refuses by an [IllegalArgumentException].
  static Case of(String name, Expectation expect, Attempt attempt) {
    return new Case(
        name,
        expect,
        () -> {
          try {
            attempt.run();
            return Outcome.accept("");
          } catch (IllegalArgumentException refusal) {
            return Outcome.reject(said(refusal));
          }
        });
  }

  Result run() {
    try {
      Outcome outcome = check.call();
      return switch (expect) {
        case ACCEPT -> result(Verdict.ACCEPT, outcome);
        case REJECT -> result(Verdict.REJECT, outcome);
        case WARN ->
            outcome.verdict == Verdict.REJECT || outcome.warned
                ? result(outcome.verdict, outcome)
                : result(Verdict.REJECT, outcome);
      };
    } catch (Exception | StackOverflowError broken) {
      Verdict expected = expect == Expectation.REJECT ? Verdict.REJECT : Verdict.ACCEPT;
      return new Result(name, expected, Verdict.REJECT, "could not be run: " + said(broken), false);
    }
  }

  private Result result(Verdict expected, Outcome outcome) {
    return new Result(name, expected, outcome.verdict, outcome.reason, outcome.verdict == expected);
  }

  static String said(Throwable problem) {
    String message = problem.getMessage();
    return message == null ? problem.getClass().getSimpleName() : message;
  }
}
