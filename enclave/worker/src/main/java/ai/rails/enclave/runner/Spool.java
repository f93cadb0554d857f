package ai.rails.enclave.runner;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.platform.http.Json;

/// What a runner must not forget, on disk: each call before its first byte leaves, and its outcome
/// before anybody is told. A file for each, sealed, written whole and forced to the disk.
///
/// Bounded: a call is begun only where there is room for the largest outcome. What was handed in is
/// kept for a while, so that a worker which takes the call over learns it without another effect,
/// and goes first when room is needed. Guarded by its own lock.
final class Spool {
  /// Largest outcome that is kept, with its evidence.
  static final int RESULT_BYTES_MAX = 11 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  /// What stands around an outcome in its file.
  private static final int FRAME_BYTES = 8 << 10;

  private static final String SUFFIX = ".call";
  private static final Pattern CALL_ID = Pattern.compile("[0-9a-f-]{36}");

  private final SealedFiles files;
  private final int mostCalls;
  private final long mostBytes;
  private final Duration kept;
  private final InstantSource clock;
  private final Map<Id, Held> held = new TreeMap<>();

  /// One call under one lease.
  record Id(String callId, long epoch) implements Comparable<Id> {
    private static final Comparator<Id> ORDER =
        Comparator.comparing(Id::callId).thenComparingLong(Id::epoch);

    @Override
    public int compareTo(Id other) {
      return ORDER.compare(this, other);
    }
  }

  /// How far a call is.
  enum State {
    /// It may have left.
    SENDING,
    /// Its outcome is to be handed in.
    DONE,
    /// It was handed in.
    HANDED_IN
  }

  /// What lies in a file.
  ///
  /// @param answerKey public keyset that its outcome is sealed to, base64
  /// @param notAfter until when the same call could be given again
  record Entry(
      String callId,
      long epoch,
      State state,
      String answerKey,
      long notAfter,
      long at,
      Optional<RunnerResult> result) {
    Id id() {
      return new Id(callId, epoch);
    }
  }

  private record Held(State state, long bytes, long notAfter, long at) {}

  /// Why a call is not begun.
  enum Refusal {
    /// It, or a later one of its, was begun before.
    CALL_REPLAYED,
    SPOOL_FULL
  }

  /// @param mostCalls that are kept
  /// @param mostBytes that are kept
  /// @param kept how long an outcome that was handed in stays
  /// @throws IllegalStateException naming a file that does not open
  Spool(SealedFiles files, int mostCalls, long mostBytes, Duration kept, InstantSource clock)
      throws IOException {
    if (mostCalls < 1 || mostBytes < RESULT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a spool holds at least 1 call and %d bytes".formatted(RESULT_BYTES_MAX));
    }
    this.files = files;
    this.mostCalls = mostCalls;
    this.mostBytes = mostBytes;
    this.kept = kept;
    this.clock = clock;
    open();
  }

  /// A call that was on its way when the process ended may have had its effect.
  private void open() throws IOException {
    for (String name : files.names(SUFFIX)) {
      byte[] plain = files.read(name);
      Entry entry = Json.read(plain, Entry.class);
      held.put(entry.id(), held(entry, plain.length));
      if (entry.state() == State.SENDING) {
        LOG.atWarn()
            .addKeyValue("call", entry.callId())
            .addKeyValue("epoch", entry.epoch())
            .log("a call was on its way when this process ended");
        done(entry.id(), RunnerResult.ambiguous("RUNNER_RESTARTED"));
      }
    }
  }

  /// How many calls could be begun now.
  synchronized int room() {
    makeRoom();
    long sending = held.values().stream().filter(each -> each.state() == State.SENDING).count();
    long used = held.values().stream().mapToLong(Held::bytes).sum();
    long byBytes = (mostBytes - used) / RESULT_BYTES_MAX - sending;
    return Math.toIntExact(Math.clamp(byBytes, 0, Math.max(0, mostCalls - held.size())));
  }

  synchronized boolean knows(Id id) {
    return held.containsKey(id);
  }

