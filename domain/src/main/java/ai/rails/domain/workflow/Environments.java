package ai.rails.domain.workflow;

import java.util.Set;

/// Which environments are only tried in. Every other one is production, whatever it is called: a
/// name that nobody thought of demands a second person rather than none.
public final class Environments {
  private static final Set<String> TRIALS =
      Set.of("dev", "test", "qa", "staging", "demo", "sandbox");

  private Environments() {}

  /// Whether a version runs there only after a release. `test-eu` is as much of a trial as `test`.
  public static boolean needsRelease(String environment) {
    int hyphen = environment.indexOf('-');
    return !TRIALS.contains(hyphen < 0 ? environment : environment.substring(0, hyphen));
  }
}
