package ai.rails.command.policy;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.policy.PolicyBundle;
import ai.rails.domain.policy.PolicyBundleCommand;
import ai.rails.domain.policy.PolicyBundleEvent;
import ai.rails.domain.policy.PolicyBundleRules;

/// Policy bundles on the write side.
public final class PolicyBundleEntity {
  public static final Entity<PolicyBundleCommand, PolicyBundle, PolicyBundleEvent> TYPE =
      new Entity<>(
          "PolicyBundle",
          PolicyBundleCommand.class,
          PolicyBundle.class,
          PolicyBundleEvent.class,
          PolicyBundleCommand::bundle,
          new PolicyBundleRules(),
          Enrich.none());

  private PolicyBundleEntity() {}
}
