package ai.rails.domain.checkpoint;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.ledger.LogCommand;
import ai.rails.domain.ledger.LogCommand.DecideEpoch;
import ai.rails.domain.ledger.LogCommand.ProposeEpoch;
import ai.rails.domain.ledger.LogEvent;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.LogEvent.EpochProposalDecisioned;
import ai.rails.domain.ledger.LogEvent.EpochProposed;
import ai.rails.domain.ledger.LogEvent.Reason;
import ai.rails.domain.ledger.Origin;

/// Epochs of a workspace's log: one after the other, each bound to a head of a log before it, and
/// none opened by one person alone.
public final class LogRules implements Decider<LogCommand, LogRules.Log, LogEvent> {
  private static final int NOTE_BYTES = 16 << 10;

  /// A log as its events made it.
  ///
  /// @param epoch from 1
  /// @param proposal that is to be decided about
  public record Log(int epoch, Optional<Proposal> proposal) {}

  /// What somebody asked for.
  public record Proposal(String id, Reason reason, String lastCheckpoint, String by) {}

  @Override
  public Log initial() {
    return new Log(1, Optional.empty());
  }

  @Override
  public List<LogEvent> decide(Log log, LogCommand command, Instant now) {
    return switch (command) {
      case ProposeEpoch c -> propose(log, c);
      case DecideEpoch c -> decide(log, c);
    };
  }

  @Override
  public Log evolve(Log log, LogEvent event) {
    return switch (event) {
      case EpochProposed e ->
          new Log(
              log.epoch(),
              Optional.of(new Proposal(e.proposal(), e.reason(), e.lastCheckpoint(), e.by())));
      case EpochProposalDecisioned _ -> new Log(log.epoch(), Optional.empty());
      case EpochOpened e -> new Log(e.epoch(), Optional.empty());
    };
  }

  private static List<LogEvent> propose(Log log, ProposeEpoch c) {
    requireHead(log, c.log(), c.lastCheckpoint());
    if (log.proposal().isPresent()) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "%s has proposed it; have proposal %s accepted or rejected first"
              .formatted(log.proposal().get().by(), log.proposal().get().id()));
    }
    return List.of(new EpochProposed(c.proposal(), c.reason(), c.lastCheckpoint(), c.by()));
  }

  private static List<LogEvent> decide(Log log, DecideEpoch c) {
    Proposal proposal =
        log.proposal()
            .filter(open -> open.id().equals(c.proposal()))
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "there is no open proposal " + c.proposal()));
    var decisioned = new EpochProposalDecisioned(c.proposal(), c.approve(), c.by());
    if (!c.approve()) {
      return List.of(decisioned);
    }
    if (proposal.by().equals(c.by())) {
      throw new Refused(
          Code.REQUESTER_MAY_NOT_APPROVE,
          "%s proposed to abandon the log; another administrator accepts it".formatted(c.by()));
    }
    String last =
        c.lastCheckpoint().orElseThrow(() -> invalid("name it as it is by now, to accept"));
    requireHead(log, c.log(), last);
    if (size(last) < size(proposal.lastCheckpoint())) {
      throw invalid("it is older than the one that was proposed");
    }
    // The old log ends with what it had before this: the decision is told in the new one.
    return List.of(new EpochOpened(log.epoch() + 1, proposal.reason(), last), decisioned);
  }

  private static void requireHead(Log log, Origin of, String note) {
    Origin bound = bound(note).orElseThrow(() -> invalid("it is no checkpoint"));
    if (!bound.sameWorkspace(of)) {
      throw invalid("it is of the log " + bound);
    }
    if (bound.epoch() > log.epoch()) {
      throw invalid(
          "it is of epoch %s, and the log is in epoch %s".formatted(bound.epoch(), log.epoch()));
    }
  }

  private static long size(String note) {
    return Checkpoint.parse(Note.parse(note.getBytes(StandardCharsets.UTF_8)).text()).size();
  }

  /// The log whose checkpoint a note is.
  ///
  /// @return empty if it is none, or of an empty log
  public static Optional<Origin> bound(String note) {
    byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > NOTE_BYTES) {
      return Optional.empty();
    }
    try {
      Checkpoint checkpoint = Checkpoint.parse(Note.parse(bytes).text());
      return Origin.parse(checkpoint.origin())
          .filter(_ -> checkpoint.size() > 0 && checkpoint.extensions().isEmpty());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Refused invalid(String why) {
    return new Refused(
        Code.INVALID,
        "the last checkpoint can not be what a new epoch is bound to: %s".formatted(why));
  }
}
