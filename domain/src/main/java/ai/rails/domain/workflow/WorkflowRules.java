package ai.rails.domain.workflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.workflow.PublishedVersions.Version;
import ai.rails.domain.workflow.WorkflowCommand.ActivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.ApproveRelease;
import ai.rails.domain.workflow.WorkflowCommand.DeactivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.Place;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.domain.workflow.WorkflowCommand.WithdrawRelease;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseApproved;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseWithdrawn;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowActivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowDeactivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowPublished;

/// A version, once published, is never changed: a change is a new version.
public final class WorkflowRules
    implements Decider<WorkflowCommand, PublishedVersions, WorkflowEvent> {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  @Override
  public PublishedVersions initial() {
    return PublishedVersions.NONE;
  }

  @Override
  public List<WorkflowEvent> decide(
      PublishedVersions versions, WorkflowCommand command, Instant now) {
    return switch (command) {
      case PublishWorkflow c -> publish(versions, c);
      case ActivateWorkflow c -> activate(versions, c);
      case ApproveRelease c -> release(versions, c);
      case WithdrawRelease c -> withdraw(versions, c);
      case DeactivateWorkflow c -> deactivate(versions, c);
      case RefuseArtifact c -> refuse(versions, c);
    };
  }

  @Override
  public PublishedVersions evolve(PublishedVersions versions, WorkflowEvent event) {
    return switch (event) {
      case WorkflowPublished e ->
          versions.published(e.version(), new Version(e.artifactDigest(), e.author()));
      case WorkflowActivated e -> versions.activated(e.environment(), e.version());
      case ReleaseApproved e -> versions.released(e.environment(), e.version());
      case ReleaseWithdrawn e -> versions.withdrawn(e.environment(), e.version());
      case WorkflowDeactivated e -> versions.deactivated(e.environment());
      case ArtifactRefused e -> versions.refused(e.artifactDigest());
    };
  }

  private static List<WorkflowEvent> publish(PublishedVersions versions, PublishWorkflow c) {
    Limits.requireId("workflow", c.workflow());
    Limits.requireId("version", c.version());
    requireDigest("artifact", c.artifactDigest());
    requireDigest("manifest", c.manifestDigest());
    Optional<String> there =
        Optional.ofNullable(versions.versions().get(c.version())).map(Version::digest);
    if (there.isPresent() && !there.get().equals(c.artifactDigest())) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "version %s of workflow %s is published as %s; publish the change as a new version"
              .formatted(c.version(), c.workflow(), there.get()));
    }
    List<WorkflowEvent> events = new ArrayList<>();
    if (there.isEmpty()) {
      events.add(
          new WorkflowPublished(
              c.workflow(),
              c.version(),
              c.artifactDigest(),
              c.manifestDigest(),
              c.signingKeyId(),
              c.author()));
    }
    for (Place place : c.environments()) {
      if (!c.version().equals(versions.active().get(place.environment()))) {
        requireRelease(versions, c.workflow(), place, c.version());
        events.add(
            new WorkflowActivated(
                c.workflow(), place.environment(), c.version(), c.artifactDigest()));
      }
    }
    return List.copyOf(events);
  }

  private static List<WorkflowEvent> activate(PublishedVersions versions, ActivateWorkflow c) {
    String digest = version(versions, c.workflow(), c.version()).digest();
    String environment = c.place().environment();
    if (c.version().equals(versions.active().get(environment))) {
      return List.of();
    }
    requireRelease(versions, c.workflow(), c.place(), c.version());
    return List.of(new WorkflowActivated(c.workflow(), environment, c.version(), digest));
  }

  private static Version version(PublishedVersions versions, String workflow, String number) {
    return Optional.ofNullable(versions.versions().get(number))
        .orElseThrow(() ->
            new Refused(
                Code.NOT_FOUND,
                "workflow %s has no version %s; publish it first"
                    .formatted(workflow, Limits.requireId("version", number))));
  }

  /// Nothing runs in production that only its author has looked at.
  private static void requireRelease(
      PublishedVersions versions, String workflow, Place place, String number) {
    String environment = place.environment();
    if (place.needsRelease() && !versions.isReleased(environment, number)) {
      throw new Refused(
          Code.RELEASE_REQUIRED,
          "version %s of workflow %s runs in %s once an approver who is not its author releases it (rails workflow release %s %s --env %s); publish it without activating it there"
              .formatted(number, workflow, environment, workflow, number, environment));
    }
  }

  private static List<WorkflowEvent> release(PublishedVersions versions, ApproveRelease c) {
    Version version = version(versions, c.workflow(), c.version());
    if (versions.refused().contains(version.digest())) {
      throw new Refused(
          Code.ARTIFACT_ALTERED,
          "version %s of workflow %s was altered in the store; publish it anew"
              .formatted(c.version(), c.workflow()));
    }
    if (version.author().equals(c.approver())) {
      throw new Refused(
          Code.AUTHOR_MAY_NOT_APPROVE,
          "%s wrote version %s of workflow %s; somebody else releases it"
              .formatted(c.approver(), c.version(), c.workflow()));
    }
    return versions.isReleased(c.environment(), c.version())
        ? List.of()
        : List.of(
            new ReleaseApproved(
                c.workflow(),
                c.environment(),
                c.version(),
                version.digest(),
                version.author(),
                c.approver()));
  }

  /// Anybody who may stop runs may take a release back, the author too: it lets nothing happen.
  private static List<WorkflowEvent> withdraw(PublishedVersions versions, WithdrawRelease c) {
    Version version = version(versions, c.workflow(), c.version());
    if (!versions.isReleased(c.environment(), c.version())) {
      return List.of();
    }
    Limits.requireId("reason", c.reason());
    List<WorkflowEvent> events = new ArrayList<>();
    events.add(
        new ReleaseWithdrawn(
            c.workflow(), c.environment(), c.version(), version.digest(), c.by(), c.reason()));
    if (c.version().equals(versions.active().get(c.environment()))) {
      events.add(
          new WorkflowDeactivated(c.workflow(), c.environment(), c.version(), version.digest()));
    }
    return List.copyOf(events);
  }

  private static List<WorkflowEvent> deactivate(PublishedVersions versions, DeactivateWorkflow c) {
    return Optional.ofNullable(versions.active().get(c.environment()))
        .<List<WorkflowEvent>>map(version ->
            List.of(
                new WorkflowDeactivated(
                    c.workflow(),
                    c.environment(),
                    version,
                    version(versions, c.workflow(), version).digest())))
        .orElse(List.of());
  }

  private static List<WorkflowEvent> refuse(PublishedVersions versions, RefuseArtifact c) {
    if (versions.versions().values().stream()
        .noneMatch(version -> version.digest().equals(c.artifactDigest()))) {
      throw new Refused(
          Code.NOT_FOUND,
          "workflow %s has no artifact %s".formatted(c.workflow(), c.artifactDigest()));
    }
    return versions.refused().contains(c.artifactDigest())
        ? List.of()
        : List.of(new ArtifactRefused(c.workflow(), c.artifactDigest(), c.reason()));
  }

  private static void requireDigest(String what, String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new Refused(
          Code.INVALID, "the %s digest must be sha256: and 64 hex digits".formatted(what));
    }
  }
}
