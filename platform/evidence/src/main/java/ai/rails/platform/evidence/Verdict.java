package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a verifier found out. Immutable.
///
/// @param checks that were made, in order
/// @param failures what is wrong, each with where and why
/// @param warnings what holds and should still be known
/// @param notVerified what nobody should read into the verdict
/// @param about what the bundle says to be evidence of, if its statement could be read
public record Verdict(
    List<Finding> checks,
    List<Failure> failures,
    List<String> warnings,
    List<String> notVerified,
    Optional<About> about) {
  public Verdict {
    checks = List.copyOf(checks);
    failures = List.copyOf(failures);
    warnings = List.copyOf(warnings);
    notVerified = List.copyOf(notVerified);
  }

  /// How a check, or a group of checks, ended.
  public enum Outcome {
    PASS,
    FAIL,
    /// It could not be told: a key is missing, or a check before it failed.
    UNKNOWN
  }

  /// @param detail what was found
  public record Finding(Check check, Outcome outcome, String detail) {}

  /// @param where the file or entry; empty if it is the whole
  public record Failure(Check check, String where, String reason) {
    @Override
    public String toString() {
      return "%s: %s%s".formatted(check.label(), where.isEmpty() ? "" : where + ": ", reason);
    }
  }

  /// @param id of the bundle
  /// @param scope kind and ids
  /// @param checkpointTime when witnesses saw the checkpoint, Unix seconds
  public record About(
      String id,
      Map<String, Object> scope,
      String origin,
      long size,
      long entries,
      String signer,
      Optional<Long> checkpointTime) {
    public About {
      scope = new LinkedHashMap<>(scope);
    }
  }

  /// Whether everything holds. Then, and only then, an exit code is 0.
  public boolean verified() {
    return failures.isEmpty()
        && checks.stream().allMatch(finding -> finding.outcome == Outcome.PASS);
  }

  public Outcome outcome(Check.Group group) {
    List<Outcome> outcomes =
        checks.stream()
            .filter(finding -> finding.check.group() == group)
            .map(Finding::outcome)
            .toList();
    if (outcomes.contains(Outcome.FAIL)) {
      return Outcome.FAIL;
    }
    return outcomes.isEmpty() || outcomes.contains(Outcome.UNKNOWN)
        ? Outcome.UNKNOWN
        : Outcome.PASS;
  }

  /// The verdict as maps and lists, with names that stay.
  public Map<String, Object> tree() {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("verified", verified());
    for (Check.Group group : Check.Group.values()) {
      tree.put(group.label(), outcome(group).name());
    }
    var checkTrees = new ArrayList<Map<String, Object>>();
    checks.forEach(finding -> checkTrees.add(tree(finding)));
    tree.put("checks", checkTrees);
    var failureTrees = new ArrayList<Map<String, Object>>();
    failures.forEach(failure -> failureTrees.add(tree(failure)));
    tree.put("failures", failureTrees);
    tree.put("warnings", warnings);
    tree.put("notVerified", notVerified);
    about.ifPresent(what -> tree.put("bundle", tree(what)));
    return tree;
  }

  private static Map<String, Object> tree(Finding finding) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("group", finding.check.group().label());
    tree.put("check", finding.check.label());
    tree.put("outcome", finding.outcome.name());
    tree.put("detail", finding.detail);
    return tree;
  }

  private static Map<String, Object> tree(Failure failure) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("check", failure.check.label());
    tree.put("where", failure.where);
    tree.put("reason", failure.reason);
    return tree;
  }

  private static Map<String, Object> tree(About about) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("id", about.id);
    tree.put("scope", about.scope);
    tree.put("origin", about.origin);
    tree.put("size", about.size);
    tree.put("entries", about.entries);
    tree.put("signer", about.signer);
    about.checkpointTime.ifPresent(time -> tree.put("checkpointTime", time));
    return tree;
  }
}
