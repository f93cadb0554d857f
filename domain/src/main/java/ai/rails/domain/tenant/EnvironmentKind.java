package ai.rails.domain.tenant;

import java.util.Set;

/// What an environment is for.
public enum EnvironmentKind {
  DEVELOPMENT,
  STAGING,
  /// A version runs there only after somebody who is not its author released it.
  PRODUCTION;

  private static final Set<String> TRIALS = Set.of("dev", "test", "qa", "demo", "sandbox");

  public boolean needsRelease() {
    return this == PRODUCTION;
  }

  /// What an environment counts as that nobody declared. `test-eu` is as much of a trial as `test`;
  /// a name that nobody thought of demands a second person rather than none.
  public static EnvironmentKind named(String environment) {
    int hyphen = environment.indexOf('-');
    String word = hyphen < 0 ? environment : environment.substring(0, hyphen);
    if (word.equals("staging")) {
      return STAGING;
    }
    return TRIALS.contains(word) ? DEVELOPMENT : PRODUCTION;
  }
}
