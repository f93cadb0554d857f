package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Collects a verdict. One thread.
final class Findings {
  private static final int REASON_MAX = 500;

  private final List<Verdict.Finding> checks = new ArrayList<>();
  private final List<Verdict.Failure> failures = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notVerified = new ArrayList<>();

  /// What a check does.
  @FunctionalInterface
  interface Step<T> {
    T check();
  }

  /// Makes a check. Whatever a bundle makes it throw is a refusal.
  ///
  /// @return empty if it failed
  <T> Optional<T> make(Check check, Step<T> step) {
    try {
      return Optional.of(step.check());
    } catch (Refused e) {
      fail(check, e.where(), e.reason());
    } catch (IllegalArgumentException e) {
      fail(check, "", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      fail(check, "", "the verifier cannot make sense of it: " + e.getClass().getSimpleName());
    }
    return Optional.empty();
  }

  void pass(Check check, String detail) {
    checks.add(new Verdict.Finding(check, Verdict.Outcome.PASS, detail));
  }

  void unknown(Check check, String detail) {
    checks.add(new Verdict.Finding(check, Verdict.Outcome.UNKNOWN, detail));
  }

  void fail(Check check, String where, String reason) {
    String plain = plain(reason);
    failures.add(new Verdict.Failure(check, plain(where), plain));
    checks.add(new Verdict.Finding(check, Verdict.Outcome.FAIL, plain));
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  void notVerified(String what) {
    notVerified.add(what);
  }

  Verdict verdict(Optional<Verdict.About> about) {
    return new Verdict(checks, failures, warnings, notVerified, about);
  }

  /// What a bundle says may not move the cursor of who reads about it.
  private static String plain(String text) {
    String cut = text.length() > REASON_MAX ? text.substring(0, REASON_MAX) + "..." : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
