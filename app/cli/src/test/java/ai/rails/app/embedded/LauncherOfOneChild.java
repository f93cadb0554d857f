package ai.rails.app.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A launcher to be killed: it starts one child that never reads its stdin.
final class LauncherOfOneChild {
  private LauncherOfOneChild() {}

  public static void main(String[] arguments) throws InterruptedException {
    ChildProcess.start(
        Path.of(arguments[0]),
        new ChildProcess.Command("tail", List.of("tail", "-f", "/dev/null"), Map.of()));
    Thread.currentThread().join();
  }
}
