package ai.rails.domain.runner;

import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;

/// What administrators do with a runner.
public sealed interface RunnerCommand {
  String tenant();

  /// Its name in the workspace.
  String runner();

  /// Lets a runner take calls, with these keys and no others; asked again, with other keys.
  ///
  /// @param registered what its verified card says
  record RegisterRunner(String tenant, RunnerRegistered registered) implements RunnerCommand {
    @Override
    public String runner() {
      return registered.runner();
    }
  }

  /// Lets it take no more.
  record RevokeRunner(String tenant, String runner) implements RunnerCommand {}
}
