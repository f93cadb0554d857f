package ai.rails.stream.signer;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.CompactRange;
import ai.rails.platform.witness.AddCheckpoint;
import ai.rails.platform.witness.WitnessClient.Answer;

/// One log's way through the witnesses: at most one round is begun at a time, with the newest
/// checkpoint; while it is under way newer ones wait, so that all witnesses cosign the same.
/// Thread-safe; its lock is held for memory only, never while a witness is asked.
@SuppressWarnings("ReferenceEquality") // a round is about one note, not about one like it
final class CosignedLog {
  private static final Logger LOG = LoggerFactory.getLogger(CosignedLog.class);
  private static final Duration ROUND = Duration.ofSeconds(3);

  private final LogName name;
  private final Cosigning cosigning;
  private final Map<String, Standing> standings = new HashMap<>();
  private final Set<Round> underWay = new HashSet<>();
  private final Set<String> busyWitnesses = new HashSet<>();
  private Signed latest;
  private long latestNanos;
  private @Nullable Round round;

  /// What a witness has cosigned last, as far as is known.
  ///
  /// @param tree of that size, where it is remembered
  /// @param since what was signed after it
  private record Standing(long size, Optional<CompactRange> tree, Optional<CompactRange> since) {
    static Standing at(long size) {
      return new Standing(size, Optional.empty(), Optional.empty());
    }
  }

  /// What a witness holds against the signer.
  ///
  /// @param code of the alarm
  /// @param held what the witness holds under the log's own signature; empty if it shows nothing
  record Doubt(Alarm.Code code, Optional<Checkpoint> held) {}

  /// What came of asking the witnesses about a log.
  ///
  /// @param doubt of one of them
  /// @param quorum whether enough of them hold no more than the signer
  record Opening(Optional<Doubt> doubt, boolean quorum) {}

  CosignedLog(LogName name, Signed signed, Cosigning cosigning) {
    this.name = name;
    this.latest = signed;
    this.latestNanos = System.nanoTime();
    this.cosigning = cosigning;
    // The best guess: the witness has what was signed. It says so if it has not.
    cosigning
        .around()
        .witnesses()
        .forEach(witness -> standings.put(witness.name(), Standing.at(signed.size())));
  }

  Opening open() {
    List<WitnessPeer> witnesses = cosigning.around().witnesses();
    var asked = new CountDownLatch(witnesses.size());
    Set<String> agreeing = new HashSet<>();
    Map<String, Doubt> doubts = new HashMap<>();
    Round first = begin(System.nanoTime());
    for (WitnessPeer witness : witnesses) {
      cosigning.run(() -> {
        try {
          Outcome outcome = ask(witness, first);
          synchronized (this) {
            outcome.doubt().ifPresent(doubt -> doubts.put(witness.name(), doubt));
            if (outcome.agrees()) {
              agreeing.add(witness.name());
            }
          }
        } finally {
          asked.countDown();
        }
      });
    }
    try {
      asked.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return new Opening(doubts.values().stream().findFirst(), cosigning.quorum(agreeing));
    }
  }

  void signed(Signed signed, long headNanos) {
    synchronized (this) {
      boolean follows = signed.previous().to() == latest.size();
      standings.replaceAll((witness, standing) -> grown(standing, signed.step(), follows));
      underWay.forEach(each -> {
        if (follows) {
          each.grew(signed.step());
        }
      });
      latest = signed;
      latestNanos = headNanos;
    }
    maybeBegin();
  }

  /// Another round with the same checkpoint.
  void again() {
    synchronized (this) {
      if (busy()) {
        return;
      }
      latestNanos = System.nanoTime();
      round = null;
    }
    maybeBegin();
  }

  void retry() {
    synchronized (this) {
      if (busy() || !lacksQuorum()) {
        return;
      }
      if (round != null && round.signed == latest) {
        round = null;
      }
    }
    if (cosigning.around().witnesses().stream().anyMatch(witness -> !witness.resting())) {
      maybeBegin();
    }
  }

  synchronized boolean lacksQuorum() {
    return latest.size() > 0
        && (round == null || round.signed != latest || !cosigning.quorum(round.witnesses()));
  }

  private static Standing grown(Standing standing, CompactRange step, boolean follows) {
    return new Standing(
        standing.size,
        standing.tree,
        follows
            ? standing.since.filter(since -> since.to() == step.from()).map(s -> s.and(step))
            : Optional.empty());
  }

  private boolean busy() {
    Round current = round;
    return current != null
        && !current.over()
        && !cosigning.quorum(current.witnesses())
        && System.nanoTime() - current.beganNanos < ROUND.toNanos();
  }

  private void maybeBegin() {
    Round next;
    synchronized (this) {
      if (latest.size() == 0 || busy() || (round != null && round.signed == latest)) {
        return;
      }
      next = begin(latestNanos);
    }
    cosigning
        .around()
        .witnesses()
        .forEach(witness ->
            cosigning.run(() -> {
              Outcome outcome = ask(witness, next);
              outcome.doubt().ifPresent(doubt -> cosigning.around().doubts().doubt(name, doubt));
              maybeBegin();
            }));
  }

