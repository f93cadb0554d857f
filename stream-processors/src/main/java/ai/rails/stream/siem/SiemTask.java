package ai.rails.stream.siem;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Malformed;
import ai.rails.schema.Recorded;
import ai.rails.schema.Topics;
import ai.rails.stream.siem.Notices.Place;

/// Tells each ledger entry as an OCSF record of the same tenant's feed, in order and once; an entry
/// that can not be read is told as such, so that sequences have no gap. Now and then it says that
/// it lives, and when what it writes has changed.
///
/// Owned by one stream thread.
final class SiemTask implements Processor<byte[], byte[], byte[], byte[]> {
  static final String STORE = "feed";
  static final Duration HEARTBEAT = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(SiemTask.class);

  private final EventCodec events;
  private final FeedVersion version;
  private final SiemCounters counters;
  private final Feed feed;
  private final Notices notices;
  private final OcsfMapping mapping;
  private final LedgerRecordCodec records = new LedgerRecordCodec();
  private @Nullable ProcessorContext<byte[], byte[]> context;
  private @Nullable StoredFeed stored;

  SiemTask(String cellDomain, FeedVersion version, EventCodec events, SiemCounters counters) {
    this.events = events;
    this.version = version;
    this.counters = counters;
    this.feed = new Feed(cellDomain);
    this.notices = new Notices(cellDomain, version);
    this.mapping = new OcsfMapping(version);
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> newContext) {
    this.context = newContext;
    this.stored = new StoredFeed(newContext.getStateStore(STORE));
    newContext.schedule(HEARTBEAT, PunctuationType.WALL_CLOCK_TIME, this::heartbeat);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    String tenant = context().recordMetadata().flatMap(m -> Topics.tenant(m.topic())).orElseThrow();
    String workspace = new String(record.key(), StandardCharsets.UTF_8);
    LedgerRecord ledger = records.decode(record.value());
    Leaf leaf = Leaf.parse(ledger.leaf());
    String hash = Sha256.ofLeaf(ledger.leaf());
    var place = new Place(tenant, workspace, leaf.time());
    sayVersion(place);
    int epoch = Origin.parse(leaf.log()).map(Origin::epoch).orElse(1);
    if (!follows(place, leaf, epoch)) {
      return;
    }
    Optional<Entry> entry = entry(place, ledger, leaf, hash);
    if (entry.isPresent()) {
      mapping.of(entry.get(), stored().memory(tenant, workspace)).forEach(this::forward);
      stored().learn(tenant, workspace, entry.get());
    } else {
      counters.unreadableAdder.increment();
      forward(notices.unreadable(place, new Entry.Unread(leaf, hash)));
    }
    stored().put(tenant, workspace, new StoredFeed.Last(epoch, leaf.seq(), hash));
    counters.toldAdder.increment();
  }

  /// Whether the entry is a further one. One that was told before is left out; one that does not
  /// follow is told after a finding that says so. A log of a new epoch is told from its beginning:
  /// its entries have the uids that they had, and other sequences.
  private boolean follows(Place place, Leaf leaf, int epoch) {
    Optional<StoredFeed.Last> known = stored().last(place.tenant(), place.workspace());
    if (known.filter(last -> last.epoch() > epoch).isPresent()) {
      counters.duplicatesAdder.increment();
      return false;
    }
    Optional<StoredFeed.Last> last = known.filter(l -> l.epoch() == epoch);
    long expected = last.map(l -> l.seq() + 1).orElse(1L);
    if (leaf.seq() < expected) {
      counters.duplicatesAdder.increment();
      return false;
    }
    boolean chained = last.map(l -> l.hash().equals(leaf.prev())).orElse(true);
    if (leaf.seq() > expected || !chained) {
      counters.brokenAdder.increment();
      forward(notices.broken(place, expected, leaf.seq()));
    }
    return true;
  }

  /// The entry, if its event can be read and is what the leaf, the topic and the key say.
  private Optional<Entry> entry(Place place, LedgerRecord ledger, Leaf leaf, String hash) {
    try {
      Recorded recorded = events.decode(ledger.event());
      boolean same =
          recorded.header().tenant().equals(place.tenant())
              && recorded.header().workspace().equals(place.workspace())
              && recorded.header().eventId().equals(leaf.eventId())
              && leaf.eventSha256().equals(Sha256.hex(ledger.event()));
      return same
          ? Optional.of(new Entry(leaf, hash, recorded.header(), recorded.event()))
          : Optional.empty();
    } catch (Malformed e) {
      LOG.atError()
          .addKeyValue("tenant", place.tenant())
          .addKeyValue("seq", leaf.seq())
          .log("a ledger entry is told without its event");
      return Optional.empty();
    }
  }

  private void sayVersion(Place place) {
    Optional<String> before = stored().version(place.tenant());
    if (!before.equals(Optional.of(version.toString()))) {
      forward(notices.changed(place, before, task()));
      stored().putVersion(place.tenant(), version.toString());
    }
  }

  private void heartbeat(long now) {
    stored()
        .sequences()
        .forEach((tenant, sequences) ->
            notices.heartbeat(tenant, sequences, now, task()).forEach(this::forward));
  }

  private void forward(OcsfRecord told) {
    Record<byte[], byte[]> written = feed.write(told);
    counters.bytesAdder.add(written.value().length);
    context().forward(written);
  }

  private String task() {
    return Integer.toString(context().taskId().partition());
  }

  private ProcessorContext<byte[], byte[]> context() {
    return Objects.requireNonNull(context, "init comes first");
  }

  private StoredFeed stored() {
    return Objects.requireNonNull(stored, "init comes first");
  }
}
