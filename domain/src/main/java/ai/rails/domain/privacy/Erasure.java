package ai.rails.domain.privacy;

/// What is known of the erasure of one run, or of all runs about one data subject.
///
/// @param done whether anything was erased
/// @param runs with a data subject: how many of his runs were erased until now
public record Erasure(boolean done, int runs) {
  /// Before the first event.
  public static final Erasure NONE = new Erasure(false, 0);
}
