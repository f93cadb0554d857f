package ai.rails.enclave.worker;

/// What the control plane said to a request that it understood.
public sealed interface Answer<T> {
  /// It did as asked.
  record Given<T>(T body) implements Answer<T> {}

  /// 409: another worker has it, it is over, or it was decided otherwise. Asking again changes
  /// nothing.
  ///
  /// @param code stable code of the problem, `CONFLICT` if it named none
  record Conflict<T>(String code) implements Answer<T> {}

  /// The body.
  ///
  /// @throws Abandoned on a conflict: the attempt is no longer this worker's
  default T orAbandon() {
    return switch (this) {
      case Given<T>(T body) -> body;
      case Conflict<T>(String code) -> throw new Abandoned(code);
    };
  }
}
