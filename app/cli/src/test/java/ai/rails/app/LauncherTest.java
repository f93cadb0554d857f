package ai.rails.app;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class LauncherTest {
  @TempDir Path directory;
  private final List<String> log = new CopyOnWriteArrayList<>();

  @Test
  void stagesStopInReverse() {
    Launcher launcher = launcher(stage("a"), stage("b"));

    launcher.start(EffectiveProperties.empty());
    launcher.close();

    assertThat(log).containsExactly("start a", "start b", "stop b", "stop a");
  }

  @Test
  void whenAStageFailsThoseBeforeItAreStoppedAndItsErrorIsTold() {
    Launcher launcher = launcher(stage("a"), failing("b"), stage("c"));

    assertThatThrownBy(() -> launcher.start(EffectiveProperties.empty()))
        .isInstanceOf(Unavailable.class)
        .hasMessage("b is broken");
    assertThat(log).containsExactly("start a", "start b", "stop a");
  }

  @Test
  void itIsReadyOnlyWhenAllStarted() {
    Launcher launcher = launcher(stage("a"));
    assertThat(Installation.of(launcher).ready()).isFalse();

    launcher.start(EffectiveProperties.empty());

    assertThat(Installation.of(launcher).healthy()).isTrue();
  }

  @Test
  void aSecondLauncherOnTheSameDirectoryIsRefusedWithThePid() {
    DataDirectory data = DataDirectory.of(directory);
    try (LauncherLock _ = LauncherLock.take(data)) {
      assertThatThrownBy(() -> LauncherLock.take(data))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()))
          .hasMessageContaining("rails down");
    }
    LauncherLock.take(data).close();
  }

  private static Launcher launcher(Stage... stages) {
    return Launcher.of(new Launcher.Plan(List.of(), List.of(stages)), _ -> {});
  }

  private Stage stage(String name) {
    return new Recorded(name, false);
  }

  private Stage failing(String name) {
    return new Recorded(name, true);
  }

  private final class Recorded implements Stage {
    private final String name;
    private final boolean broken;

    Recorded(String name, boolean broken) {
      this.name = name;
      this.broken = broken;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void start(EffectiveProperties properties) {
      log.add("start " + name);
      if (broken) {
        throw new Unavailable(name + " is broken");
      }
    }

    @Override
    public void stop() {
      log.add("stop " + name);
    }

    @Override
    public String health() {
      return "up";
    }
  }
}
