package ai.rails.command.policy;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.rails.platform.http.Problem;

/// The version of a bundle's content (SemVer). Which part of it must rise is not for its author to
/// say: a replay of recorded decisions says it.
record PolicyVersion(int major, int minor, int patch) implements Comparable<PolicyVersion> {
  /// Before the first draft.
  static final PolicyVersion FIRST = new PolicyVersion(1, 0, 0);

  private static final Pattern FORM =
      Pattern.compile("(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})");

  /// What a replay shows, from least to most.
  enum Change {
    /// No recorded decision would have had another effect.
    PATCH,
    /// Some would, and all that was allowed still is.
    MINOR,
    /// Something that was allowed no longer is, or needs somebody.
    MAJOR
  }

  /// @throws Problem with 422
  static PolicyVersion parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw Problem.invalid("a policy's version is three numbers, such as 1.2.0");
    }
    return new PolicyVersion(
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        Integer.parseInt(parts.group(3)));
  }

  /// The least version that content with this change may have.
  PolicyVersion next(Change change) {
    return switch (change) {
      case PATCH -> new PolicyVersion(major, minor, patch + 1);
      case MINOR -> new PolicyVersion(major, minor + 1, 0);
      case MAJOR -> new PolicyVersion(major + 1, 0, 0);
    };
  }

  /// @throws Problem with 409 if a version says less of a change than a replay does
  PolicyVersion requireEnough(Change change, PolicyVersion declared) {
    PolicyVersion least = next(change);
    if (declared.compareTo(least) < 0) {
      throw new Problem(
          409,
          "SEMVER",
          "the replay says %s: after %s that is version %s or later, not %s; draft it anew"
              .formatted(change, this, least, declared));
    }
    return declared;
  }

  @Override
  public int compareTo(PolicyVersion other) {
    return Comparator.comparingInt(PolicyVersion::major)
        .thenComparingInt(PolicyVersion::minor)
        .thenComparingInt(PolicyVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return "%s.%s.%s".formatted(major, minor, patch);
  }
}
