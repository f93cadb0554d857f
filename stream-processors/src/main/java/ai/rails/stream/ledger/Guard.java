package ai.rails.stream.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.ledger.TilePath;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.stream.ledger.Sources.Stream;
import ai.rails.stream.ledger.TopicStates.TopicState;

/// Does not take a task's memory for granted. Before a tenant's first event it compares what the
/// store says with itself and with the end of the ledger topic, and from then on watches that no
/// topic is made again or cut.
///
/// A store that has nothing, or less than the ledger topic, is computed again from the ledger topic
/// and the alarm says so: the topic is the log, the store only a shortcut. Where the two contradict
/// each other, or the ledger topic is not the one that it was, the log is frozen: nothing is
/// appended until a start finds them agreeing. One thread.
final class Guard {
  /// How often all topics are looked at, and those of tenants that had events.
  static final Duration EVERY = Duration.ofSeconds(30);

  static final Duration EVERY_BUSY = Duration.ofSeconds(1);

  /// How much of the ledger topic's end is compared with the store at a start.
  private static final long TAIL_OFFSETS = 100;

  /// What an earlier format's task remembered is computed again: it forgot runs that were over.
  private static final String FORMAT = "#2";

  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private final TopicStates topics;
  private final int partition;
  private final String cellDomain;
  private final KeyValueStore<String, byte[]> heads;
  private final KeyValueStore<String, byte[]> memory;
  private final Trees trees;
  private final Set<String> tenants = new HashSet<>();
  private final Set<String> frozenTenants = new HashSet<>();
  private final Set<Origin> frozenLogs = new HashSet<>();
  private final Map<String, Long> eventEnds = new HashMap<>();
  private Set<String> busy = new HashSet<>();
  private Set<String> wasBusy = new HashSet<>();
  private final List<Alarm> alarms = new ArrayList<>();

  /// @param heads the store of heads
  /// @param memory the store of trees; it has what is known of a tenant's topics beside them
  Guard(
      TopicStates topics,
      int partition,
      String cellDomain,
      KeyValueStore<String, byte[]> heads,
      KeyValueStore<String, byte[]> memory,
      Trees trees) {
    this.topics = topics;
    this.partition = partition;
    this.cellDomain = cellDomain;
    this.heads = heads;
    this.memory = memory;
    this.trees = trees;
  }

  /// Checks every tenant that there is.
  void start() {
    check(topics.tenants());
  }

  /// Checks a tenant that came after the start; takes notice of an event's place.
  void read(String tenant, long offset) {
    if (!tenants.contains(tenant)) {
      check(Set.of(tenant));
    }
    eventEnds.put(tenant, offset + 1);
    busy.add(tenant);
  }

  boolean frozen(Origin origin) {
    return frozenTenants.contains(origin.tenant()) || frozenLogs.contains(origin);
  }

  /// A log has taken an abandoned one's place. What was lost of the old one is no longer missed:
  /// the tenant's topics are those that are there now. Other logs that are not whole stay frozen.
  void opened(Origin origin) {
    String tenant = origin.tenant();
    if (frozenTenants.remove(tenant)) {
      Sources now = Sources.of(tenant, states(Set.of(tenant)));
      TopicState ledger = now.states().get(Stream.LEDGER);
      boolean _ = ledger != null && behind(tenant, ledger.end());
      put(tenant, merged(Optional.empty(), now));
    }
  }

  /// What is to be said since the last call.
  List<Alarm> alarms() {
    List<Alarm> said = List.copyOf(alarms);
    alarms.clear();
    return said;
  }

  /// Remembers how far the events were read.
  void remember() {
    eventEnds.forEach((tenant, end) ->
        sources(tenant)
            .ifPresent(known -> {
              TopicState events = known.states().get(Stream.EVENTS);
              if (events != null && events.end() < end) {
                put(tenant, known.with(Stream.EVENTS, new TopicState(events.id(), end)));
              }
            }));
    eventEnds.clear();
  }

  /// Asks whether the topics are still the ones that they were.
  void watch() {
    check(Set.copyOf(tenants));
  }

  /// The same for tenants that had events lately, so that how far their topics reach is known soon
  /// after they have grown: what was not yet seen can be cut away unnoticed. Twice after an event,
  /// because its leaf may not be committed at the first time.
  void watchBusy() {
    var asked = new HashSet<String>(busy);
    asked.addAll(wasBusy);
    wasBusy = busy;
    busy = new HashSet<>();
    check(asked);
  }

