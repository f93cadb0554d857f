package ai.rails.app.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import ai.rails.app.verb.Caller;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.evidence.Trust;

/// Whose checkpoints to believe.
public final class PolicyOption {
  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Logs and witnesses to believe (C2SP tlog-policy); without it the installation's own.")
  private @Nullable Path file;

  /// Empty if none is given and there is no installation: then nothing signed can be checked.
  Optional<TlogPolicy> policy(Caller caller) {
    Path own = caller.data().resolve("trust").resolve(Trust.POLICY_FILE);
    Path chosen = Optional.ofNullable(file).orElse(own);
    if (file == null && Files.notExists(own)) {
      caller.err().println("rails: no --policy: signatures are NOT checked");
      return Optional.empty();
    }
    try {
      return Optional.of(TlogPolicy.parse(Files.readString(chosen, StandardCharsets.UTF_8)));
    } catch (IOException | IllegalArgumentException e) {
      throw caller.usage("%s is no policy: %s".formatted(chosen, e.getMessage()));
    }
  }
}
