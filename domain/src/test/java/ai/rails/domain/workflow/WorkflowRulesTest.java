package ai.rails.domain.workflow;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.EnvironmentKind;
import ai.rails.domain.workflow.WorkflowCommand.ActivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.ApproveRelease;
import ai.rails.domain.workflow.WorkflowCommand.DeactivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.Place;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseApproved;
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
        new PublishWorkflow(
            "t1", "triage", "1.0.0", ONE, TWO, "key-1", "dana", List.of(place("dev")));
    List<WorkflowEvent> events = rules.decide(rules.initial(), at, NOON);
    var activated = new WorkflowActivated("triage", "dev", "1.0.0", ONE);
    assertThat(events).hasSize(2).last().isEqualTo(activated);
    PublishedVersions active = rules.evolve(published(), activated);
    assertThat(rules.decide(active, at, NOON)).isEmpty();
    assertThat(rules.decide(active, activate("dev", "1.0.0"), NOON)).isEmpty();
    assertThat(rules.decide(active, activate("test-eu", "1.0.0"), NOON))
        .containsExactly(new WorkflowActivated("triage", "test-eu", "1.0.0", ONE));
    assertThatThrownBy(() -> rules.decide(active, activate("dev", "9.0.0"), NOON))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("publish it first");

    var stop = new DeactivateWorkflow("t1", "triage", "dev");
    List<WorkflowEvent> stopped = rules.decide(active, stop, NOON);
    assertThat(stopped).containsExactly(new WorkflowDeactivated("triage", "dev", "1.0.0", ONE));
    assertThat(rules.decide(rules.evolve(active, stopped.getFirst()), stop, NOON)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"prod", "production", "live", "prod-eu", "developers"})
  void nothingRunsInProductionThatOnlyItsAuthorHasSeen(String environment) {
    PublishedVersions published = published();
    refused(published, activate(environment, "1.0.0"), Code.RELEASE_REQUIRED);
    refused(
        rules.initial(),
        new PublishWorkflow(
            "t1",
            "triage",
            "1.0.0",
            ONE,
            TWO,
            "key-1",
            "dana",
            List.of(place("dev"), place(environment))),
        Code.RELEASE_REQUIRED);
    refused(published, release(environment, "1.0.0", "dana"), Code.AUTHOR_MAY_NOT_APPROVE);
    refused(published, release(environment, "2.0.0", "erin"), Code.NOT_FOUND);

    List<WorkflowEvent> released =
        rules.decide(published, release(environment, "1.0.0", "erin"), NOON);

    assertThat(released)
        .containsExactly(new ReleaseApproved("triage", environment, "1.0.0", ONE, "dana", "erin"));
    PublishedVersions after = rules.evolve(published, released.getFirst());
    assertThat(rules.decide(after, release(environment, "1.0.0", "fred"), NOON)).isEmpty();
    assertThat(rules.decide(after, activate(environment, "1.0.0"), NOON))
        .containsExactly(new WorkflowActivated("triage", environment, "1.0.0", ONE));
    refused(after, activate(environment + "-2", "1.0.0"), Code.RELEASE_REQUIRED);
    PublishedVersions next =
        rules.evolve(after, rules.decide(after, publish("1.0.1", TWO), NOON).getFirst());
    refused(next, activate(environment, "1.0.1"), Code.RELEASE_REQUIRED);
  }

  @Test
  void whatWasDeclaredDecidesAndNotTheName() {
    PublishedVersions published = published();
    var strict = new ActivateWorkflow("t1", "triage", new Place("demo", true), "1.0.0");
    var loose = new ActivateWorkflow("t1", "triage", new Place("uat", false), "1.0.0");

    refused(published, strict, Code.RELEASE_REQUIRED);
    assertThat(rules.decide(published, loose, NOON))
        .containsExactly(new WorkflowActivated("triage", "uat", "1.0.0", ONE));
  }

  @Test
  void alteredVersionIsNotReleased() {
    PublishedVersions altered =
        rules.evolve(published(), new ArtifactRefused("triage", ONE, "DIGEST_DIFFERS"));
    refused(altered, release("prod", "1.0.0", "erin"), Code.ARTIFACT_ALTERED);
  }

  private void refused(PublishedVersions versions, WorkflowCommand command, Code code) {
    assertThatThrownBy(() -> rules.decide(versions, command, NOON))
        .isInstanceOfSatisfying(Refused.class, no -> assertThat(no.code()).isEqualTo(code));
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
    return new ActivateWorkflow("t1", "triage", place(environment), version);
  }

  /// As its name says.
  private static Place place(String environment) {
    return new Place(environment, EnvironmentKind.named(environment).needsRelease());
  }

  private static ApproveRelease release(String environment, String version, String by) {
    return new ApproveRelease("t1", "triage", environment, version, by);
  }

  private static PublishWorkflow publish(String version, String digest) {
    return new PublishWorkflow("t1", "triage", version, digest, TWO, "key-1", "dana", List.of());
  }
}
