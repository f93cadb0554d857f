package ai.rails.platform.evidence;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.schema.Recorded;

/// Whether each approval that was signed with a passkey was signed by this person over this call,
/// and whether none is unsigned where signatures were demanded. Whose key it is, the tenant's own
/// log says. Takes entries in order; one thread.
final class PasskeyCheck {
  private final Set<String> demanding = new HashSet<>();
  private Optional<Refused> wrong = Optional.empty();
  private long signed;

  void accept(Leaf leaf, Recorded recorded) {
    switch (recorded.event()) {
      case HumanGateRequested e -> {
        demanding.remove(e.run() + "/" + e.gate());
        if (e.signature()) {
          demanding.add(e.run() + "/" + e.gate());
        }
      }
      case HumanGateDecisioned e -> decided(leaf, recorded.header().tenant(), e);
      default -> {}
    }
  }

  private void decided(Leaf leaf, String tenant, HumanGateDecisioned e) {
    if (e.signature().isPresent()) {
      PasskeySignature signature = e.signature().get();
      signature
          .fault(tenant, e.approver(), e.callDigest())
          .ifPresentOrElse(
              fault ->
                  fail(
                      leaf,
                      "the passkey of %s did not approve call %s: %s"
                          .formatted(e.approver(), e.callDigest(), fault)),
              () -> signed++);
    } else if (e.verdict() == Verdict.APPROVE && demanding.contains(e.run() + "/" + e.gate())) {
      fail(leaf, "gate %s takes signed approvals, and this one is not".formatted(e.gate()));
    }
  }

  private void fail(Leaf leaf, String reason) {
    if (wrong.isEmpty()) {
      wrong = Optional.of(new Refused(EntriesCheck.where(leaf), reason));
    }
  }

  /// Says nothing where nobody signed and nobody had to.
  void conclude(Findings findings) {
    if (wrong.isPresent()) {
      findings.fail(Check.PASSKEYS, wrong.get().where(), wrong.get().reason());
    } else if (signed > 0) {
      findings.pass(
          Check.PASSKEYS,
          "%s approvals signed with passkeys, each over the digest of its call; whose keys these"
                  .formatted(signed)
              + " are stands in the tenant's own log");
    }
  }
}
