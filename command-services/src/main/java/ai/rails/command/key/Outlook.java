package ai.rails.command.key;

import java.util.List;
import java.util.Optional;

import ai.rails.attestation.verdict.TcbStanding;
import ai.rails.attestation.verdict.Verdict;

/// What the set of collateral that will be standard next says of a platform.
///
/// @param status Intel's word, or the verifier's reason where it refuses the evidence
/// @param evaluationNumber of that set; 0 where it refuses
record Outlook(String status, int evaluationNumber, List<String> advisories) {
  Outlook {
    advisories = List.copyOf(advisories);
  }

  /// @return empty if it says the same as now
  static Optional<Outlook> of(TcbStanding now, Verdict next) {
    return switch (next) {
      case Verdict.Rejected no -> Optional.of(new Outlook(no.reason().name(), 0, List.of()));
      case Verdict.Accepted yes ->
          yes.tcb()
              .filter(tcb -> tcb.evaluationDataNumber() > now.evaluationDataNumber())
              .filter(tcb -> tcb.status() != now.status())
              .map(tcb ->
                  new Outlook(
                      tcb.status().label(),
                      tcb.evaluationDataNumber(),
                      List.copyOf(tcb.advisories())));
    };
  }
}
