package ai.rails.stream.ledger;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.state.Stores;

import ai.rails.schema.EventCodec;
import ai.rails.schema.Topics;

/// All tenants' events topics, one step, each tenant's ledger topic. The store is persistent (else
/// a crash leaves a transaction open for seconds) and cached (else every event is a changelog
/// record).
final class LedgerTopology {
  private static final String EVENTS = "events";
  private static final String STEP = "step";

  private LedgerTopology() {}

  static Topology of(String cell, String cellDomain, EventCodec codec, LedgerCounters counters) {
    var topology = new Topology();
    topology.addSource(
        EVENTS, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.EVENTS);
    topology.addProcessor(STEP, () -> new LedgerTask(cellDomain, codec, counters), EVENTS);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(LedgerTask.STORE),
                Serdes.String(),
                Serdes.ByteArray())
            .withCachingEnabled(),
        STEP);
    TopicNameExtractor<byte[], byte[]> sameTenant =
        (key, value, context) -> Topics.ledger(Topics.tenant(context.topic()).orElseThrow());
    topology.addSink(
        LedgerTask.TO_LEDGER,
        sameTenant,
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        STEP);
    topology.addSink(
        LedgerTask.TO_ALARMS,
        Topics.alarms(cell),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        STEP);
    return topology;
  }
}
