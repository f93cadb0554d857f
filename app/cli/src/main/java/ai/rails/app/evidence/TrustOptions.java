package ai.rails.app.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import ai.rails.platform.evidence.Trust;

/// Whom to believe: files that came by another way than the bundle.
final class TrustOptions {
  @Option(
      names = "--trust",
      paramLabel = "DIR",
      description =
          "Directory with witnesses.policy, log.vkey, evidence.pub, tsa-root.pem (each optional).")
  private @Nullable Path directory;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "Logs and witnesses to believe (C2SP tlog-policy).")
  private @Nullable Path policy;

  @Option(names = "--log", paramLabel = "FILE", description = "Keys of logs (vkey, one a line).")
  private @Nullable Path log;

  @Option(names = "--key", paramLabel = "FILE", description = "Keys that sign bundles (PEM).")
  private @Nullable Path key;

  @Option(
      names = "--tsa",
      paramLabel = "FILE",
      description = "Roots of time stamp authorities (PEM).")
  private @Nullable Path tsa;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}",
      description =
          "Without the options above: an installation whose own keys are believed"
              + " (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /// @param source where the keys came from, for the reader of the verdict
  record Believed(Trust trust, String source) {}

  /// @throws ParameterException if a file is missing or is not what it should be
  Believed believed() {
    boolean files = Stream.of(policy, log, key, tsa).anyMatch(file -> file != null);
    if (directory != null && files) {
      throw usage("give --trust, or single files, not both");
    }
    try {
      if (files) {
        return new Believed(
            Trust.files(present(policy), present(log), present(key), present(tsa)),
            "the files given");
      }
      Path own = data.resolve("trust");
      if (directory != null) {
        if (!Files.isDirectory(directory)) {
          throw usage("there is no directory " + directory);
        }
        return new Believed(Trust.directory(directory), directory.toString());
      }
      return Files.isDirectory(own)
          ? new Believed(Trust.directory(own), own + ", this installation's own keys")
          : new Believed(Trust.NONE, "nowhere: give --trust DIR");
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw usage("cannot read the files to believe: " + e.getMessage());
    }
  }

  private Optional<Path> present(@Nullable Path file) {
    if (file != null && !Files.isRegularFile(file)) {
      throw usage("there is no file " + file);
    }
    return Optional.ofNullable(file);
  }

  private ParameterException usage(String message) {
    return new ParameterException(
        Optional.ofNullable(spec.commandLine()).orElseGet(() -> new CommandLine(spec)), message);
  }
}
