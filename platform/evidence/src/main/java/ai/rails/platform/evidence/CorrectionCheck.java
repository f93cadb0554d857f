package ai.rails.platform.evidence;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.schema.Recorded;

/// Whether each corrected call is what its corrector named: the gate asked next about exactly it,
/// or again about the earlier one; the call that was corrected never left meanwhile; and where
/// signatures were demanded the corrector signed the call that he made. Takes entries in order; one
/// thread.
final class CorrectionCheck {
  private final Map<String, HumanGateRequested> asked = new HashMap<>();
  private final Map<String, CallCorrected> pending = new HashMap<>();
  private final Map<String, String> made = new HashMap<>();
  private final Set<String> replaced = new HashSet<>();
  private Optional<Refused> wrong = Optional.empty();
  private long corrections;

  void accept(Leaf leaf, Recorded recorded) {
    switch (recorded.event()) {
      case CallCorrected e -> corrected(leaf, recorded.header().tenant(), e);
      case HumanGateRequested e -> requested(leaf, e);
      case ToolActionIntended e -> intended(leaf, e);
      default -> {}
    }
  }

  private void corrected(Leaf leaf, String tenant, CallCorrected e) {
    corrections++;
    String gate = key(e.run(), e.gate());
    HumanGateRequested request = asked.get(gate);
    if (request != null
        && (!request.callId().equals(e.callId()) || !request.callDigest().equals(e.callDigest()))) {
      fail(leaf, "gate %s asked about another call than was corrected".formatted(e.gate()));
    }
    if (e.signature().isPresent()) {
      e.signature()
          .get()
          .fault(tenant, e.corrector(), e.correctedDigest())
          .ifPresent(fault ->
              fail(
                  leaf,
                  "the passkey of %s did not approve the corrected call %s: %s"
                      .formatted(e.corrector(), e.correctedDigest(), fault)));
    } else if (request != null && request.signature()) {
      fail(leaf, "gate %s takes signed corrections, and this one is not".formatted(e.gate()));
    }
    pending.put(gate, e);
    made.put(key(e.run(), e.correctedCallId()), e.correctedDigest());
    replaced.add(key(e.run(), e.callId()));
  }

  private void requested(Leaf leaf, HumanGateRequested e) {
    String gate = key(e.run(), e.gate());
    CallCorrected correction = pending.remove(gate);
    if (correction != null) {
      boolean corrected =
          e.callId().equals(correction.correctedCallId())
              && e.callDigest().equals(correction.correctedDigest());
      boolean again =
          e.callId().equals(correction.callId()) && e.callDigest().equals(correction.callDigest());
      if (again) {
        replaced.remove(key(e.run(), e.callId()));
      } else if (!corrected) {
        fail(
            leaf,
            "gate %s asks about call %s, and %s had made %s of it"
                .formatted(
                    e.gate(),
                    e.callDigest(),
                    correction.corrector(),
                    correction.correctedDigest()));
      }
    }
    asked.put(gate, e);
  }

  private void intended(Leaf leaf, ToolActionIntended e) {
    String call = key(e.run(), e.callId());
    if (replaced.contains(call)) {
      fail(leaf, "call %s left, which was corrected".formatted(e.callDigest()));
    }
    if (!made.getOrDefault(call, e.callDigest()).equals(e.callDigest())) {
      fail(leaf, "call %s left in the place of a corrected one".formatted(e.callDigest()));
    }
  }

  private static String key(String run, String of) {
    return run + "/" + of;
  }

  private void fail(Leaf leaf, String reason) {
    if (wrong.isEmpty()) {
      wrong = Optional.of(new Refused(EntriesCheck.where(leaf), reason));
    }
  }

  /// Says nothing where nobody corrected anything.
  void conclude(Findings findings) {
    if (wrong.isPresent()) {
      findings.fail(Check.CORRECTIONS, wrong.get().where(), wrong.get().reason());
    } else if (corrections > 0) {
      findings.pass(
          Check.CORRECTIONS,
          "%s corrections, each followed by the call that its corrector named, or by the earlier one"
              .formatted(corrections));
    }
  }
}
