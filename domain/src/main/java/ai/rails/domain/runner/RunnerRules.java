package ai.rails.domain.runner;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.runner.RunnerCommand.RegisterRunner;
import ai.rails.domain.runner.RunnerCommand.RevokeRunner;
import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;
import ai.rails.domain.runner.RunnerEvent.RunnerRevoked;

/// A runner's keys may be replaced, its environment never: instances and policy name it.
public final class RunnerRules implements Decider<RunnerCommand, Runner, RunnerEvent> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  @Override
  public Runner initial() {
    return Runner.NONE;
  }

  @Override
  public List<RunnerEvent> decide(Runner runner, RunnerCommand command, Instant now) {
    String name = requireName(command.runner());
    return switch (command) {
      case RegisterRunner c -> {
        check(runner, c.registered());
        yield runner.registered().equals(Optional.of(c.registered()))
            ? List.of()
            : List.of(c.registered());
      }
      case RevokeRunner _ -> {
        if (runner.environment().isEmpty()) {
          throw new Refused(Code.NOT_FOUND, "there is no runner %s".formatted(name));
        }
        yield runner.registered().isPresent() ? List.of(new RunnerRevoked(name)) : List.of();
      }
    };
  }

  @Override
  public Runner evolve(Runner runner, RunnerEvent event) {
    return switch (event) {
      case RunnerRegistered e -> new Runner(Optional.of(e), e.environment());
      case RunnerRevoked _ -> new Runner(Optional.empty(), runner.environment());
    };
  }

  private static void check(Runner runner, RunnerRegistered asked) {
    if (!SHA256.matcher(asked.tlsKeySha256()).matches()
        || !SHA256.matcher(asked.sealingKeySha256()).matches()) {
      throw new Refused(Code.INVALID, "hashes of a runner's keys are 64 hex digits");
    }
    if (!runner.environment().isEmpty() && !runner.environment().equals(asked.environment())) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "runner %s is for environment %s; choose another name"
              .formatted(asked.runner(), runner.environment()));
    }
  }

  /// @throws Refused if it is no name of a runner
  public static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new Refused(
          Code.INVALID, "a runner's name is 1 to 32 lower-case letters, digits or hyphens");
    }
    return name;
  }
}
