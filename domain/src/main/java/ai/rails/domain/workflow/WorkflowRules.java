package ai.rails.domain.workflow;

import java.time.Instant;
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
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
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
      case RefuseArtifact c -> refuse(versions, c);
    };
  }

  @Override
  public PublishedVersions evolve(PublishedVersions versions, WorkflowEvent event) {
    return switch (event) {
      case WorkflowPublished e -> {
        Map<String, String> digests = new HashMap<>(versions.digests());
        digests.put(e.version(), e.artifactDigest());
        yield new PublishedVersions(digests, versions.refused());
      }
      case ArtifactRefused e -> {
        Set<String> refused = new HashSet<>(versions.refused());
        refused.add(e.artifactDigest());
        yield new PublishedVersions(versions.digests(), refused);
      }
    };
  }

  private static List<WorkflowEvent> publish(PublishedVersions versions, PublishWorkflow c) {
    Limits.requireId("workflow", c.workflow());
    Limits.requireId("version", c.version());
    requireDigest("artifact", c.artifactDigest());
    requireDigest("manifest", c.manifestDigest());
    String there = versions.digests().get(c.version());
    if (c.artifactDigest().equals(there)) {
      return List.of();
    }
    if (there != null) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "version %s of workflow %s is published as %s; publish the change as a new version"
              .formatted(c.version(), c.workflow(), there));
    }
    return List.of(
        new WorkflowPublished(
            c.workflow(),
            c.version(),
            c.artifactDigest(),
            c.manifestDigest(),
            c.signingKeyId(),
            c.author()));
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