  private synchronized Round begin(long headNanos) {
    var begun =
        new Round(latest, headNanos, System.nanoTime(), cosigning.around().witnesses().size());
    round = begun;
    underWay.add(begun);
    return begun;
  }

  /// @param agrees whether the witness answered and holds no more than the signer
  private record Outcome(boolean agrees, Optional<Doubt> doubt) {
    static final Outcome AGREES = new Outcome(true, Optional.empty());
    static final Outcome SILENT = new Outcome(false, Optional.empty());
  }

  private Outcome ask(WitnessPeer witness, Round asked) {
    boolean free;
    synchronized (this) {
      free = busyWitnesses.add(witness.name());
    }
    try {
      return free ? attempts(witness, asked) : Outcome.SILENT;
    } finally {
      synchronized (this) {
        if (free) {
          busyWitnesses.remove(witness.name());
        }
        asked.answered();
        if (asked.over()) {
          underWay.remove(asked);
        }
      }
    }
  }

  /// Two attempts: a witness that stands elsewhere than was thought says where.
  private Outcome attempts(WitnessPeer witness, Round asked) {
    long size = asked.signed.size();
    Standing standing = standing(witness);
    Outcome outcome = Outcome.SILENT;
    for (int attempt = 0; attempt < 2 && standing.size <= size; attempt++) {
      Optional<List<byte[]>> proof = proof(standing, asked.signed);
      if (proof.isEmpty()) {
        return outcome;
      }
      Answer answer =
          witness.add(new AddCheckpoint(standing.size, proof.get(), asked.signed.note()));
      switch (answer) {
        case Answer.Cosigned cosigned -> {
          cosigned(witness, asked, cosigned);
          return Outcome.AGREES;
        }
        case Answer.Conflict conflict -> {
          if (conflict.size() > latestSize()) {
            return doubt(witness, Alarm.Code.SIGNER_BEHIND);
          }
          standing = stands(witness, conflict.size());
          outcome = Outcome.AGREES;
        }
        case Answer.Refused refused -> {
          return refused(witness, refused.status(), size);
        }
        case Answer.Unavailable _ -> {
          return outcome;
        }
      }
    }
    return standing.size > size ? Outcome.AGREES : outcome;
  }

  private Outcome refused(WitnessPeer witness, int status, long size) {
    LOG.atError()
        .addKeyValue("witness", witness.name())
        .addKeyValue("status", status)
        .addKeyValue("size", size)
        .log("a witness refuses a checkpoint");
    return status == 422 ? doubt(witness, Alarm.Code.FORK) : Outcome.SILENT;
  }

  /// A witness alone stops nothing: what it holds must carry the log's own signature.
  private Outcome doubt(WitnessPeer witness, Alarm.Code code) {
    Optional<Checkpoint> held = cosigning.held(witness, name);
    return new Outcome(
        false,
        Optional.of(
            held.map(tree -> new Doubt(code, Optional.of(tree)))
                .orElseGet(() -> new Doubt(Alarm.Code.WITNESS_REFUSES, Optional.empty()))));
  }

  private synchronized Standing standing(WitnessPeer witness) {
    return standings.getOrDefault(witness.name(), Standing.at(0));
  }

  private synchronized long latestSize() {
    return latest.size();
  }

  private synchronized Standing stands(WitnessPeer witness, long size) {
    Standing known = standing(witness);
    Standing standing = known.size == size ? known : Standing.at(size);
    standings.put(witness.name(), standing);
    return standing;
  }

  private Optional<List<byte[]>> proof(Standing standing, Signed signed) {
    if (standing.size == 0 || standing.size == signed.size()) {
      return Optional.of(List.of());
    }
    if (signed.previous().to() == standing.size) {
      return Optional.of(signed.previous().consistency(signed.step()));
    }
    if (standing.tree.isPresent()
        && standing.since.map(CompactRange::to).equals(Optional.of(signed.size()))) {
      return Optional.of(standing.tree.get().consistency(standing.since.get()));
    }
    return cosigning.scan(name, standing.size, signed.size());
  }

  private void cosigned(WitnessPeer witness, Round asked, Answer.Cosigned cosigned) {
    boolean quorum;
    boolean first;
    CheckpointTopics.Outgoing outgoing;
    synchronized (this) {
      asked.cosigned(witness.name(), cosigned.signature());
      Standing standing = standings.getOrDefault(witness.name(), Standing.at(0));
      if (standing.size <= asked.signed.size()) {
        standings.put(
            witness.name(),
            new Standing(
                asked.signed.size(), Optional.of(asked.signed.tree()), Optional.of(asked.since())));
      }
      quorum = cosigning.quorum(asked.witnesses());
      first = quorum && !asked.published();
      if (quorum) {
        asked.markPublished();
      }
      outgoing = new CheckpointTopics.Outgoing(name, asked.note());
    }
    if (quorum && asked.signed.size() > 0) {
      cosigning.around().topics().publish(List.of(outgoing));
      if (first) {
        cosigning.cosigned(name, Duration.ofNanos(System.nanoTime() - asked.headNanos));
      }
    }
  }
}
