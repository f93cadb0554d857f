package ai.rails.app;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.EffectiveProperties;

/// A Java process of our own, started from a properties file of its own: it holds what this process
/// needs and no secret of another.
final class ChildStage implements Stage {
  private final String name;
  private final Path data;
  private final String mainClass;
  private final Path file;
  private final java.util.function.Function<EffectiveProperties, Map<String, String>> settings;
  private volatile @Nullable ChildProcess process;

  /// @param settings what goes into its properties file
  ChildStage(
      String name,
      Path data,
      String mainClass,
      java.util.function.Function<EffectiveProperties, Map<String, String>> settings) {
    this.name = name;
    this.data = data;
    this.mainClass = mainClass;
    this.file = data.resolve("run").resolve(name + ".properties");
    this.settings = settings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start(EffectiveProperties properties) {
    new EffectiveProperties(new TreeMap<>(settings.apply(properties))).write(file);
    process =
        ChildProcess.start(
            data, new ChildProcess.Command(name, java(mainClass, file, 192), Map.of()));
  }

  /// The command line of a child of ours, on our own class path.
  static List<String> java(String mainClass, Path file, int heapMegabytes) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(classArchive());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xlog:disable",
            "-Xmx" + heapMegabytes + "m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            mainClass,
            file.toString(),
            "--exit-with-parent"));
    return List.copyOf(command);
  }

  /// The launcher's own archive of classes: a child has the same class path.
  private static List<String> classArchive() {
    String option = "-XX:SharedArchiveFile=";
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith(option))
        .filter(argument -> Files.exists(Path.of(argument.substring(option.length()))))
        .toList();
  }

  @Override
  public void stop() {
    ChildProcess running = process;
    if (running != null) {
      running.close();
      process = null;
    }
  }

  @Override
  public String health() {
    ChildProcess running = process;
    return running == null ? "down: not started" : running.health();
  }
}
