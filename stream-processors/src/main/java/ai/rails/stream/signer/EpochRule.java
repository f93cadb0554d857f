package ai.rails.stream.signer;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.ledger.Origin;

/// One log of a workspace is signed at a time. A later epoch is signed only if the act that opens
/// epochs opened it, bound to the last head that was signed; then those before are at their end.
/// Thread-safe.
final class EpochRule {
  private static final Logger LOG = LoggerFactory.getLogger(EpochRule.class);

  private final CheckpointStore store;
  private final CheckpointTopics topics;
  private final SigningKeys keys;
  private final SignerCounters counters;
  private final Set<LogName> alarmed = ConcurrentHashMap.newKeySet();

  EpochRule(
      CheckpointStore store, CheckpointTopics topics, SigningKeys keys, SignerCounters counters) {
    this.store = store;
    this.topics = topics;
    this.keys = keys;
    this.counters = counters;
  }

  /// @param opened what opened its epoch, if that came
  /// @param firstTile of the log, as far as it is there
  /// @param abandoned hears the origins of logs that are signed no more
  boolean admits(
      LogName name,
      Optional<EpochOpening> opened,
      Optional<byte[]> firstTile,
      Consumer<String> abandoned) {
    int epoch = name.origin().epoch();
    List<Signed> logs = store.ofWorkspace(name.origin());
    if (logs.stream().anyMatch(signed -> epoch(signed) > epoch)) {
      return refused(name, "a later epoch is signed");
    }
    if (epoch == 1 || logs.stream().anyMatch(signed -> epoch(signed) == epoch)) {
      return true;
    }
    Optional<Signed> before = logs.stream().max(Comparator.comparingInt(EpochRule::epoch));
    Optional<String> refusal =
        opened.isEmpty()
            ? Optional.of("nothing opened it")
            : opened.get().refusal(name.origin(), firstTile, before, keys);
    if (refusal.isPresent()) {
      return refused(name, refusal.get());
    }
    logs.forEach(old -> {
      store.freeze(old.origin(), "ABANDONED");
      abandoned.accept(old.origin());
    });
    return true;
  }

  private boolean refused(LogName name, String why) {
    if (alarmed.add(name)) {
      LOG.atError()
          .addKeyValue("log", name.name())
          .addKeyValue("why", why)
          .log("a log is not signed");
      topics.alarm(new Alarm(Alarm.Code.EPOCH_NOT_OPENED, name, 0, name.origin().epoch()));
      counters.refusedAdder.increment();
    }
    return false;
  }

  private static int epoch(Signed signed) {
    return Origin.parse(signed.origin()).map(Origin::epoch).orElse(0);
  }
}
