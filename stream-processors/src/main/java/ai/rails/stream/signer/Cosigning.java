package ai.rails.stream.signer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.stream.signer.CosignedLog.Doubt;
import ai.rails.stream.signer.CosignedLog.Opening;

/// Brings signed checkpoints to the witnesses and publishes them again with the cosignatures. A
/// witness that is slow or gone delays neither the signing nor, as long as the quorum holds without
/// it, the others. Thread-safe.
final class Cosigning implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cosigning.class);

  private final Surroundings around;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<LogName, CosignedLog> logs = new ConcurrentHashMap<>();
  private final Map<String, Instant> times = new ConcurrentHashMap<>();

  /// @param scan proves what is not remembered, from the tiles topics
  /// @param doubts told of a witness that contradicts the signer
  record Surroundings(
      TlogPolicy policy,
      List<WitnessPeer> witnesses,
      CheckpointTopics topics,
      TileScan scan,
      SigningKeys keys,
      Doubts doubts,
      SignerCounters counters,
      InstantSource clock) {
    Surroundings {
      witnesses = List.copyOf(witnesses);
    }
  }

  /// Hears of contradictions.
  @FunctionalInterface
  interface Doubts {
    void doubt(LogName log, Doubt doubt);
  }

  Cosigning(Surroundings around) {
    this.around = around;
  }

  /// Asks all witnesses whether they know more of a log than this signer, with what was signed
  /// last. Waits until each has answered or not.
  Opening open(LogName name, Signed signed) {
    var log = new CosignedLog(name, signed, this);
    logs.put(name, log);
    return log.open();
  }

  /// A checkpoint of an open log was signed and published.
  ///
  /// @param headNanos when its head came
  void signed(LogName name, Signed signed, long headNanos) {
    CosignedLog log = logs.get(name);
    if (log != null) {
      log.signed(signed, headNanos);
    }
  }

  /// Lets the witnesses say again that the newest checkpoint of a log is the newest.
  void again(LogName name) {
    CosignedLog log = logs.get(name);
    if (log != null) {
      log.again();
    }
  }

  void forget(LogName name) {
    logs.remove(name);
  }

  /// Tries once more where the quorum is missing.
  void retry() {
    logs.values().forEach(CosignedLog::retry);
  }

  long uncosigned() {
    return logs.values().stream().filter(CosignedLog::lacksQuorum).count();
  }

  /// When logs were cosigned since this was asked last.
  Map<String, Instant> takeTimes() {
    var taken = new HashMap<String, Instant>();
    times.forEach((origin, time) -> {
      if (times.remove(origin, time)) {
        taken.put(origin, time);
      }
    });
    return taken;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  Surroundings around() {
    return around;
  }

  void run(Runnable work) {
    threads.execute(() -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("asking a witness failed; it is asked again");
      }
    });
  }

  /// Whether these witnesses are enough.
  boolean quorum(Set<String> names) {
    return around.policy.quorum(names);
  }

  void cosigned(LogName name, Duration afterHead) {
    times.put(name.name(), around.clock.instant());
    around.counters.cosigned(afterHead);
  }

  /// What a witness holds of a log, if the log's key has signed it.
  Optional<Checkpoint> held(WitnessPeer witness, LogName name) {
    return witness.checkpoint(name.name()).flatMap(note -> around.keys().own(name.name(), note));
  }

  Optional<List<byte[]>> scan(LogName name, long old, long size) {
    return around.scan.consistency(name, old, size);
  }
}
