package ai.rails.domain.policy;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.policy.PolicyBundleCommand.PublishBundle;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyBundlePublished;

/// Only new content is an event; signing the same again for freshness is none.
public final class PolicyBundleRules
    implements Decider<PolicyBundleCommand, PolicyBundle, PolicyBundleEvent> {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  @Override
  public PolicyBundle initial() {
    return PolicyBundle.NONE;
  }

  @Override
  public List<PolicyBundleEvent> decide(
      PolicyBundle bundle, PolicyBundleCommand command, Instant now) {
    return switch (command) {
      case PublishBundle c -> publish(bundle, c);
    };
  }

  @Override
  public PolicyBundle evolve(PolicyBundle bundle, PolicyBundleEvent event) {
    return switch (event) {
      case PolicyBundlePublished e -> new PolicyBundle(e.contentSha256(), e.revision());
    };
  }

  private static List<PolicyBundleEvent> publish(PolicyBundle bundle, PublishBundle c) {
    Limits.requireId("bundle", c.bundle());
    if (!SHA256.matcher(c.contentSha256()).matches()) {
      throw new Refused(Code.INVALID, "contentSha256 must be 64 hex digits");
    }
    return bundle.contentSha256().equals(c.contentSha256())
        ? List.of()
        : List.of(
            new PolicyBundlePublished(c.bundle(), c.revision(), c.contentSha256(), c.author()));
  }
}
