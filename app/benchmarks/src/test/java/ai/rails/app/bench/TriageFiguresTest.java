package ai.rails.app.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TriageFiguresTest {
  private static final String SPLIT =
      """
      text,category,fold
      printer jam paper,hardware,train
      printer toner paper,hardware,train
      printer broken tray,hardware,train
      password reset login,access,train
      password login locked,access,train
      printer paper,hardware,valid
      password login,access,valid
      """;
  private static final String OTHERS =
      """
      text,category
      password locked,access
      printer toner,hardware
      password reset,access
      """;

  @TempDir private Path folder;

  @Test
  void oneFileIsLearntFromItsTrainingFoldAndJudgedOnTheRest() throws Exception {
    TriageFigures figures = TriageFigures.measure(split(), Optional.empty(), new Ticks()::next);

    assertThat(figures.trainingTexts()).isEqualTo(5);
    assertThat(figures.total()).isEqualTo(2);
    assertThat(figures.correct()).isEqualTo(2);
    assertThat(figures.accuracy()).isEqualTo(1);
    assertThat(figures.baseline()).isEqualTo(0.5);
    assertThat(figures.seconds()).isEqualTo(2);
  }

  @Test
  void aSecondFileIsJudgedWhole() throws Exception {
    Path others = Files.writeString(folder.resolve("others.csv"), OTHERS);

    TriageFigures figures = TriageFigures.measure(split(), Optional.of(others), new Ticks()::next);

    assertThat(figures.trainingTexts()).isEqualTo(7);
    assertThat(figures.total()).isEqualTo(3);
  }

  @Test
  void aFileWithoutTheColumnsIsRefusedByName() throws Exception {
    Path file = Files.writeString(folder.resolve("odd.csv"), "text,label\na,b\n");

    assertThatThrownBy(() -> TriageFigures.measure(file, Optional.of(file), System::nanoTime))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("has no column category");
  }

  private Path split() throws Exception {
    return Files.writeString(folder.resolve("split.csv"), SPLIT);
  }

  /// A clock that goes on by a second each time it is read.
  private static final class Ticks {
    private long seconds;

    long next() {
      return seconds++ * 1_000_000_000L;
    }
  }
}
