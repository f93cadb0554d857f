package ai.rails.app;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Exit;
import ai.rails.domain.checkpoint.KeyHistory;

/// `rails ledger rotate-key`: gives the cell's logs a new key. A running signer and witness take it
/// up by themselves; witnesses elsewhere need the new line until the overlap ends.
@Command(
    name = "rotate-key",
    description = "Sign the logs with a new key; the old one signs beside it for a while.",
    mixinStandardHelpOptions = true)
final class RotateKeyCommand implements Callable<Integer> {
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "When the new key begins to sign, 2027-01-01T00:00:00Z (default: now).")
  private @Nullable Instant from;

  @Option(
      names = "--overlap",
      paramLabel = "DURATION",
      defaultValue = "P7D",
      description = "How long both sign (default: ${DEFAULT-VALUE}).")
  private Duration overlap = Duration.ofDays(7);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (overlap.isNegative()) {
      throw new ParameterException(spec.commandLine(), "an overlap is not negative");
    }
    DataDirectory directory = data.directory();
    if (!java.nio.file.Files.exists(directory.effectiveProperties())) {
      throw new Unavailable(
          "there is no installation in %s; start it with: rails up".formatted(directory.root()));
    }
    EffectiveProperties effective = EffectiveProperties.load(directory.effectiveProperties());
    Instant begin = Optional.ofNullable(from).orElseGet(InstantSource.system()::instant);
    KeyHistory history =
        new LogTrust(directory.root(), effective.require("cell.domain"))
            .rotate(
                begin.getEpochSecond(),
                begin.plus(overlap).getEpochSecond(),
                effective.requireInt("witness.port"),
                new SecureRandom());
    PrintWriter out = spec.commandLine().getOut();
    out.println("logs " + history.newest().key());
    out.printf("signs from %s on, beside the old key until %s%n", begin, begin.plus(overlap));
    return Exit.OK;
  }
}
