package ai.rails.command.policy;

import java.time.Duration;

/// What holds for all bundles of a cell.
///
/// @param env kind of installation, for example `dev` or `prod`; part of each signature's scope
/// @param lease how long a signature lasts; bundles are signed anew after a third of it
public record BundleSettings(String env, String cell, Duration lease) {
  /// Version of the Rego that this build carries (SemVer).
  public static final String POLICY_VERSION = "1.1.0";

  public BundleSettings {
    requireWord("env", env);
    requireWord("cell.id", cell);
    if (lease.compareTo(Duration.ofSeconds(90)) < 0) {
      throw new IllegalArgumentException(
          "the policy lease must be 90 s or longer, three times what a poll may take: " + lease);
    }
  }

  /// Fifteen minutes, as the decision point expects it.
  public static BundleSettings of(String env, String cell) {
    return new BundleSettings(env, cell, Duration.ofMinutes(15));
  }

  private static void requireWord(String name, String value) {
    if (!value.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException(
          "%s must be lower-case letters, digits and hyphens: %s".formatted(name, value));
    }
  }
}
