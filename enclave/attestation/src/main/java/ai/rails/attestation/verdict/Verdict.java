package ai.rails.attestation.verdict;

import java.util.List;
import java.util.Optional;

import ai.rails.attestation.format.Bytes;

/// What a verification answers. Only [Accepted] holds claims that one may act on, and it says that
/// the evidence is genuine and how current the platform is: whether that gets keys is policy.
public sealed interface Verdict {
  Tee tee();

  /// The steps taken, in order.
  List<Check> checks();

  /// Of the evidence without padding; of all bytes where they could not be read.
  Bytes evidenceSha256();

  /// Genuine evidence.
  ///
  /// @param tcb Intel's view of the platform; AMD publishes none
  /// @param validity when evidence and collateral are valid together
  /// @param rootSha256 the fingerprint of the root at the end of the chain
  /// @param collateralSha256 over all collateral used
  record Accepted(
      Tee tee,
      Claims claims,
      Optional<TcbStanding> tcb,
      Validity validity,
      TrustDomain domain,
      Bytes rootSha256,
      Bytes evidenceSha256,
      Bytes collateralSha256,
      List<Check> checks)
      implements Verdict {
    public Accepted {
      checks = List.copyOf(checks);
    }
  }

  /// Evidence that proves nothing.
  ///
  /// @param detail a sentence for people, without content of the evidence beyond versions and sizes
  /// @param unproven what the evidence says of itself, where it could be read
  record Rejected(
      Tee tee,
      Reason reason,
      Component component,
      String detail,
      Optional<Claims> unproven,
      Bytes evidenceSha256,
      List<Check> checks)
      implements Verdict {
    public Rejected {
      checks = List.copyOf(checks);
    }
  }
}
