package ai.rails.domain.checkpoint;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.checkpoint.LogRules.Log;
import ai.rails.domain.ledger.LogCommand;
import ai.rails.domain.ledger.LogCommand.DecideEpoch;
import ai.rails.domain.ledger.LogCommand.ProposeEpoch;
import ai.rails.domain.ledger.LogEvent;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.LogEvent.EpochProposalDecisioned;
import ai.rails.domain.ledger.LogEvent.EpochProposed;
import ai.rails.domain.ledger.LogEvent.Reason;
import ai.rails.domain.ledger.Origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Nobody abandons a log alone.
class LogRulesTest {
  private static final Origin LOG = Origin.first("c1.example", "t1", "w1");
  private final LogRules rules = new LogRules();
  private Log log = rules.initial();

  @Test
  void anotherPersonAbandonsTheLogThatWasProposed() {
    String last = checkpoint(LOG, 7);

    assertThat(give(new ProposeEpoch(LOG, "p1", Reason.TAIL_LOST, last, "ada")))
        .containsExactly(new EpochProposed("p1", Reason.TAIL_LOST, last, "ada"));
    refused(
        new DecideEpoch(LOG, "p1", true, Optional.of(last), "ada"), Code.REQUESTER_MAY_NOT_APPROVE);
    refused(new DecideEpoch(LOG, "p2", true, Optional.of(last), "bob"), Code.NOT_FOUND);

    for (Optional<String> wrong :
        List.of(Optional.<String>empty(), Optional.of(checkpoint(LOG, 6)), Optional.of("none"))) {
      refused(new DecideEpoch(LOG, "p1", true, wrong, "bob"), Code.INVALID);
    }

    String newest = checkpoint(LOG, 8);
    assertThat(give(new DecideEpoch(LOG, "p1", true, Optional.of(newest), "bob")))
        .containsExactly(
            new EpochOpened(2, Reason.TAIL_LOST, newest),
            new EpochProposalDecisioned("p1", true, "bob"));
    refused(new DecideEpoch(LOG, "p1", true, Optional.of(newest), "eve"), Code.NOT_FOUND);
    assertThat(log.epoch()).isEqualTo(2);
  }

  @Test
  void aProposalIsTakenBackBeforeTheNext() {
    List<LogEvent> _ = give(new ProposeEpoch(LOG, "p1", Reason.FORKED, checkpoint(LOG, 7), "ada"));
    refused(
        new ProposeEpoch(LOG, "p2", Reason.FORKED, checkpoint(LOG, 7), "bob"), Code.ALREADY_EXISTS);

    assertThat(give(new DecideEpoch(LOG, "p1", false, Optional.empty(), "ada")))
        .containsExactly(new EpochProposalDecisioned("p1", false, "ada"));
    assertThat(give(new ProposeEpoch(LOG, "p2", Reason.FORKED, checkpoint(LOG, 7), "bob")))
        .hasSize(1);
    assertThat(log.epoch()).isEqualTo(1);
  }

  @Test
  void anEpochIsBoundToAHeadOfThisLog() {
    for (String last :
        List.of(
            checkpoint(Origin.first("c1.example", "t1", "w2"), 7),
            checkpoint(LOG.next(), 7),
            checkpoint(LOG, 0),
            "no note")) {
      refused(new ProposeEpoch(LOG, "p1", Reason.TAIL_LOST, last, "ada"), Code.INVALID);
    }
  }

  private List<LogEvent> give(LogCommand command) {
    List<LogEvent> events = rules.decide(log, command, Instant.EPOCH);
    events.forEach(event -> log = rules.evolve(log, event));
    return events;
  }

  private void refused(LogCommand command, Code code) {
    assertThatThrownBy(() -> rules.decide(log, command, Instant.EPOCH))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  private static String checkpoint(Origin origin, long size) {
    String text = new Checkpoint(origin.toString(), size, new byte[32]).text();
    var signature = new NoteSignature(origin.toString(), 1, new byte[64]);
    return new String(new Note(text, List.of(signature)).bytes(), StandardCharsets.UTF_8);
  }
}