  /// Keeps that a call may leave from now on.
  ///
  /// @return why it may not
  synchronized Optional<Refusal> begin(Id id, String answerKey, long notAfter) {
    if (!CALL_ID.matcher(id.callId()).matches()
        || held.keySet().stream()
            .anyMatch(other -> other.callId().equals(id.callId()) && other.epoch() >= id.epoch())) {
      return Optional.of(Refusal.CALL_REPLAYED);
    }
    if (room() < 1) {
      return Optional.of(Refusal.SPOOL_FULL);
    }
    write(
        new Entry(
            id.callId(),
            id.epoch(),
            State.SENDING,
            answerKey,
            notAfter,
            clock.millis(),
            Optional.empty()));
    return Optional.empty();
  }

  /// Keeps what became of a call, before anybody is told.
  synchronized void done(Id id, RunnerResult result) {
    Entry begun = read(id);
    write(
        new Entry(
            begun.callId(),
            begun.epoch(),
            State.DONE,
            begun.answerKey(),
            begun.notAfter(),
            clock.millis(),
            Optional.of(fitting(result))));
  }

  /// What is known to have become of a call under an earlier lease.
  synchronized Optional<RunnerResult> before(Id id) {
    return held.keySet().stream()
        .filter(other -> other.callId().equals(id.callId()) && other.epoch() < id.epoch())
        .max(Comparator.naturalOrder())
        .flatMap(last -> read(last).result())
        .filter(result -> result.outcome() != Outcome.AMBIGUOUS);
  }

  /// Calls whose outcome is to be handed in, oldest first.
  synchronized List<Id> pending() {
    return held.entrySet().stream()
        .filter(each -> each.getValue().state() == State.DONE)
        .sorted(Comparator.comparingLong(each -> each.getValue().at()))
        .map(Map.Entry::getKey)
        .toList();
  }

  synchronized Entry entry(Id id) {
    return read(id);
  }

  synchronized void handedIn(Id id) {
    Entry entry = read(id);
    write(
        new Entry(
            entry.callId(),
            entry.epoch(),
            State.HANDED_IN,
            entry.answerKey(),
            entry.notAfter(),
            clock.millis(),
            entry.result()));
  }

  /// What has been kept long enough goes; if that is not enough, what was handed in, oldest first.
  /// Nothing goes that could still be given again.
  private void makeRoom() {
    long now = clock.millis();
    List<Map.Entry<Id, Held>> old = new ArrayList<>();
    for (Map.Entry<Id, Held> each : held.entrySet()) {
      if (each.getValue().state() == State.HANDED_IN && each.getValue().notAfter() < now) {
        old.add(Map.entry(each.getKey(), each.getValue()));
      }
    }
    old.sort(Comparator.comparingLong(each -> each.getValue().at()));
    for (Map.Entry<Id, Held> each : old) {
      long used = held.values().stream().mapToLong(Held::bytes).sum();
      boolean tight = held.size() >= mostCalls || mostBytes - used < 2L * RESULT_BYTES_MAX;
      if (tight || each.getValue().at() + kept.toMillis() < now) {
        delete(each.getKey());
      }
    }
  }

  private void delete(Id id) {
    files.delete(file(id));
    held.remove(id);
  }

  /// Evidence that is too large is left out; an outcome must not fail on it.
  private static RunnerResult fitting(RunnerResult result) {
    if (fits(result)) {
      return result;
    }
    RunnerResult bare = result.withoutEvidence();
    return fits(bare) ? bare : RunnerResult.ambiguous("RESULT_TOO_LARGE");
  }

  private static boolean fits(RunnerResult result) {
    return Json.write(result).length <= RESULT_BYTES_MAX - FRAME_BYTES;
  }

  private static String file(Id id) {
    return "%s.%d%s".formatted(id.callId(), id.epoch(), SUFFIX);
  }

  private static Held held(Entry entry, long bytes) {
    return new Held(entry.state(), bytes, entry.notAfter(), entry.at());
  }

  private void write(Entry entry) {
    long bytes = files.write(file(entry.id()), Json.write(entry));
    held.put(entry.id(), held(entry, bytes));
  }

  private Entry read(Id id) {
    return Json.read(files.read(file(id)), Entry.class);
  }
}
