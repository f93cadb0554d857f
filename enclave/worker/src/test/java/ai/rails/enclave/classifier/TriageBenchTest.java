package ai.rails.enclave.classifier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.enclave.gateway.SharedData;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TriageBenchTest {
  @TempDir private Path folder;

  @Test
  void trainsOnOneFoldAndMeasuresOnTheOther() throws IOException {
    // Given
    Path file = folder.resolve("tickets.csv");
    Files.writeString(file, "text,category,fold\n" + rows(1, 300, "train") + rows(2, 80, "valid"));
    // When
    TriageBench.Result result = TriageBench.run(file, Training.STANDARD, System::nanoTime);
    // Then
    assertThat(result.trainingTexts()).isEqualTo(300);
    assertThat(result.evaluation().total()).isEqualTo(80);
    assertThat(result.evaluation().accuracy())
        .isCloseTo(result.evaluation().correct() / 80.0, within(1e-9));
    assertThat(result.evaluation().correct()).isGreaterThan(70);
  }

  @Test
  void refusesAFileWithoutAFold() throws IOException {
    Path file = folder.resolve("tickets.csv");
    Files.writeString(file, "text,category,fold\n" + rows(1, 30, "train"));
    assertThatThrownBy(() -> TriageBench.run(file, Training.STANDARD, System::nanoTime))
        .hasMessageContaining("fold=valid");
  }

  /// Real tickets; the settings were chosen on a split of the training fold.
  @Test
  @Tag("slow")
  void reachesTheBarOnRealTickets() {
    // Given
    Path file = SharedData.file("data/itsm/it_service_tickets.csv");
    // When
    TriageBench.Result result = TriageBench.run(file, Training.STANDARD, System::nanoTime);
    // Then
    assertThat(result.evaluation().total()).isEqualTo(7_326);
    assertThat(result.evaluation().accuracy()).isGreaterThanOrEqualTo(0.845);
    assertThat(result.evaluation().macroF1()).isGreaterThanOrEqualTo(0.82);
    assertThat(result.evaluation().accuracyAt90()).isGreaterThanOrEqualTo(0.96);
    assertThat(result.evaluation().calibrationError()).isLessThan(0.02);
  }

  private static String rows(long seed, int count, String fold) {
    return SyntheticTickets.generate(seed, count).stream()
        .flatMap(each -> Stream.of("\"" + each.text() + "\"," + each.label() + "," + fold + "\n"))
        .collect(Collectors.joining());
  }
}
