package ai.rails.standin;

import java.time.Duration;

/// What can go wrong between a client and a service; injected on purpose with [Faults].
public sealed interface Fault {
  /// Nothing goes wrong.
  record None() implements Fault {}

  /// The service says no, in its own words, before any effect.
  sealed interface Refusal extends Fault {}

  record RateLimited(Duration retryAfter) implements Refusal {}

  /// The account has no money left: the same status as [RateLimited], but waiting does not help.
  record QuotaExhausted() implements Refusal {}

  record Overloaded() implements Refusal {}

  record ServerError() implements Refusal {}

  /// The connection ends before the service looked at the request: no effect.
  record LostRequest() implements Fault {}

  /// Timeout after commit: the effect is done, the connection ends without an answer.
  record LostAnswer() implements Fault {}

  /// The request waits inside the service, where nobody can call it back, and has its effect then.
  record LateEffect(Duration pause) implements Fault {}

  /// Headers and the first byte come at once, the rest after the pause.
  record SlowAnswer(Duration pause) implements Fault {}

  /// The effect is done, and half of the announced body comes.
  record TruncatedAnswer() implements Fault {}
}
