package ai.rails.app.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.LINUX)
class ProcessFiguresTest {
  private static final long OWN = ProcessHandle.current().pid();

  @Test
  void thisProcessHasMemoryAndHasUsedProcessors() throws Exception {
    ProcessFigures figures = ProcessFigures.of(OWN);

    assertThat(figures.processes()).isEqualTo(1);
    assertThat(figures.rssMegabytes()).isBetween(10.0, 10_000.0);
    assertThat(figures.pssMegabytes()).isPositive().isLessThan(figures.rssMegabytes() * 1.2);
    assertThat(figures.cpuSeconds()).isPositive();
    assertThat(Files.readString(Path.of("/proc/self/status"))).contains("VmRSS");
  }

  @Test
  void aTreeHasItsChildrenAndEachOfThemOnce() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      ProcessFigures tree = ProcessFigures.ofTrees(List.of(OWN, child.pid())).orElseThrow();

      assertThat(tree.processes()).isGreaterThanOrEqualTo(2);
      assertThat(tree.rssMegabytes()).isGreaterThan(ProcessFigures.of(child.pid()).rssMegabytes());
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void aProcessThatHasEndedIsNothing() throws Exception {
    Process child = new ProcessBuilder("true").start();
    child.waitFor();

    assertThat(ProcessFigures.of(child.pid())).isEqualTo(ProcessFigures.NONE);
  }
}
