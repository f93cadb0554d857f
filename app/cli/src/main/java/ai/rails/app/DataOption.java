package ai.rails.app;

import java.nio.file.Path;

import picocli.CommandLine.Option;

/// `--data`, the same for every verb that needs an installation.
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}",
      description = "Where the installation lives (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of("data");

  DataDirectory directory() {
    return DataDirectory.of(directory);
  }
}
