package ai.rails.attestation.verdict;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Where an Intel platform stands against the published TCB levels.
///
/// @param status the converged status; policies decide on this one
/// @param platform the status of the platform's level alone
/// @param module the status of the TDX module; absent for modules before 1.5
/// @param quotingEnclave the status of the quoting enclave
/// @param current the converged status of what runs now, where the quote tells it apart from what
///   the TD was launched on
/// @param advisories security advisories that the levels name
/// @param tcbDate the oldest date of the levels used
/// @param evaluationDataNumber Intel's number of the TCB info; a lower one than seen before is a
///   replay
public record TcbStanding(
    TcbStatus status,
    TcbStatus platform,
    Optional<TcbStatus> module,
    TcbStatus quotingEnclave,
    Optional<TcbStatus> current,
    SortedSet<String> advisories,
    Instant tcbDate,
    int evaluationDataNumber) {
  public TcbStanding {
    advisories = Collections.unmodifiableSortedSet(new TreeSet<>(advisories));
  }
}
