package ai.rails.app.bench.gateway;

import java.util.concurrent.atomic.AtomicLong;

import ai.rails.domain.policy.Decision;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;

/// Keeps how long the last question to policy took; of use while one call is made at a time.
final class Clocked implements PolicyDecisionPoint {
  private final PolicyDecisionPoint policy;
  private final AtomicLong lastNanos;

  Clocked(PolicyDecisionPoint policy, AtomicLong lastNanos) {
    this.policy = policy;
    this.lastNanos = lastNanos;
  }

  @Override
  public Decision decide(DecisionRequest request) {
    long began = System.nanoTime();
    Decision decision = policy.decide(request);
    lastNanos.set(System.nanoTime() - began);
    return decision;
  }
}
