package ai.rails.domain.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.policy.PolicyBundle.Pause;
import ai.rails.domain.policy.PolicyBundleCommand.DecideDraft;
import ai.rails.domain.policy.PolicyBundleCommand.LiftPause;
import ai.rails.domain.policy.PolicyBundleCommand.NoteSimulation;
import ai.rails.domain.policy.PolicyBundleCommand.PlacePause;
import ai.rails.domain.policy.PolicyBundleCommand.PublishBundle;
import ai.rails.domain.policy.PolicyBundleCommand.SubmitDraft;
import ai.rails.domain.policy.PolicyBundleCommand.WithdrawException;
import ai.rails.domain.policy.PolicyBundleEvent.PauseLifted;
import ai.rails.domain.policy.PolicyBundleEvent.PausePlaced;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyBundlePublished;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyDraftDecisioned;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyDrafted;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyExceptionGranted;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyExceptionWithdrawn;
import ai.rails.domain.policy.PolicyBundleEvent.PolicySimulated;

/// Only new content is an event; signing the same again for freshness is none. Two persons change
/// content by a draft; one may stop things at once.
public final class PolicyBundleRules
    implements Decider<PolicyBundleCommand, PolicyBundle, PolicyBundleEvent> {
  /// Most drafts that wait for a decision.
  public static final int MAX_DRAFTS = 20;

  /// Longest life of an exception.
  public static final Duration LONGEST_EXCEPTION = Duration.ofDays(90);

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern CODE = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,63}");

  @Override
  public PolicyBundle initial() {
    return PolicyBundle.NONE;
  }

  @Override
  public List<PolicyBundleEvent> decide(
      PolicyBundle bundle, PolicyBundleCommand command, Instant now) {
    Limits.requireId("bundle", command.bundle());
    return switch (command) {
      case PublishBundle c -> publish(bundle, c);
      case NoteSimulation c -> simulated(c.simulated());
      case SubmitDraft c -> submit(bundle, c);
      case DecideDraft c -> decide(bundle, c, now);
      case PlacePause c -> place(bundle, c);
      case LiftPause c -> lift(bundle, c);
      case WithdrawException c ->
          and(
              new PolicyExceptionWithdrawn(c.bundle(), c.exception(), c.by()),
              publish(bundle, c.published()));
    };
  }

  @Override
  public PolicyBundle evolve(PolicyBundle bundle, PolicyBundleEvent event) {
    return switch (event) {
      case PolicyBundlePublished e ->
          new PolicyBundle(e.contentSha256(), e.revision(), bundle.drafts(), bundle.pauses());
      case PolicySimulated _, PolicyExceptionGranted _, PolicyExceptionWithdrawn _ -> bundle;
      case PolicyDrafted e -> {
        Map<String, PolicyDrafted> drafts = new HashMap<>(bundle.drafts());
        drafts.put(e.draft(), e);
        yield with(bundle, drafts, bundle.pauses());
      }
      case PolicyDraftDecisioned e -> {
        Map<String, PolicyDrafted> drafts = new HashMap<>(bundle.drafts());
        drafts.remove(e.draft());
        yield with(bundle, drafts, bundle.pauses());
      }
      case PausePlaced e -> {
        Set<Pause> pauses = new HashSet<>(bundle.pauses());
        pauses.add(new Pause(e.scope(), e.target()));
        yield with(bundle, bundle.drafts(), pauses);
      }
      case PauseLifted e -> {
        Set<Pause> pauses = new HashSet<>(bundle.pauses());
        pauses.remove(new Pause(e.scope(), e.target()));
        yield with(bundle, bundle.drafts(), pauses);
      }
    };
  }

  private static PolicyBundle with(
      PolicyBundle bundle, Map<String, PolicyDrafted> drafts, Set<Pause> pauses) {
    return new PolicyBundle(bundle.contentSha256(), bundle.revision(), drafts, pauses);
  }

  private static List<PolicyBundleEvent> publish(PolicyBundle bundle, PublishBundle c) {
    requireSha256("contentSha256", c.contentSha256());
    return bundle.contentSha256().equals(c.contentSha256())
        ? List.of()
        : List.of(
            new PolicyBundlePublished(c.bundle(), c.revision(), c.contentSha256(), c.author()));
  }

  private static List<PolicyBundleEvent> simulated(PolicySimulated e) {
    requireSha256("candidateSha256", e.candidateSha256());
    requireSha256("reportSha256", e.reportSha256());
    return List.of(e);
  }

  private static List<PolicyBundleEvent> submit(PolicyBundle bundle, SubmitDraft c) {
    requireSha256("contentSha256", c.contentSha256());
    if (!bundle.contentSha256().equals(c.baseSha256())) {
      throw outdated(c.draft());
    }
    if (bundle.contentSha256().equals(c.contentSha256())) {
      throw new Refused(Code.INVALID, "the draft is what is in effect already");
    }
    if (bundle.drafts().size() >= MAX_DRAFTS) {
      throw new Refused(
          Code.INVALID, "%s drafts wait for a decision; decide those".formatted(MAX_DRAFTS));
    }
    return List.of(
        new PolicyDrafted(c.bundle(), c.draft(), c.contentSha256(), c.baseSha256(), c.author()));
  }

  private static List<PolicyBundleEvent> decide(PolicyBundle bundle, DecideDraft c, Instant now) {
    PolicyDrafted draft = bundle.drafts().get(c.draft());
    if (draft == null) {
      throw new Refused(Code.NOT_FOUND, "no draft %s waits for a decision".formatted(c.draft()));
    }
    boolean approved = c.published().isPresent();
    if (approved && draft.author().equals(c.by())) {
      throw new Refused(
          Code.FORBIDDEN, "nobody approves his own policy; ask another administrator");
    }
    if (approved && !bundle.contentSha256().equals(draft.baseSha256())) {
      throw outdated(c.draft());
    }
    List<PolicyBundleEvent> events = new ArrayList<>();
    events.add(
        new PolicyDraftDecisioned(c.bundle(), c.draft(), draft.contentSha256(), approved, c.by()));
    if (approved) {
      c.granted().forEach(exception -> events.add(granted(exception, draft.author(), c.by(), now)));
      c.withdrawn()
          .forEach(name -> events.add(new PolicyExceptionWithdrawn(c.bundle(), name, c.by())));
      events.addAll(c.placed());
      events.addAll(c.lifted());
    }
    c.published().ifPresent(published -> events.addAll(publish(bundle, published)));
    return List.copyOf(events);
  }

  /// An exception says who asks for it and who answers for it, and both are who they say.
  private static PolicyExceptionGranted granted(
      PolicyExceptionGranted exception, String author, String by, Instant now) {
    if (!exception.approver().equals(by)) {
      throw new Refused(
          Code.FORBIDDEN,
          "exception %s names %s as its approver; he decides about this draft"
              .formatted(exception.exception(), exception.approver()));
    }
    if (!exception.author().equals(author)) {
      throw new Refused(
          Code.INVALID,
          "exception %s must name the draft's author as its own".formatted(exception.exception()));
    }
    if (!exception.expiresAt().isAfter(now)
        || exception.expiresAt().isAfter(now.plus(LONGEST_EXCEPTION))) {
      throw new Refused(
          Code.INVALID,
          "exception %s must end within %s days from now"
              .formatted(exception.exception(), LONGEST_EXCEPTION.toDays()));
    }
    return exception;
  }

  private static List<PolicyBundleEvent> place(PolicyBundle bundle, PlacePause c) {
    Limits.requireId("target", c.target());
    if (!CODE.matcher(c.code()).matches()) {
      throw new Refused(
          Code.INVALID, "code is 1 to 64 lower-case letters, digits, hyphens, dots, underscores");
    }
    return bundle.pauses().contains(new Pause(c.scope(), c.target()))
        ? publish(bundle, c.published())
        : and(
            new PausePlaced(c.bundle(), c.scope(), c.target(), c.code(), c.by()),
            publish(bundle, c.published()));
  }

  private static List<PolicyBundleEvent> lift(PolicyBundle bundle, LiftPause c) {
    return bundle.pauses().contains(new Pause(c.scope(), c.target()))
        ? and(
            new PauseLifted(c.bundle(), c.scope(), c.target(), c.by()),
            publish(bundle, c.published()))
        : publish(bundle, c.published());
  }

  private static List<PolicyBundleEvent> and(
      PolicyBundleEvent first, List<PolicyBundleEvent> further) {
    List<PolicyBundleEvent> all = new ArrayList<>(List.of(first));
    all.addAll(further);
    return List.copyOf(all);
  }

  private static Refused outdated(String draft) {
    return new Refused(
        Code.INVALID,
        "draft %s was written against content that is no longer in effect; draft it anew"
            .formatted(draft));
  }

  private static void requireSha256(String name, String value) {
    if (!SHA256.matcher(value).matches()) {
      throw new Refused(Code.INVALID, name + " must be 64 hex digits");
    }
  }
}
