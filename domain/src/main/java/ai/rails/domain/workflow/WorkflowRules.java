package ai.rails.domain.workflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.workflow.WorkflowCommand.ActivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.DeactivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
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
      case DeactivateWorkflow c -> deactivate(versions, c);
      case RefuseArtifact c -> refuse(versions, c);
    };
  }

  @Override
  public PublishedVersions evolve(PublishedVersions versions, WorkflowEvent event) {
    return switch (event) {
      case WorkflowPublished e -> {
        Map<String, String> digests = new HashMap<>(versions.digests());
        digests.put(e.version(), e.artifactDigest());
        yield new PublishedVersions(digests, versions.refused(), versions.active());
      }
      case WorkflowActivated e -> {
        Map<String, String> active = new HashMap<>(versions.active());
        active.put(e.environment(), e.version());
        yield new PublishedVersions(versions.digests(), versions.refused(), active);
      }
      case WorkflowDeactivated e -> {
        Map<String, String> active = new HashMap<>(versions.active());
        active.remove(e.environment());
        yield new PublishedVersions(versions.digests(), versions.refused(), active);
      }
      case ArtifactRefused e -> {
        Set<String> refused = new HashSet<>(versions.refused());
        refused.add(e.artifactDigest());
        yield new PublishedVersions(versions.digests(), refused, versions.active());
      }
    };
  }

  private static List<WorkflowEvent> publish(PublishedVersions versions, PublishWorkflow c) {
    Limits.requireId("workflow", c.workflow());
    Limits.requireId("version", c.version());
    requireDigest("artifact", c.artifactDigest());
    requireDigest("manifest", c.manifestDigest());
    String there = versions.digests().get(c.version());
    if (there != null && !c.artifactDigest().equals(there)) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "version %s of workflow %s is published as %s; publish the change as a new version"
              .formatted(c.version(), c.workflow(), there));
    }
    List<WorkflowEvent> events = new ArrayList<>();
    if (there == null) {
      events.add(
          new WorkflowPublished(
              c.workflow(),
              c.version(),
              c.artifactDigest(),
              c.manifestDigest(),
              c.signingKeyId(),
              c.author()));
    }
    for (String environment : c.environments()) {
      if (!c.version().equals(versions.active().get(environment))) {
        events.add(
            new WorkflowActivated(c.workflow(), environment, c.version(), c.artifactDigest()));
      }
    }
    return List.copyOf(events);
  }

  private static List<WorkflowEvent> activate(PublishedVersions versions, ActivateWorkflow c) {
    String digest =
        Optional.ofNullable(versions.digests().get(c.version()))
            .orElseThrow(() ->
                new Refused(
                    Code.NOT_FOUND,
                    "workflow %s has no version %s; publish it first"
                        .formatted(c.workflow(), Limits.requireId("version", c.version()))));
    return c.version().equals(versions.active().get(c.environment()))
        ? List.of()
        : List.of(new WorkflowActivated(c.workflow(), c.environment(), c.version(), digest));
  }

  private static List<WorkflowEvent> deactivate(PublishedVersions versions, DeactivateWorkflow c) {
    return Optional.ofNullable(versions.active().get(c.environment()))
        .<List<WorkflowEvent>>map(version ->
            List.of(
                new WorkflowDeactivated(
                    c.workflow(),
                    c.environment(),
                    version,
                    versions.digests().getOrDefault(version, ""))))
        .orElse(List.of());
  }

  private static List<WorkflowEvent> refuse(PublishedVersions versions, RefuseArtifact c) {
    if (!versions.digests().containsValue(c.artifactDigest())) {
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
