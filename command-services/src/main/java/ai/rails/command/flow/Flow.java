package ai.rails.command.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import ai.rails.domain.run.Hold;
import ai.rails.domain.run.Reasons;

/// How it stands with calls to an instance: a pure state with a pure verdict. Immutable.
///
/// The breaker is closed while `openUntil` is absent, open until that time, and from then on half
/// open: one call may probe, and its outcome closes or opens it again.
///
/// @param due when the next call is due at the manifest's rate
/// @param notBefore what the other side asked for
/// @param failures in a row
/// @param opened how often the breaker has opened, ever
/// @param probe the call that may find out whether the other side works again
/// @param code of the last failure
record Flow(
    Instant due,
    Instant notBefore,
    int failures,
    long opened,
    Optional<Instant> openUntil,
    Optional<String> probe,
    String code) {
  static final Flow NEW =
      new Flow(Instant.EPOCH, Instant.EPOCH, 0, 0, Optional.empty(), Optional.empty(), "");

  private static final Duration PROBING = Duration.ofSeconds(5);
  private static final Duration CROWDED = Duration.ofSeconds(2);
  private static final int DOUBLINGS = 8;

  /// Calls on their way.
  ///
  /// @param probing whether the breaker's probe is among them
  record Flights(int ofTenant, int ofInstance, boolean probing) {}

  /// Why a call may not leave now.
  Optional<Hold> hold(
      String instance, String callId, Pace pace, FlowLimits limits, Flights flights, Instant now) {
    if (openUntil.isPresent()) {
      boolean others = flights.probing() && !probe.equals(Optional.of(callId));
      if (now.isBefore(openUntil.get()) || others) {
        Duration wait = others ? PROBING : Duration.between(now, openUntil.get());
        return Optional.of(
            held(Reasons.BREAKER_OPEN, instance, "failures", failures, limits.failures(), wait));
      }
    }
    if (now.isBefore(notBefore)) {
      Duration wait = Duration.between(now, notBefore);
      return Optional.of(held(Reasons.OVER_RATE, instance, "Retry-After", 0, 0, wait));
    }
    Instant earliest = due.minus(pace.tolerance());
    // Without a rate nothing is due: another process's clock, or an older look at it, holds nobody.
    if (pace.perMinute().isPresent() && now.isBefore(earliest)) {
      int limit = pace.perMinute().get();
      return Optional.of(
          held(
              Reasons.OVER_RATE,
              instance,
              "calls a minute",
              limit,
              limit,
              Duration.between(now, earliest)));
    }
    int most = pace.atOnce().orElse(Integer.MAX_VALUE);
    if (flights.ofInstance() >= most) {
      return Optional.of(
          held(
              Reasons.TOO_MANY_AT_ONCE,
              instance,
              "calls at once",
              flights.ofInstance(),
              most,
              CROWDED));
    }
    return flights.ofTenant() >= limits.tenantAtOnce()
        ? Optional.of(
            held(
                Reasons.TOO_MANY_AT_ONCE,
                "tenant:all",
                "calls at once",
                flights.ofTenant(),
                limits.tenantAtOnce(),
                CROWDED))
        : Optional.empty();
  }

  private static Hold held(
      String code, String subject, String unit, long used, long limit, Duration wait) {
    return new Hold(code, subject, unit, 1, used, limit, wait.toMillis() + 1);
  }

  /// A call leaves.
  Flow left(String callId, Pace pace, Instant now) {
    Instant next = due.isAfter(now) ? due : now;
    return new Flow(
        next.plus(pace.interval()),
        notBefore,
        failures,
        opened,
        openUntil,
        openUntil.isPresent() ? Optional.of(callId) : probe,
        code);
  }

  /// The other side answered something that it answers when it works.
  Flow worked() {
    return new Flow(due, notBefore, 0, opened, Optional.empty(), Optional.empty(), "");
  }

  /// It did not. The breaker opens after enough failures in a row, and after a probe's at once.
  Flow failed(String callId, String why, FlowLimits limits, Instant now) {
    int more = failures + 1;
    boolean probed = probe.equals(Optional.of(callId));
    boolean opens = probed || (openUntil.isEmpty() && more >= limits.failures());
    if (!opens) {
      return new Flow(due, notBefore, more, opened, openUntil, probe, why);
    }
    int doubled = Math.clamp(more - (long) limits.failures(), 0, DOUBLINGS);
    Duration length = limits.open().multipliedBy(1L << doubled);
    Duration shut = length.compareTo(limits.openLongest()) > 0 ? limits.openLongest() : length;
    return new Flow(
        due, notBefore, more, opened + 1, Optional.of(now.plus(shut)), Optional.empty(), why);
  }

  /// The other side asked to be left alone until then.
  Flow waits(Instant until) {
    return until.isAfter(notBefore)
        ? new Flow(due, until, failures, opened, openUntil, probe, code)
        : this;
  }

  /// For people.
  String breaker(Instant now) {
    if (openUntil.isEmpty()) {
      return "CLOSED";
    }
    return now.isBefore(openUntil.get()) ? "OPEN" : "HALF_OPEN";
  }
}
