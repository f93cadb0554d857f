package ai.rails.attestation.verdict;

/// One step of a verification, in the order taken. A refused verification ends with the step that
/// failed; what would have come after it was not looked at.
///
/// @param detail what was found; empty when there is nothing to add
public record Check(Component component, String what, Outcome outcome, String detail) {
  /// How a step ended.
  public enum Outcome {
    PASSED,
    FAILED,
    /// Not possible with the collateral at hand, and not demanded.
    SKIPPED
  }
}
