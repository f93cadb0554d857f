package ai.rails.app.bench.once;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.app.bench.Figures;

/// The result, over all sittings of its state directory.
///
/// @param bound95 with no failure in n calls, fewer than 3/n fail, at 95 %
/// @param unresolved calls without an end, and runs without one
/// @param ledgerEqual whether ledger and event store were recomputed and equal at the end
public record OnceFigures(
    String benchmark,
    int calls,
    int kills,
    int duplicateEffects,
    int lostEffects,
    int unledgeredEffects,
    int unresolved,
    boolean ledgerEqual,
    double bound95,
    int effects,
    int intents,
    int ambiguous,
    int adopted,
    long faults,
    int resolvedByPeople,
    int deadLettersRetried,
    int sittings,
    double seconds,
    Map<String, Integer> killsByTarget,
    Map<String, Accounts.ByClass> classes)
    implements Figures {
  static OnceFigures of(Accounts accounts, Sitting all, int openRuns, boolean ledgerEqual) {
    TreeMap<String, Integer> byTarget = new TreeMap<>();
    all.kills().forEach((target, count) -> byTarget.put(target.name(), count));
    return new OnceFigures(
        "once",
        accounts.calls(),
        byTarget.values().stream().mapToInt(Integer::intValue).sum(),
        accounts.duplicateEffects(),
        accounts.lostEffects(),
        accounts.unledgeredEffects(),
        accounts.unresolved() + openRuns,
        ledgerEqual,
        3.0 / Math.max(1, accounts.calls()),
        accounts.effects(),
        accounts.intents(),
        accounts.ambiguous(),
        accounts.adopted(),
        all.faults(),
        all.people(),
        all.retried(),
        all.sittings(),
        all.seconds(),
        byTarget,
        accounts.classes());
  }

  /// Whether every claim held.
  @Override
  public boolean holds() {
    return duplicateEffects + lostEffects + unledgeredEffects + unresolved == 0 && ledgerEqual;
  }

  @Override
  public void print(PrintStream out) {
    out.printf("%s calls in %s attempts, %s kills %s%n", calls, intents, kills, killsByTarget);
    out.printf("class  calls  attempts  ambiguous  effects  duplicates  lost%n");
    classes.forEach((klass, of) ->
        out.printf(
            "%-5s  %5s  %8s  %9s  %7s  %10s  %4s%n",
            klass,
            of.calls(),
            of.intents(),
            of.ambiguous(),
            of.effects(),
            of.duplicateEffects(),
            of.lostEffects()));
    out.printf(
        "effects without an intent in the ledger: %s; without an end: %s; ledger equal: %s%n",
        unledgeredEffects, unresolved, ledgerEqual);
    out.printf(
        "a person decided %s times; no failure in %s calls bounds the rate below %s (95 %%)%n",
        resolvedByPeople, calls, bound95);
  }
}
