package ai.rails.stream.signer;

import java.util.LinkedHashSet;
import java.util.Set;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.ledger.CompactRange;

/// One checkpoint's way through the witnesses. Guarded by its log's lock.
final class Round {
  final Signed signed;
  final long headNanos;
  final long beganNanos;

  private final Set<String> cosigned = new LinkedHashSet<>();
  private Note note;
  private CompactRange since;
  private int outstanding;
  private boolean published;

  /// @param headNanos when the head came
  /// @param outstanding how many witnesses are asked
  Round(Signed signed, long headNanos, long beganNanos, int outstanding) {
    this.signed = signed;
    this.headNanos = headNanos;
    this.beganNanos = beganNanos;
    this.outstanding = outstanding;
    this.note = signed.note();
    this.since = CompactRange.empty(signed.size());
  }

  void cosigned(String witness, NoteSignature signature) {
    note = note.with(signature);
    cosigned.add(witness);
  }

  void answered() {
    outstanding--;
  }

  boolean over() {
    return outstanding == 0;
  }

  Set<String> witnesses() {
    return Set.copyOf(cosigned);
  }

  Note note() {
    return note;
  }

  boolean published() {
    return published;
  }

  void markPublished() {
    published = true;
  }

  /// What was signed after this round's checkpoint.
  CompactRange since() {
    return since;
  }

  void grew(CompactRange step) {
    since = since.and(step);
  }
}
