package ai.rails.stream.signer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.TilePath;
import ai.rails.stream.signer.CheckpointStore.StoreFailed;
import ai.rails.stream.signer.CosignedLog.Doubt;
import ai.rails.stream.signer.CosignedLog.Opening;
import ai.rails.stream.signer.LogState.Door;
import ai.rails.stream.signer.LogState.Waiting;
import ai.rails.stream.signer.Verdict.Refuse;
import ai.rails.stream.signer.Verdict.Sign;

/// Decides what is signed and in which order things happen: look whether anybody holds more than
/// the database, check the head against the locked row, sign, commit, publish, and only then ask
/// the witnesses. One thread calls it; what others find out comes in as a queue.
final class LogSigner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogSigner.class);
  private static final int BATCH = 256;
  private static final int OPENING_AT_ONCE = 32;
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);
  private static final Duration STORE_REST = Duration.ofSeconds(1);
  private static final int TILES_MAX = 8_000;
  private static final int TILES_A_LOG = 16;

  private final CheckpointStore store;
  private final CheckpointTopics topics;
  private final Cosigning cosigning;
  private final Verdicts verdicts;
  private final EpochRule epochs;
  private final SignerCounters counters;
  private final Map<LogName, LogState> logs = new HashMap<>();
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore opening = new Semaphore(OPENING_AT_ONCE);

  // What went out and is not yet noted in the database.
  private final Map<String, Long> publishedSizes = new HashMap<>();
  private final Map<TopicPartition, Long> publishedUpTo = new HashMap<>();
  private final Set<LogName> alarmed = new HashSet<>();
  private final Function<String, Optional<LogName>> names;
  private boolean republish = true;
  private long restUntil = System.nanoTime();
  private volatile long waiting;
  private volatile long frozen;

  /// @param names of logs that are found in the database
  LogSigner(
      CheckpointStore store,
      Function<Cosigning.Doubts, Cosigning> cosigning,
      CheckpointTopics topics,
      SigningKeys keys,
      Function<String, Optional<LogName>> names,
      SignerCounters counters) {
    this.store = store;
    this.topics = topics;
    this.names = names;
    this.counters = counters;
    this.verdicts = new Verdicts(keys);
    this.epochs = new EpochRule(store, topics, keys, counters);
    this.cosigning = cosigning.apply((log, doubt) -> events.add(() -> doubted(log, doubt)));
    counters.levels(() -> waiting, this.cosigning::uncosigned, () -> frozen);
  }

  void tile(LogName log, TilePath path, byte[] hashes, long offset) {
    state(log).tile(path, hashes, offset);
  }

  void opening(LogName log, EpochOpening opening) {
    state(log).opening(opening);
  }

  /// @param replayed whether the head lay in its topic before this signer began to read
  void head(LogName log, Checkpoint head, long offset, boolean replayed) {
    state(log).head(new Waiting(head, offset, replayed, System.nanoTime()));
  }

  /// Does what can be done now. Comes back soon, but for the database and the topics.
  ///
  /// @throws org.apache.kafka.common.KafkaException if the topics can not be written; then this
  ///   signer is at its end, and the next one publishes what was committed
  void turn() {
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
    if (rests()) {
      return;
    }
    try {
      if (republish) {
        republish();
      }
      logs.values().stream()
          .filter(log -> log.waiting().isPresent() && log.mayAsk(System.nanoTime()))
          .toList()
          .forEach(this::open);
      List<LogState> ready =
          logs.values().stream()
              .filter(log -> log.door() == Door.OPEN && log.waiting().isPresent())
              .limit(BATCH)
              .toList();
      if (!ready.isEmpty()) {
        sign(ready);
      }
    } catch (StoreFailed e) {
      // Perhaps the commit happened: the rows are read again, and what they hold is published.
      LOG.atWarn().addKeyValue("cause", String.valueOf(e.getCause())).log("the signer waits");
      republish = true;
      restUntil = System.nanoTime() + STORE_REST.toNanos();
    }
    waiting = logs.values().stream().filter(log -> log.waiting().isPresent()).count();
    frozen = logs.values().stream().filter(log -> log.door() == Door.FROZEN).count();
  }

  /// Notes in the database what was published and cosigned, and asks witnesses again where the
  /// quorum is missing.
  void tidy() {
    try {
      if (!publishedUpTo.isEmpty()) {
        store.published(publishedSizes, publishedUpTo);
        publishedSizes.clear();
        publishedUpTo.clear();
      }
      var times = cosigning.takeTimes();
      if (!times.isEmpty()) {
        store.cosigned(times);
      }
    } catch (StoreFailed e) {
      LOG.atWarn().addKeyValue("cause", String.valueOf(e.getCause())).log("noted later");
    }
    cosigning.retry();
  }

  /// Lets witnesses say again of idle logs that their newest checkpoint is the newest.
  void again(List<String> origins) {
    for (String origin : origins) {
      names
          .apply(origin)
          .ifPresent(name -> {
            LogState log = state(name);
            if (log.door() == Door.OPEN) {
              cosigning.again(name);
            } else if (log.mayAsk(System.nanoTime())) {
              open(log);
            }
          });
    }
  }

  /// Whether the database can be used at the moment.
  boolean rests() {
    return System.nanoTime() - restUntil < 0;
  }

  /// Whether there is room for more tiles than are here: heads have to come first otherwise.
  boolean takesTiles() {
    long tiles = logs.values().stream().mapToLong(log -> log.tiles().size()).sum();
    return tiles < TILES_MAX + (long) TILES_A_LOG * logs.size();
  }

  /// The first offsets that a reader of the tiles and heads needs to see again.
  Map<TopicPartition, Long> needed() {
    var needed = new HashMap<TopicPartition, Long>();
    logs.values()
        .forEach(log -> {
          least(needed, log.name().tiles(), log.firstTile());
          least(needed, log.name().heads(), log.firstHead());
        });
    return needed;
  }

  /// Forgets the logs of partitions that others read now.
  void forget(Set<TopicPartition> partitions) {
    logs.keySet()
        .removeIf(name -> {
          boolean gone = partitions.contains(name.tiles()) || partitions.contains(name.heads());
          if (gone) {
            cosigning.forget(name);
          }
          return gone;
        });
  }

  @Override
  public void close() {
    cosigning.close();
    threads.shutdownNow();
    store.close();
  }

  private LogState state(LogName name) {
    return logs.computeIfAbsent(name, LogState::new);
  }

  private static void least(
      Map<TopicPartition, Long> needed, TopicPartition partition, OptionalLong offset) {
    offset.ifPresent(first -> needed.merge(partition, first, Math::min));
  }

  private void republish() {
    List<Signed> unpublished = store.unpublished();
    publish(unpublished, origin -> names.apply(origin).orElseThrow());
    unpublished.forEach(signed ->
        cosigning.signed(names.apply(signed.origin()).orElseThrow(), signed, System.nanoTime()));
    republish = false;
  }

  private void open(LogState log) {
    if (!opening.tryAcquire()) {
      return;
    }
    log.asking();
    LogName name = log.name();
    Optional<EpochOpening> opened = log.opening();
    Optional<byte[]> firstTile = log.tiles().find(0, 0);
    threads.execute(() -> {
      try {
        Door door =
            epochs.admits(name, opened, firstTile, this::abandoned)
                ? verifiedOpen(log)
                : Door.CLOSED;
        events.add(() -> opened(log, door));
      } catch (RuntimeException e) {
        LOG.atWarn()
            .addKeyValue("log", name.name())
            .addKeyValue("cause", String.valueOf(e))
            .log("a log can not be opened yet");
        events.add(() -> opened(log, Door.CLOSED));
      } finally {
        opening.release();
      }
    });
  }

  private void abandoned(String origin) {
    events.add(() ->
        names.apply(origin).filter(old -> logs.remove(old) != null).ifPresent(cosigning::forget));
  }

  /// Runs in a thread of its own.
  private Door verifiedOpen(LogState log) {
    LogName name = log.name();
    Optional<Signed> row = store.find(name.name());
    events.add(() -> log.knows(row.map(Signed::size).orElse(0L)));
    if (row.flatMap(Signed::frozen).isPresent()) {
      return Door.FROZEN;
    }
    Signed signed = row.orElseGet(() -> verdicts.nothing(name.name()));
    Optional<Checkpoint> published = topics.largest(name, store.knownUpTo(name.checkpoints()));
    if (published.filter(tree -> contradicts(tree, name)).isPresent()) {
      return freeze(name, Alarm.Code.SIGNER_BEHIND, signed, published.get().size());
    }
    Opening opening = cosigning.open(name, signed);
    Optional<Checkpoint> held = opening.doubt().flatMap(Doubt::held);
    if (held.filter(tree -> contradicts(tree, name)).isPresent()) {
      return freeze(name, opening.doubt().get().code(), signed, held.get().size());
    }
    if (opening.doubt().isPresent() && held.isEmpty()) {
      topics.alarm(new Alarm(Alarm.Code.WITNESS_REFUSES, name, signed.size(), 0));
    }
    return opening.quorum() ? Door.OPEN : Door.CLOSED;
  }

  /// Whether a checkpoint under the log's own signature is not one that the database knows of. Read
  /// anew: another signer may have been at work.
  private boolean contradicts(Checkpoint tree, LogName name) {
    Optional<Signed> row = store.find(name.name());
    long size = row.map(Signed::size).orElse(0L);
    return tree.size() > size
        || (tree.size() == size
            && size > 0
            && !row.map(Signed::checkpoint).equals(Optional.of(tree)));
  }

  private Door freeze(LogName name, Alarm.Code code, Signed signed, long found) {
    store.freeze(name.name(), code.name());
    topics.alarm(new Alarm(code, name, signed.size(), found));
    counters.refusedAdder.increment();
    LOG.atError()
        .addKeyValue("log", name.name())
        .addKeyValue("code", code)
        .addKeyValue("signed", signed.size())
        .addKeyValue("found", found)
        .log("a log is not signed any more; see docs/witness.md");
    return Door.FROZEN;
  }

  private void opened(LogState log, Door door) {
    switch (door) {
      case OPEN -> log.open();
      case FROZEN -> log.frozen();
      case CLOSED, ASKING -> log.closed(System.nanoTime() + ASK_AGAIN.toNanos());
    }
  }

  private void doubted(LogName name, Doubt doubt) {
    threads.execute(() -> {
      Optional<Checkpoint> held = doubt.held();
      if (held.filter(tree -> contradicts(tree, name)).isPresent()) {
        Signed signed = store.find(name.name()).orElseGet(() -> verdicts.nothing(name.name()));
        Door door = freeze(name, doubt.code(), signed, held.get().size());
        events.add(() -> opened(state(name), door));
      }
    });
  }

  private void sign(List<LogState> ready) {
    var byOrigin = new LinkedHashMap<String, LogState>();
    ready.forEach(log -> byOrigin.put(log.name().name(), log));
    var verdictsByOrigin = new HashMap<String, Verdict>();
    List<Signed> written =
        store.sign(
            byOrigin.keySet(),
            rows -> {
              verdictsByOrigin.clear();
              byOrigin.forEach((origin, log) ->
                  verdictsByOrigin.put(
                      origin, verdicts.of(log, Optional.ofNullable(rows.get(origin)))));
              return verdictsByOrigin.values().stream()
                  .filter(Sign.class::isInstance)
                  .map(verdict -> ((Sign) verdict).next())
                  .toList();
            });
    var nanos = new HashMap<String, Long>();
    byOrigin.forEach((origin, log) -> log.waiting().ifPresent(w -> nanos.put(origin, w.nanos())));
    publish(written, origin -> logOf(byOrigin, origin).name());
    verdictsByOrigin.forEach((origin, verdict) -> done(logOf(byOrigin, origin), verdict));
    written.forEach(signed ->
        cosigning.signed(
            logOf(byOrigin, signed.origin()).name(),
            signed,
            nanos.getOrDefault(signed.origin(), System.nanoTime())));
  }

  private static LogState logOf(Map<String, LogState> logs, String origin) {
    return Objects.requireNonNull(logs.get(origin), origin);
  }

  private void done(LogState log, Verdict verdict) {
    switch (verdict) {
      case Sign sign -> {
        counters.signed(sign.next().size());
        alarmed.remove(log.name());
        log.signed(sign.next().size());
      }
      case Verdict.Known known -> log.signed(known.size());
      case Verdict.Wait _ -> {}
      case Refuse refuse -> refused(log, refuse);
    }
  }

  private void refused(LogState log, Refuse refuse) {
    long found = log.waiting().map(w -> w.head().size()).orElse(0L);
    switch (refuse.code()) {
      case HEAD_BEHIND -> {
        counters.refusedAdder.increment();
        if (alarmed.add(log.name())) {
          topics.alarm(new Alarm(refuse.code(), log.name(), refuse.signed().size(), found));
        }
        log.signed(refuse.signed().size());
      }
      case FORK, SIGNER_BEHIND, TRUNCATED, EPOCH_NOT_OPENED, WITNESS_REFUSES -> {
        Door door = freeze(log.name(), refuse.code(), refuse.signed(), found);
        opened(log, door);
      }
    }
  }

  private void publish(List<Signed> signed, Function<String, LogName> name) {
    if (signed.isEmpty()) {
      return;
    }
    var notes = new ArrayList<CheckpointTopics.Outgoing>();
    signed.forEach(
        each -> notes.add(new CheckpointTopics.Outgoing(name.apply(each.origin()), each.note())));
    publishedUpTo.putAll(topics.publish(notes));
    signed.forEach(each -> publishedSizes.put(each.origin(), each.size()));
  }
}
