package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.EntryType;
import ai.rails.domain.checkpoint.LogRules;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Malformed;
import ai.rails.schema.Topics;

/// Turns events into leaves. The position decides: the next one is appended, an earlier one is a
/// duplicate and dropped, a later one means that something is missing. Then, and when a record is
/// unreadable or differs from its event, that workspace waits and an alarm goes out once; only the
/// next position ends the wait, so the repair is to publish the store's rows again, which is asked
/// for. Logs that the guard has frozen take nothing.
///
/// An entry that opens an epoch ends the log that it comes to, frozen or not: a new one begins, and
/// takes all of the store's rows.
///
/// Owned by one stream thread.
final class LedgerTask implements Processor<byte[], byte[], Routed, byte[]> {
  static final String HEADS = "heads";
  static final String TREES = "trees";
  static final String EDGES = "edges";

  private final String cell;
  private final String cellDomain;
  private final EventCodec events;
  private final TopicStates topics;
  private final LedgerCounters counters;
  private final RowsAgain again;
  private final LedgerRecordCodec records = new LedgerRecordCodec();
  private @Nullable ProcessorContext<Routed, byte[]> context;
  private @Nullable KeyValueStore<String, byte[]> heads;
  private @Nullable Trees trees;
  private @Nullable Guard guard;

  LedgerTask(
      String cell,
      String cellDomain,
      EventCodec events,
      TopicStates topics,
      LedgerCounters counters,
      RowsAgain again) {
    this.topics = topics;
    this.again = again;
    this.cell = cell;
    this.cellDomain = cellDomain;
    this.events = events;
    this.counters = counters;
  }

  @Override
  public void init(ProcessorContext<Routed, byte[]> newContext) {
    this.context = newContext;
    this.heads = newContext.getStateStore(HEADS);
    KeyValueStore<String, byte[]> treeStore = newContext.getStateStore(TREES);
    var newTrees = new Trees(treeStore, newContext.getStateStore(EDGES), newContext::forward);
    this.trees = newTrees;
    var newGuard =
        new Guard(
            topics,
            newContext.taskId().partition(),
            cellDomain,
            newContext.getStateStore(HEADS),
            treeStore,
            newTrees);
    this.guard = newGuard;
    newGuard.start();
    newContext.schedule(Trees.HEADS_APART, PunctuationType.WALL_CLOCK_TIME, this::tick);
    newContext.schedule(Guard.EVERY, PunctuationType.WALL_CLOCK_TIME, now -> newGuard.watch());
    newContext.schedule(
        Guard.EVERY_BUSY, PunctuationType.WALL_CLOCK_TIME, now -> newGuard.watchBusy());
  }

  private void tick(long now) {
    guard().remember();
    trees().giveAgain();
    trees().due(now).forEach(origin -> giveHead(origin, now));
    guard().alarms().forEach(alarm -> forward(alarm, now));
  }

  private void giveHead(Origin origin, long now) {
    if (!guard().frozen(origin)) {
      trees().giveHead(origin, ledger(origin).state().head().time(), now);
    }
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    String tenant = context().recordMetadata().flatMap(m -> Topics.tenant(m.topic())).orElseThrow();
    String workspace = EventRecord.workspace(record.key());
    guard().read(tenant, context().recordMetadata().orElseThrow().offset());
    Origin origin = StoredLedger.origin(store(), cellDomain, tenant, workspace);
    Optional<EpochOpened> opening = opening(origin, record);
    if (opening.isPresent()) {
      open(origin, opening.get(), record);
      return;
    }
    if (guard().frozen(origin)) {
      counters.refusedAdder.increment();
      return;
    }
    StoredLedger ledger = ledger(origin);
    StoredLedger.State state = ledger.state();
    long position = EventRecord.position(record.headers());
    if (position < 1) {
      refuse(Alarm.Code.UNREADABLE, origin, ledger, state, record);
      return;
    }
    switch (state.head().place(position)) {
      case DUPLICATE -> counters.duplicatesAdder.increment();
      case AFTER_A_GAP -> {
        counters.gappedAdder.increment();
        waitFor(Alarm.Code.GAP, origin, ledger, state, record);
        again.ask(tenant, workspace, state.head().next());
      }
      case NEXT -> next(origin, ledger, state, record);
    }
  }

  /// The event, if it is one that ends this log.
  private Optional<EpochOpened> opening(Origin origin, Record<byte[], byte[]> record) {
    boolean named =
        EventRecord.text(record.headers(), "type")
            .equals(Optional.of(EntryType.LEDGER_EPOCH_OPENED.name()));
    try {
      return named && EventRecord.event(events, record, origin.tenant()).isPresent()
          ? Optional.of(events.decode(record.value()).event())
              .map(EpochOpened.class::cast)
              .filter(e -> e.epoch() == origin.epoch() + 1)
          : Optional.empty();
    } catch (Malformed _) {
      return Optional.empty();
    }
  }

