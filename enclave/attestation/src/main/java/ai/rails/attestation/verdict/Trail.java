package ai.rails.attestation.verdict;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// Records the checks of one verification. A step passes when the next one begins or the
/// verification ends well. One owner, one thread.
public final class Trail {
  private record Step(Component component, String what) {}

  private final List<Check> checks = new ArrayList<>();
  private @Nullable Step open;

  public void begin(Component component, String what) {
    close(Check.Outcome.PASSED, "");
    open = new Step(component, what);
  }

  public void skipped(Component component, String what, String why) {
    close(Check.Outcome.PASSED, "");
    checks.add(new Check(component, what, Check.Outcome.SKIPPED, why));
  }

  public void require(boolean holds, Reason reason, String otherwise) throws Refused {
    if (!holds) {
      throw refused(reason, otherwise);
    }
  }

  /// The end of this verification, to throw.
  public Refused refused(Reason reason, String detail) {
    Step step = open;
    if (step == null) {
      throw new IllegalStateException("a refusal belongs to a step");
    }
    close(Check.Outcome.FAILED, detail);
    return new Refused(reason, step.component(), detail);
  }

  /// All steps, the last one closed.
  public List<Check> checks() {
    close(Check.Outcome.PASSED, "");
    return List.copyOf(checks);
  }

  private void close(Check.Outcome outcome, String detail) {
    Step step = open;
    if (step != null) {
      checks.add(new Check(step.component(), step.what(), outcome, detail));
      open = null;
    }
  }
}
