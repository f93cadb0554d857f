package ai.rails.domain.workflow;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkflowRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String ONE = "sha256:" + "1".repeat(64);
  private static final String TWO = "sha256:" + "2".repeat(64);

  private final WorkflowRules rules = new WorkflowRules();

  @Test
  void versionIsPublishedOnceAndNeverChanged() {
    PublishedVersions published = published();
    assertThat(rules.decide(published, publish("1.0.0", ONE), NOON)).isEmpty();
    assertThat(rules.decide(published, publish("1.0.1", TWO), NOON)).hasSize(1);
    assertThatThrownBy(() -> rules.decide(published, publish("1.0.0", TWO), NOON))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("as a new version");
  }

  @Test
  void alteredArtifactIsNotedOnce() {
    PublishedVersions published = published();
    var refuse = new RefuseArtifact("t1", "triage", ONE, "DIGEST_DIFFERS");
    assertThat(rules.decide(published, refuse, NOON))
        .containsExactly(new ArtifactRefused("triage", ONE, "DIGEST_DIFFERS"));
    PublishedVersions refused =
        rules.evolve(published, new ArtifactRefused("triage", ONE, "DIGEST_DIFFERS"));
    assertThat(rules.decide(refused, refuse, NOON)).isEmpty();
    assertThatThrownBy(
            () -> rules.decide(published, new RefuseArtifact("t1", "triage", TWO, "X"), NOON))
        .isInstanceOf(Refused.class);
  }

  private PublishedVersions published() {
    return rules.evolve(
        rules.initial(), rules.decide(rules.initial(), publish("1.0.0", ONE), NOON).getFirst());
  }

  private static PublishWorkflow publish(String version, String digest) {
    return new PublishWorkflow("t1", "triage", version, digest, TWO, "key-1", "dana");
  }
}
