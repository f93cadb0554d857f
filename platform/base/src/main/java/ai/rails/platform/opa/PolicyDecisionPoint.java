package ai.rails.platform.opa;

import ai.rails.domain.policy.Decision;

/// Says whether something may be done.
public interface PolicyDecisionPoint {
  /// Decides. Never throws: whatever goes wrong is a DENY that says in [Decision#unavailable()]
  /// what was missing.
  Decision decide(DecisionRequest request);
}
