package ai.rails.stream.ledger;

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

import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Malformed;
import ai.rails.schema.Topics;

/// Turns events into leaves. The position decides: the next one is appended, an earlier one is a
/// duplicate and dropped, a later one means that something is missing. Then, and when a record is
/// unreadable or differs from its event, that workspace waits and an alarm goes out once; only the
/// next position ends the wait, so the repair is to publish the store's rows again.
///
/// Owned by one stream thread.
final class LedgerTask implements Processor<byte[], byte[], Routed, byte[]> {
  static final String HEADS = "heads";
  static final String TREES = "trees";
  static final String EDGES = "edges";
  private static final int EPOCH = 1;

  private final String cell;
  private final String cellDomain;
  private final EventCodec events;
  private final LedgerCounters counters;
  private final LedgerRecordCodec records = new LedgerRecordCodec();
  private @Nullable ProcessorContext<Routed, byte[]> context;
  private @Nullable KeyValueStore<String, byte[]> heads;
  private @Nullable Trees trees;

  LedgerTask(String cell, String cellDomain, EventCodec events, LedgerCounters counters) {
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
    try (var stored = treeStore.all()) {
      stored.forEachRemaining(tree -> newTrees.due(origin(tree.key)));
    }
    newContext.schedule(Trees.HEADS_APART, PunctuationType.WALL_CLOCK_TIME, this::giveHeads);
  }

  private void giveHeads(long now) {
    trees()
        .due(now)
        .forEach(origin -> trees().giveHead(origin, ledger(origin).state().head().time(), now));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    String tenant = context().recordMetadata().flatMap(m -> Topics.tenant(m.topic())).orElseThrow();
    String workspace = EventRecord.workspace(record.key());
    Origin origin = new Origin(cellDomain, tenant, workspace, EPOCH);
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
      }
      case NEXT -> next(origin, ledger, state, record);
    }
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
    var key = new Routed(Topics.alarms(cell), alarm.key());
    context().forward(new Record<>(key, alarm.json(), record.timestamp()));
  }

  private StoredLedger ledger(Origin origin) {
    return new StoredLedger(Objects.requireNonNull(heads, "init comes first"), origin);
  }

  private Origin origin(String key) {
    int bar = key.indexOf('|');
    return new Origin(cellDomain, key.substring(0, bar), key.substring(bar + 1), EPOCH);
  }

  private Trees trees() {
    return Objects.requireNonNull(trees, "init comes first");
  }

  private ProcessorContext<Routed, byte[]> context() {
    return Objects.requireNonNull(context, "init comes first");
  }
}
