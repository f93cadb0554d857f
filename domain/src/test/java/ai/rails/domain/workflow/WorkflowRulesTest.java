package ai.rails.domain.workflow;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.workflow.WorkflowCommand.ActivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.DeactivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowActivated;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowDeactivated;

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
  void activationIsAnEventOfItsOwnAndHappensOnce() {
    var at =
        new PublishWorkflow("t1", "triage", "1.0.0", ONE, TWO, "key-1", "dana", List.of("dev"));
    List<WorkflowEvent> events = rules.decide(rules.initial(), at, NOON);
    var activated = new WorkflowActivated("triage", "dev", "1.0.0", ONE);
    assertThat(events).hasSize(2).last().isEqualTo(activated);
    PublishedVersions active = rules.evolve(published(), activated);
    assertThat(rules.decide(active, at, NOON)).isEmpty();
    assertThat(rules.decide(active, activate("dev", "1.0.0"), NOON)).isEmpty();
    assertThat(rules.decide(active, activate("prod", "1.0.0"), NOON))
        .containsExactly(new WorkflowActivated("triage", "prod", "1.0.0", ONE));
    assertThatThrownBy(() -> rules.decide(active, activate("dev", "9.0.0"), NOON))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("publish it first");

    var stop = new DeactivateWorkflow("t1", "triage", "dev");
    List<WorkflowEvent> stopped = rules.decide(active, stop, NOON);
    assertThat(stopped).containsExactly(new WorkflowDeactivated("triage", "dev", "1.0.0", ONE));
    assertThat(rules.decide(rules.evolve(active, stopped.getFirst()), stop, NOON)).isEmpty();
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

  private static ActivateWorkflow activate(String environment, String version) {
    return new ActivateWorkflow("t1", "triage", environment, version);
  }

  private static PublishWorkflow publish(String version, String digest) {
    return new PublishWorkflow("t1", "triage", version, digest, TWO, "key-1", "dana", List.of());
  }
}
