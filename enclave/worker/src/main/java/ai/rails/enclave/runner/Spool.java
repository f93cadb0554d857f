package ai.rails.enclave.runner;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
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

  /// Refused calls that are kept beyond the bound: a few hundred bytes each.
  private static final int REFUSED_MOST = 64;

  private static final String ID_FILE = "id.sealed";
  private static final int ID_BYTES = 16;
  private static final String SUFFIX = ".call";
  private static final Pattern CALL_ID = Pattern.compile("[0-9a-f-]{36}");

  private final SealedFiles files;
  private final Bounds bounds;
  private final InstantSource clock;
  private final String id;
  private final Map<Id, Held> held = new TreeMap<>();

  /// How much a spool keeps.
  ///
  /// @param calls that are kept
  /// @param bytes that are kept
  /// @param kept how long an outcome that was handed in stays
  record Bounds(int calls, long bytes, Duration kept) {
    Bounds {
      if (calls < 1 || bytes < RESULT_BYTES_MAX) {
        throw new IllegalArgumentException(
            "a spool holds at least 1 call and %d bytes".formatted(RESULT_BYTES_MAX));
      }
    }
  }

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
    /// It, or a later one of its, was begun or refused before.
    CALL_REPLAYED,
    SPOOL_FULL
  }

  /// @param random secure; makes the id of a new spool
  /// @throws IllegalStateException naming a file that does not open
  Spool(SealedFiles files, Bounds bounds, RandomGenerator random, InstantSource clock)
      throws IOException {
    this.files = files;
    this.bounds = bounds;
    this.clock = clock;
    this.id = id(files, random);
    open();
  }

  /// Made once with the spool: one that was lost and made anew is another spool.
  private static String id(SealedFiles files, RandomGenerator random) {
    if (files.exists(ID_FILE)) {
      return HexFormat.of().formatHex(files.read(ID_FILE));
    }
    byte[] made = new byte[ID_BYTES];
    random.nextBytes(made);
    long _ = files.write(ID_FILE, made);
    return HexFormat.of().formatHex(made);
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

  /// Of all spools this one: calls are given to it and to no other.
  String id() {
    return id;
  }

  /// How many calls could be begun now.
  synchronized int room() {
    makeRoom();
    long sending = held.values().stream().filter(each -> each.state() == State.SENDING).count();
    long used = held.values().stream().mapToLong(Held::bytes).sum();
    long byBytes = (bounds.bytes() - used) / RESULT_BYTES_MAX - sending;
    return Math.toIntExact(Math.clamp(byBytes, 0, Math.max(0, bounds.calls() - held.size())));
  }

  synchronized boolean knows(Id id) {
    return held.containsKey(id);
  }

  /// Calls that were not handed in yet, the newest first.
  synchronized List<Id> unanswered(int most) {
    return held.entrySet().stream()
        .filter(each -> each.getValue().state() != State.HANDED_IN)
        .sorted(Comparator.comparingLong(each -> -each.getValue().at()))
        .limit(most)
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Keeps that a call may leave from now on.
  ///
  /// @return why it may not
  synchronized Optional<Refusal> begin(Id call, String answerKey, long notAfter) {
    if (isReplayed(call)) {
      return Optional.of(Refusal.CALL_REPLAYED);
    }
    if (room() < 1) {
      return Optional.of(Refusal.SPOOL_FULL);
    }
    write(entry(call, State.SENDING, answerKey, notAfter, Optional.empty()));
    return Optional.empty();
  }

  /// Keeps that a call does not leave, now or later, before anybody is told.
  ///
  /// @return false if nothing is kept of it and so nobody may be told: it was begun before, or too
  ///   many were refused
  synchronized boolean refuse(Id call, String answerKey, long notAfter, RunnerResult why) {
    makeRoom();
    if (isReplayed(call) || held.size() >= bounds.calls() + REFUSED_MOST) {
      return false;
    }
    write(entry(call, State.DONE, answerKey, notAfter, Optional.of(why)));
    return true;
  }

  /// Whether it, or a later one of its, was begun or refused before.
  private boolean isReplayed(Id call) {
    return !CALL_ID.matcher(call.callId()).matches()
        || held.keySet().stream()
            .anyMatch(
                other -> other.callId().equals(call.callId()) && other.epoch() >= call.epoch());
  }

  private Entry entry(
      Id call, State state, String answerKey, long notAfter, Optional<RunnerResult> result) {
    return new Entry(
        call.callId(), call.epoch(), state, answerKey, notAfter, clock.millis(), result);
  }

  /// Keeps what became of a call, before anybody is told.
  synchronized void done(Id id, RunnerResult result) {
    Entry begun = read(id);
    write(entry(id, State.DONE, begun.answerKey(), begun.notAfter(), Optional.of(fitting(result))));
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
    Entry done = read(id);
    write(entry(id, State.HANDED_IN, done.answerKey(), done.notAfter(), done.result()));
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
      boolean tight =
          held.size() >= bounds.calls() || bounds.bytes() - used < 2L * RESULT_BYTES_MAX;
      if (tight || each.getValue().at() + bounds.kept().toMillis() < now) {
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