  private void check(Collection<String> asked) {
    Map<String, TopicState> states = states(asked);
    asked.forEach(tenant -> check(tenant, Sources.of(tenant, states)));
  }

  private Map<String, TopicState> states(Collection<String> asked) {
    var names = new ArrayList<String>();
    asked.forEach(tenant -> {
      for (Stream stream : Stream.values()) {
        names.add(stream.topic(tenant));
      }
    });
    return names.isEmpty() ? Map.of() : topics.of(names, partition);
  }

  private void check(String tenant, Sources now) {
    if (frozenTenants.contains(tenant)) {
      return;
    }
    boolean first = tenants.add(tenant);
    Optional<Sources> known = sources(tenant);
    boolean whole = known.isPresent() && compare(tenant, known.get(), now);
    TopicState ledger = now.states().get(Stream.LEDGER);
    if (frozenTenants.contains(tenant)) {
      return;
    }
    if (!first && !whole) {
      throw new IllegalStateException(
          "a topic of tenant %s is not the one that it was; the ledger starts again and computes its memory from the ledger topic"
              .formatted(tenant));
    }
    if (ledger != null) {
      boolean behind = first && behind(tenant, ledger.end());
      if (behind || (!whole && ledger.end() > 0)) {
        rebuild(tenant);
      }
    }
    if (first) {
      logs(tenant).stream().filter(log -> !frozen(log)).forEach(this::checkLog);
    }
    put(tenant, merged(known, now));
  }

  /// Compares topics with what is known of them; a ledger topic that is not the one that it was
  /// freezes the tenant.
  ///
  /// @return whether the tiles and heads that were given are still there
  private boolean compare(String tenant, Sources known, Sources now) {
    boolean whole = true;
    for (Stream stream : Stream.values()) {
      TopicState before = known.states().get(stream);
      TopicState found = now.states().get(stream);
      if (before == null || found == null) {
        continue;
      }
      boolean same = before.id().equals(found.id());
      if (same && found.end() >= before.end()) {
        continue;
      }
      alarm(
          new Alarm(
              same ? Alarm.Code.TOPIC_CUT : Alarm.Code.TOPIC_RECREATED,
              tenant,
              "_tenant",
              before.end(),
              found.end(),
              stream.name()));
      whole &= stream == Stream.EVENTS;
      if (stream == Stream.LEDGER) {
        frozenTenants.add(tenant);
      }
    }
    return whole;
  }

  /// Events are remembered as far as they were read, the others as far as they reach; a topic that
  /// is gone is remembered, so that another one of its name is known for what it is.
  private static Sources merged(Optional<Sources> known, Sources now) {
    Sources merged = known.orElse(now);
    for (var entry : now.states().entrySet()) {
      merged = merged.with(entry.getKey(), entry.getValue());
    }
    @Nullable TopicState before = known.map(k -> k.states().get(Stream.EVENTS)).orElse(null);
    TopicState found = now.states().get(Stream.EVENTS);
    if (found == null) {
      return merged;
    }
    long end =
        before != null && before.id().equals(found.id()) ? Math.min(before.end(), found.end()) : 0;
    return merged.with(Stream.EVENTS, new TopicState(found.id(), end));
  }

  /// Whether the ledger topic ends with leaves that the store does not know; freezes logs where
  /// they contradict each other.
  private boolean behind(String tenant, long end) {
    var codec = new LedgerRecordCodec();
    var ends = new HashMap<String, byte[]>();
    topics.read(
        Stream.LEDGER.topic(tenant),
        partition,
        TAIL_OFFSETS,
        (workspace, value) -> ends.put(workspace, value));
    if (end <= TAIL_OFFSETS) {
      logs(tenant).stream()
          .filter(log -> !ends.containsKey(log.workspace()))
          .forEach(this::freezeUnlessEmpty);
    }
    boolean behind = false;
    for (var entry : ends.entrySet()) {
      Origin origin = log(tenant, entry.getKey());
      LedgerHead head = head(origin);
      try {
        byte[] leaf = codec.decode(entry.getValue()).leaf();
        Leaf last = Leaf.parse(leaf);
        long seq = last.seq();
        int epoch = Origin.parse(last.log()).map(Origin::epoch).orElse(0);
        if (epoch < origin.epoch() && head.size() == 0) {
          continue; // nothing of the new log is there yet
        }
        if (epoch > origin.epoch() || (epoch == origin.epoch() && seq > head.size())) {
          behind = true;
        } else if (seq < head.size() || !Sha256.ofLeaf(leaf).equals(head.hash())) {
          freeze(origin, head.size(), seq, "the ledger topic ends with another leaf");
        }
      } catch (IllegalArgumentException e) {
        freeze(origin, head.size(), 0, "the ledger topic ends with what is no leaf");
      }
    }
    return behind;
  }

