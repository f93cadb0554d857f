package ai.rails.enclave.worker;

/// Stands before every request of an attempt, each repetition included.
@FunctionalInterface
public interface Fence {
  /// For requests that belong to no attempt; they end when their thread is interrupted.
  Fence NONE = () -> {};

  /// @throws Abandoned if the request must not be made any more
  void pass();
}