  private void open(Origin old, EpochOpened event, Record<byte[], byte[]> record) {
    Optional<Origin> bound = LogRules.bound(event.lastCheckpoint());
    if (bound.filter(old::sameWorkspace).isEmpty()) {
      counters.refusedAdder.increment();
      alarm(Alarm.Code.MISMATCH, old, ledger(old).state().head(), record);
      return;
    }
    Origin origin = old.next();
    String last = Note.parse(event.lastCheckpoint().getBytes(StandardCharsets.UTF_8)).text();
    trees().abandon(old);
    LedgerHead head = LedgerHead.opened(origin, last);
    ledger(origin).open(head, record.value());
    guard().opened(origin);
    alarm(Alarm.Code.EPOCH_OPENED, origin, head, record);
    again.ask(origin.tenant(), origin.workspace(), head.next());
  }

  private void next(
      Origin origin, StoredLedger ledger, StoredLedger.State state, Record<byte[], byte[]> record) {
    Optional<LedgerRow> event;
    Appended appended;
    try {
      event = EventRecord.event(events, record, origin.tenant());
      if (event.isEmpty()) {
        refuse(Alarm.Code.MISMATCH, origin, ledger, state, record);
        return;
      }
      appended =
          LedgerStep.append(
              origin,
              state.head(),
              ledger.strands(event.get().run(), event.get().workflow()),
              event.get());
    } catch (Malformed e) {
      refuse(Alarm.Code.UNREADABLE, origin, ledger, state, record);
      return;
    } catch (IllegalArgumentException e) {
      refuse(Alarm.Code.MISMATCH, origin, ledger, state, record);
      return;
    }
    ledger.put(appended.head(), false);
    ledger.put(event.get().run(), event.get().workflow(), appended.strands());
    forward(origin, record, event.get(), appended);
    ledger
        .opening()
        .ifPresent(opening -> {
          byte[] both = records.encode(new LedgerRecord(appended.bytes(), opening));
          trees().giveOpening(origin, both, event.get().recordedAt());
          ledger.opened();
        });
    trees()
        .append(
            new Trees.Entry(
                origin,
                state.head().size(),
                HexFormat.of().parseHex(appended.head().hash()),
                event.get().recordedAt(),
                event.get().type().headFollows()),
            context().currentSystemTimeMs());
    counters.appendedAdder.increment();
    if (state.waiting()) {
      alarm(Alarm.Code.RESUMED, origin, state.head(), record);
    }
  }

  private void forward(
      Origin origin, Record<byte[], byte[]> record, LedgerRow event, Appended appended) {
    Headers headers = new RecordHeaders();
    for (String name : new String[] {"position", "type", "traceparent"}) {
      if (record.headers().lastHeader(name) != null) {
        headers.add(record.headers().lastHeader(name));
      }
    }
    byte[] value = records.encode(new LedgerRecord(appended.bytes(), event.bytes()));
    var key = new Routed(Topics.ledger(origin.tenant()), record.key());
    context().forward(new Record<>(key, value, event.recordedAt(), headers));
  }

  private void refuse(
      Alarm.Code code,
      Origin origin,
      StoredLedger ledger,
      StoredLedger.State state,
      Record<byte[], byte[]> record) {
    counters.refusedAdder.increment();
    waitFor(code, origin, ledger, state, record);
  }

  private void waitFor(
      Alarm.Code code,
      Origin origin,
      StoredLedger ledger,
      StoredLedger.State state,
      Record<byte[], byte[]> record) {
    if (!state.waiting()) {
      ledger.put(state.head(), true);
      alarm(code, origin, state.head(), record);
    }
  }

  private void alarm(
      Alarm.Code code, Origin origin, LedgerHead head, Record<byte[], byte[]> record) {
    var alarm =
        new Alarm(
            code,
            origin.tenant(),
            origin.workspace(),
            head.next(),
            EventRecord.position(record.headers()));
    forward(alarm, record.timestamp());
  }

  private void forward(Alarm alarm, long time) {
    var key = new Routed(Topics.alarms(cell), alarm.key());
    context().forward(new Record<>(key, alarm.json(), time));
  }

  private StoredLedger ledger(Origin origin) {
    return new StoredLedger(store(), origin);
  }

  private KeyValueStore<String, byte[]> store() {
    return Objects.requireNonNull(heads, "init comes first");
  }

  private Guard guard() {
    return Objects.requireNonNull(guard, "init comes first");
  }

  private Trees trees() {
    return Objects.requireNonNull(trees, "init comes first");
  }

  private ProcessorContext<Routed, byte[]> context() {
    return Objects.requireNonNull(context, "init comes first");
  }
}
