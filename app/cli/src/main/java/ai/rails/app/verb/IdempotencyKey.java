package ai.rails.app.verb;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The idempotency key that a person chose.
public final class IdempotencyKey {
  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "The same key and request give the same answer, once more.")
  private @Nullable String key;

  public Optional<String> chosen() {
    return Optional.ofNullable(key);
  }
}
