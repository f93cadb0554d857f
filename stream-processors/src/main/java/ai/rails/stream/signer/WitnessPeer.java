package ai.rails.stream.signer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Note;
import ai.rails.platform.witness.AddCheckpoint;
import ai.rails.platform.witness.WitnessClient.Answer;

/// One witness as the signer sees it: asked by few at once, and left alone for a while when it does
/// not answer. Thread-safe.
final class WitnessPeer {
  private static final Logger LOG = LoggerFactory.getLogger(WitnessPeer.class);
  private static final int AT_ONCE = 16;
  private static final Duration FIRST_REST = Duration.ofMillis(500);
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  private final String name;
  private final Line line;
  private final Semaphore places = new Semaphore(AT_ONCE);

  // Guarded by this.
  private Duration rest = Duration.ZERO;
  private long restUntil;

  /// The way to a witness. Comes back within a limit, and does not throw for what the witness does.
  interface Line {
    Answer add(AddCheckpoint request);

    /// What it cosigned last of a log, unverified.
    Optional<Note> checkpoint(String origin);

    default void close() {}
  }

  /// @param name as the policy has it
  WitnessPeer(String name, Line line) {
    this.name = name;
    this.line = line;
  }

  String name() {
    return name;
  }

  /// Waits for a place among those that ask at once.
  Answer add(AddCheckpoint request) {
    if (resting()) {
      return new Answer.Unavailable("it did not answer shortly before");
    }
    places.acquireUninterruptibly();
    try {
      Answer answer = line.add(request);
      answered(answer);
      return answer;
    } finally {
      places.release();
    }
  }

  Optional<Note> checkpoint(String origin) {
    return line.checkpoint(origin);
  }

  synchronized boolean resting() {
    return !rest.isZero() && System.nanoTime() - restUntil < 0;
  }

  void close() {
    line.close();
  }

  private synchronized void answered(Answer answer) {
    if (!(answer instanceof Answer.Unavailable unavailable)) {
      rest = Duration.ZERO;
      return;
    }
    if (resting()) {
      return;
    }
    if (rest.isZero()) {
      LOG.atWarn()
          .addKeyValue("witness", name)
          .addKeyValue("why", unavailable.why())
          .log("a witness does not answer; asked again with growing pauses");
    }
    Duration longer = rest.isZero() ? FIRST_REST : rest.multipliedBy(2);
    rest = longer.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : longer;
    restUntil = System.nanoTime() + rest.toNanos();
  }
}
