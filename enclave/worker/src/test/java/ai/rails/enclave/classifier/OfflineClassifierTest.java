package ai.rails.enclave.classifier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class OfflineClassifierTest {
  private static final Path DEMO =
      Path.of(
          "../../app/standins/src/main/resources/ai/rails/standin/servicenow/synthetic-demo-incidents.json");

  @Test
  void givesTheSameModelForTheSameTextsAndSeed() {
    List<LabelledText> texts = SyntheticTickets.generate(3, 200);
    assertThat(OfflineClassifier.train(texts).id()).isEqualTo(OfflineClassifier.train(texts).id());
    assertThat(OfflineClassifier.train(texts).id())
        .isNotEqualTo(OfflineClassifier.train(texts, new Training(1, 2, 7, 0.2, 0)).id());
  }

  /// Workflows pin this id: it changes with the templates, the settings or the arithmetic, and then
  /// a release note must say so.
  @Test
  void shipsTheModelThatWorkflowsPin() {
    assertThat(OfflineClassifier.standard().id())
        .isEqualTo(
            "offline-classifier@sha256:996a3afe7993c4b4a7ce17fdedf89d60522d22ab1d633e3efd939c781f0b0fa6");
  }

  @Test
  void ranksEveryCategoryWithConfidencesThatAddUpToOne() {
    Classification said =
        OfflineClassifier.standard()
            .classify("My laptop does not start and the screen stays black.");
    assertThat(said.label()).isEqualTo("Hardware");
    assertThat(said.ranking())
        .hasSize(8)
        .first()
        .isEqualTo(new Ranked("Hardware", said.confidence()));
    assertThat(said.ranking().stream().mapToDouble(Ranked::confidence).sum())
        .isCloseTo(1.0, within(1e-9));
  }

  @Test
  void isNotSureOfATextThatItDoesNotUnderstand() {
    assertThat(OfflineClassifier.standard().classify("zzz qqq").confidence()).isLessThan(0.5);
    assertThat(OfflineClassifier.standard().classify("").confidence()).isLessThan(0.5);
  }

  @Test
  void refusesToLearnFromOneCategory() {
    assertThatThrownBy(() -> OfflineClassifier.train(List.of(new LabelledText("a text", "Access"))))
        .hasMessageContaining("at least two categories");
  }

  /// Both sets have the same author, so this shows that the shipped model works at all; it says
  /// nothing about real tickets.
  @Test
  void triagesTheDemoIncidentsWhichItNeverSaw() throws IOException {
    // Given
    Assumptions.assumeTrue(
        Files.exists(DEMO), "skipped: the demo incidents are in app/standins, which is not here");
    Set<String> trained = new HashSet<>();
    SyntheticTickets.training().forEach(each -> trained.add(each.text()));
    int correct = 0;
    JsonNode incidents =
        JsonMapper.builder().build().readTree(Files.readString(DEMO)).path("incidents");
    for (JsonNode each : incidents) {
      String description = each.path("description").asText();
      assertThat(trained)
          .noneMatch(text ->
              text.contains(description) || text.contains(each.path("short_description").asText()));
      // When
      Classification said =
          OfflineClassifier.standard()
              .classify(each.path("short_description").asText() + ". " + description);
      // Then
      correct += said.label().equals(each.path("expected_category").asText()) ? 1 : 0;
    }
    assertThat(incidents).hasSize(24);
    assertThat(correct).isGreaterThanOrEqualTo(21);
  }

  @Test
  void summarisesWithSentencesOfTheTextInTheirOrder() {
    String text =
        "Hi. The printer jams every page and reports error E-217. I like cake. Thank you. The shared folder vanished from drive S:.";
    Summary summary = OfflineClassifier.standard().summarise(text, 2);
    assertThat(summary.method()).isEqualTo("extractive");
    assertThat(summary.sentences()).hasSize(2).allMatch(text::contains);
    assertThat(summary.text()).contains("printer jams").doesNotContain("cake");
  }

  @Test
  void summarisesAnEmptyTextAsNothing() {
    assertThat(OfflineClassifier.standard().summarise(" \n ", 2).sentences()).isEmpty();
  }
}
