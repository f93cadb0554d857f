package ai.rails.app;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.EffectiveProperties;

/// `rails up`: starts everything and stays until it is told to stop.
@Command(
    name = "up",
    description = "Start the installation on this machine.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--detach",
      description = "Return when it is ready; it runs on in the background.")
  private boolean detach;

  @Spec private CommandSpec spec = CommandSpec.create();

  UpCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    DataDirectory directory = data.directory().create();
    if (detach) {
      return new Detached(directory, out, spec.commandLine().getErr()).start();
    }
    return run(directory, out);
  }

  private int run(DataDirectory directory, PrintWriter out) throws InterruptedException {
    try (LauncherLock lock = LauncherLock.take(directory)) {
      ChildProcess.endRecorded(directory.root())
          .forEach(name -> out.println("ended " + name + ", left by an earlier launcher"));
      Embedded embedded = Embedded.open(directory, InstantSource.system(), new SecureRandom());
      EffectiveProperties properties = embedded.properties();
      properties.write(directory.effectiveProperties());
      var launcher =
          Launcher.of(
              Plans.up(embedded, environment),
              line -> {
                out.println(line);
                out.flush();
              });
      var stopped = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(launcher, lock, stopped), "stop"));
      try (var _ = HealthEndpoint.start(properties.requireInt("launcher.port"), launcher)) {
        launcher.start(properties);
        out.println("stop with Ctrl-C, or: rails down --data " + directory.root());
        out.flush();
        stopped.await();
      }
    }
    return Exit.OK;
  }

  /// On SIGTERM and Ctrl-C, and after a failed start, which leaves nothing to stop.
  private static void stop(Launcher launcher, LauncherLock lock, CountDownLatch stopped) {
    launcher.close();
    lock.close(); // the JVM does not wait for the main thread to do it
    stopped.countDown();
  }
}
