package ai.rails.app.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Files that were named on the command line.
final class Sources {
  private Sources() {}

  /// @throws ParameterException if it can not be read as UTF-8 text
  static String read(CommandSpec spec, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      throw new ParameterException(
          spec.commandLine(),
          Files.exists(file)
              ? "%s can not be read as UTF-8 text".formatted(file)
              : "there is no file %s".formatted(file));
    }
  }
}