  private void freezeUnlessEmpty(Origin origin) {
    long size = head(origin).size();
    if (size > 0) {
      freeze(origin, size, 0, "the ledger topic has none of its leaves");
    }
  }

  private void rebuild(String tenant) {
    LOG.warn("what the ledger remembers is computed again from its topic; tenant={}", tenant);
    Replay.of(topics, partition, tenant, workspace -> log(tenant, workspace), this::head)
        .values()
        .forEach(this::rebuild);
  }

  private void rebuild(Replay replay) {
    Origin origin = replay.origin();
    Origin known = log(origin.tenant(), origin.workspace());
    LedgerHead before = head(origin);
    LedgerHead after = replay.chain().head();
    Optional<String> broken = replay.broken();
    if (frozen(origin) || frozen(known)) {
      return;
    }
    if (known.epoch() > origin.epoch()) {
      freezeUnlessEmpty(known);
      return;
    }
    if (broken.isPresent()) {
      freeze(origin, before.size(), after.size(), broken.get());
      return;
    }
    new StoredLedger(heads, origin).put(replay.chain());
    trees.put(origin, replay);
    alarm(
        new Alarm(
            Alarm.Code.REBUILT, origin.tenant(), origin.workspace(), before.size(), after.size()));
  }

  /// The restore check: head, frontier, open tiles and last head fit together.
  private void checkLog(Origin origin) {
    LedgerHead head = head(origin);
    StoredTree stored = trees.stored(origin);
    String wrong;
    try {
      StoredTree.State state = stored.state().orElseGet(StoredTree.State::empty);
      wrong = wrong(head, state, new GrowingTree(state.frontier(), stored), stored);
    } catch (IllegalArgumentException e) {
      wrong = String.valueOf(e.getMessage());
    }
    if (wrong.isEmpty()) {
      trees.due(origin);
    } else {
      freeze(origin, head.size(), 0, wrong);
    }
  }

  private static String wrong(
      LedgerHead head, StoredTree.State state, GrowingTree tree, StoredTree stored) {
    int last = (int) (head.size() & (TilePath.FULL - 1));
    byte[] open = stored.read(0, last);
    if (tree.size() != head.size()) {
      return "the stored tree has another size than the chain";
    }
    if (!tree.fits()) {
      return "the stored frontier is not that of the open tiles";
    }
    if (last > 0 && !HexFormat.of().formatHex(open).endsWith(head.hash())) {
      return "the stored tree ends with another leaf than the chain";
    }
    if (state.headSize() > tree.size()
        || (state.headSize() == tree.size() && !Merkle.equal(state.headRoot(), tree.root()))) {
      return "the stored tree is not the one of the last head";
    }
    return "";
  }

  private void freeze(Origin origin, long expected, long found, String reason) {
    LOG.error(
        "a log is frozen: {}; tenant={} workspace={} expected={} found={}",
        reason,
        origin.tenant(),
        origin.workspace(),
        expected,
        found);
    frozenLogs.add(origin);
    alarms.add(new Alarm(Alarm.Code.FROZEN, origin.tenant(), origin.workspace(), expected, found));
  }

  private void alarm(Alarm alarm) {
    LOG.error("alarm; {}", alarm);
    alarms.add(alarm);
  }

  private List<Origin> logs(String tenant) {
    var logs = new ArrayList<Origin>();
    try (var found = memory.range(tenant + "|", tenant + "}")) {
      found.forEachRemaining(
          tree -> logs.add(log(tenant, tree.key.substring(tenant.length() + 1))));
    }
    return logs;
  }

  private Origin log(String tenant, String workspace) {
    return StoredLedger.origin(heads, cellDomain, tenant, workspace);
  }

  /// Of a log of another epoch than the one that is remembered nothing is known.
  private LedgerHead head(Origin origin) {
    return log(origin.tenant(), origin.workspace()).equals(origin)
        ? new StoredLedger(heads, origin).state().head()
        : LedgerHead.genesis(origin);
  }

  private Optional<Sources> sources(String tenant) {
    return Optional.ofNullable(memory.get(tenant + FORMAT)).map(Sources::read);
  }

  private void put(String tenant, Sources sources) {
    memory.put(tenant + FORMAT, sources.bytes());
  }
}
