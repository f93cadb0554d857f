package ai.rails.stream.ledger;

import java.util.List;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

import ai.rails.schema.EventCodec;
import ai.rails.schema.Topics;

/// All tenants' events topics, one step, each tenant's ledger, tiles and heads. The stores are
/// persistent (else a crash leaves a transaction open for seconds) and cached (else every event is
/// several changelog records).
final class LedgerTopology {
  private static final String EVENTS = "events";
  private static final String STEP = "step";

  private LedgerTopology() {}

  static Topology of(
      String cell,
      String cellDomain,
      EventCodec codec,
      TopicStates topics,
      LedgerCounters counters,
      RowsAgain again) {
    var topology = new Topology();
    topology.addSource(
        EVENTS, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.EVENTS);
    topology.addProcessor(
        STEP, () -> new LedgerTask(cell, cellDomain, codec, topics, counters, again), EVENTS);
    for (String store : List.of(LedgerTask.HEADS, LedgerTask.TREES, LedgerTask.EDGES)) {
      topology.addStateStore(
          Stores.keyValueStoreBuilder(
                  Stores.persistentKeyValueStore(store), Serdes.String(), Serdes.ByteArray())
              .withCachingEnabled(),
          STEP);
    }
    topology.addSink(
        "out", Routed.TOPIC, Routed.KEY, new ByteArraySerializer(), Routed.PARTITIONER, STEP);
    return topology;
  }
}
