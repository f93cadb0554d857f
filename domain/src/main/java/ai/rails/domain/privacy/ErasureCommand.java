package ai.rails.domain.privacy;

import ai.rails.domain.privacy.ErasureEvent.Cause;

/// What is to be destroyed. The counts are those of the rows that go with the command.
public sealed interface ErasureCommand {
  String tenant();

  /// Names the stream.
  String id();

  /// Code of the person who asks.
  String reason();

  /// Destroys a run's content.
  ///
  /// @param keys wrapped keys that are deleted
  /// @param ciphertexts sealed contents that are deleted, copies in forks included
  record EraseRun(String tenant, String run, Cause cause, String reason, int keys, int ciphertexts)
      implements ErasureCommand {
    @Override
    public String id() {
      return "run/" + run;
    }
  }

  /// Says that all runs about a data subject are erased.
  ///
  /// @param subject the pseudonym that the runs' triggers disclosed
  /// @param runs how many there are, all erased
  /// @param links identities elsewhere that are deleted with this
  record EraseSubject(String tenant, String subject, String reason, int runs, int links)
      implements ErasureCommand {
    @Override
    public String id() {
      return "subject/" + subject;
    }
  }
}
