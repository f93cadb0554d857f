package ai.rails.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class JournalTest {
  @TempDir private Path folder;

  @Test
  void countsOnAfterAReopen() {
    Path file = folder.resolve("journal.jsonl");
    try (Journal journal = Journal.open(file, new MovableClock())) {
      journal.effect("posted", Json.object().put("n", 1));
    }
    try (Journal journal = Journal.open(file, new MovableClock())) {
      journal.effect("posted", Json.object().put("n", 2));
      assertThat(journal.effects("posted")).isEqualTo(2);
      assertThat(journal.entries())
          .extracting(entry -> entry.path("seq").asLong())
          .containsExactly(0L, 1L);
    }
  }

  @Test
  void cutsOffALineThatACrashLeftUnfinished() throws IOException {
    Path file = folder.resolve("journal.jsonl");
    try (Journal journal = Journal.open(file, new MovableClock())) {
      journal.effect("posted", Json.object());
    }
    Files.writeString(file, "{\"seq\":1,\"outc", StandardOpenOption.APPEND);
    try (Journal journal = Journal.open(file, new MovableClock())) {
      journal.effect("posted", Json.object());
      assertThat(journal.entries()).hasSize(2);
    }
  }
}
