package ai.rails.stream.signer;

/// What is to be done with a head.
sealed interface Verdict {
  /// @param next what is written and published
  record Sign(Signed next) implements Verdict {}

  /// It is signed already, or an earlier one that was read again.
  ///
  /// @param size that is signed
  record Known(long size) implements Verdict {}

  /// A tile is not here yet.
  record Wait() implements Verdict {}

  /// It is never signed.
  ///
  /// @param signed what was signed last
  record Refuse(Alarm.Code code, Signed signed) implements Verdict {}
}
