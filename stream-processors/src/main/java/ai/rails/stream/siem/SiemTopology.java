package ai.rails.stream.siem;

import java.nio.charset.StandardCharsets;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.state.Stores;

import ai.rails.schema.EventCodec;
import ai.rails.schema.Topics;

/// All tenants' ledgers, one step, each tenant's feed; and the cell's alarms, one step, the feeds
/// of the tenants concerned.
final class SiemTopology {
  private static final String LEDGERS = "ledgers";
  private static final String ALARMS = "alarms";
  private static final String TELL = "tell";
  private static final String TELL_ALARM = "tell-alarm";

  private SiemTopology() {}

  static Topology of(
      String cell,
      String cellDomain,
      FeedVersion version,
      EventCodec codec,
      SiemCounters counters) {
    var topology = new Topology();
    topology.addSource(
        LEDGERS, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.LEDGERS);
    topology.addProcessor(TELL, () -> new SiemTask(cellDomain, version, codec, counters), LEDGERS);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(SiemTask.STORE), Serdes.String(), Serdes.ByteArray())
            .withCachingEnabled(),
        TELL);
    topology.addSource(
        ALARMS, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.alarms(cell));
    topology.addProcessor(TELL_ALARM, () -> new AlarmTask(cellDomain, version, counters), ALARMS);
    sink(topology, "feed-of-ledger", TELL);
    sink(topology, "feed-of-alarms", TELL_ALARM);
    return topology;
  }

  private static void sink(Topology topology, String name, String parent) {
    TopicNameExtractor<byte[], byte[]> ofTenant =
        (key, value, context) ->
            Topics.ocsf(
                new String(
                    context.headers().lastHeader(Feed.TENANT).value(), StandardCharsets.UTF_8));
    topology.addSink(name, ofTenant, new ByteArraySerializer(), new ByteArraySerializer(), parent);
  }
}
