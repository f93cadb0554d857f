package ai.rails.app;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.EffectiveProperties;

/// One started installation in this process: locked, launched, and stopped once, whoever asks
/// first.
final class Session implements AutoCloseable {
  private final LauncherLock lock;
  private final Launcher launcher;
  private final Optional<Plans.Installed> installed;
  private final EffectiveProperties properties;
  private final HealthEndpoint health;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Session(
      LauncherLock lock,
      Launcher launcher,
      Optional<Plans.Installed> installed,
      EffectiveProperties properties,
      HealthEndpoint health) {
    this.lock = lock;
    this.launcher = launcher;
    this.installed = installed;
    this.properties = properties;
    this.health = health;
  }

  /// Starts everything and returns when it is ready.
  ///
  /// @throws ai.rails.app.embedded.Unavailable when another launcher has the directory, or a part
  ///   does not start
  static Session start(
      DataDirectory directory, Map<String, String> environment, Consumer<String> progress) {
    return start(directory, Elsewhere.NOTHING, environment, progress);
  }

  /// @param elsewhere servers that are not started here
  static Session start(
      DataDirectory directory,
      Elsewhere elsewhere,
      Map<String, String> environment,
      Consumer<String> progress) {
    return launched(
        directory,
        elsewhere,
        progress,
        embedded -> {
          Plans.Installed installed = Plans.everything(embedded, environment);
          return new Planned(installed.plan(), Optional.of(installed));
        });
  }

  /// Starts servers alone, for an installation that another process starts.
  static Session servers(
      DataDirectory directory,
      Predicate<Stage> wanted,
      Map<String, String> environment,
      Consumer<String> progress) {
    return launched(
        directory,
        Elsewhere.NOTHING,
        progress,
        embedded -> {
          List<Stage> servers =
              Plans.servers(embedded, environment).stream().filter(wanted).toList();
          return new Planned(new Launcher.Plan(servers, List.of()), Optional.empty());
        });
  }

  private record Planned(Launcher.Plan plan, Optional<Plans.Installed> installed) {}

  private static Session launched(
      DataDirectory directory,
      Elsewhere elsewhere,
      Consumer<String> progress,
      Function<Embedded, Planned> planning) {
    LauncherLock lock = LauncherLock.take(directory);
    try {
      ChildProcess.endRecorded(directory.root())
          .forEach(name -> progress.accept("ended " + name + ", left by an earlier launcher"));
      Embedded embedded =
          Embedded.open(directory, elsewhere, InstantSource.system(), new SecureRandom());
      EffectiveProperties properties = embedded.properties();
      properties.write(directory.effectiveProperties());
      Planned planned = planning.apply(embedded);
      Launcher launcher = Launcher.of(planned.plan(), progress);
      Session session =
          new Session(
              lock,
              launcher,
              planned.installed(),
              properties,
              HealthEndpoint.start(properties.requireInt("launcher.port"), launcher));
      Runtime.getRuntime().addShutdownHook(new Thread(session::close, "stop"));
      session.launch();
      return session;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void launch() {
    try {
      launcher.start(properties);
    } catch (RuntimeException e) {
      health.close();
      throw e;
    }
  }

  Plans.Installed installed() {
    return installed.orElseThrow(() -> new IllegalStateException("only servers were started"));
  }

  EffectiveProperties properties() {
    return properties;
  }

  double readyAfterSeconds() {
    return launcher.readyAfterSeconds();
  }

  Installation standing() {
    return Installation.of(launcher);
  }

  /// Returns when somebody has stopped it.
  void await() throws InterruptedException {
    stopped.await();
  }

  /// Stops everything in reverse. On SIGTERM the JVM does not wait for the main thread, so the hook
  /// does this too.
  @Override
  public synchronized void close() {
    if (stopped.getCount() > 0) {
      launcher.close();
      health.close();
      lock.close();
      stopped.countDown();
    }
  }
}
