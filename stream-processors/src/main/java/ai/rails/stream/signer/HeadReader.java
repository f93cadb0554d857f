package ai.rails.stream.signer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Topics;

/// Reads all tenants' tiles and heads and hands them to the signer. A log lies in one partition
/// number of both topics, so one reader has both. Where it begins again is never after something
/// that is not signed yet; reading more than needed is harmless. One thread.
final class HeadReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeadReader.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String GROUP = "rails-signer";
  private static final int TILE_BYTES_MAX = 256 * 32;
  private static final int HEAD_BYTES_MAX = 1 << 10;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String cellDomain;
  private final LogSigner signer;
  private final LedgerRecordCodec records = new LedgerRecordCodec();
  private final CheckpointTopics topics;

  // What lies before was there when reading began, or has been read since.
  private final Map<TopicPartition, Long> seen = new HashMap<>();
  private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();

  HeadReader(
      Map<String, Object> client, SignerConfig config, LogSigner signer, CheckpointTopics topics) {
    this.cellDomain = config.cellDomain();
    this.signer = signer;
    this.topics = topics;
    var settings = new HashMap<>(client);
    settings.put("group.id", GROUP);
    settings.put("group.instance.id", GROUP + "-" + config.instance());
    settings.put("session.timeout.ms", 6_000);
    settings.put("heartbeat.interval.ms", 1_500);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    // What was read and is gone must be noticed, not passed over.
    settings.put("auto.offset.reset", "none");
    settings.put("partition.assignment.strategy", RangeAssignor.class.getName());
    settings.put("metadata.max.age.ms", 1_000);
    settings.put("fetch.max.wait.ms", 100);
    settings.put("max.partition.fetch.bytes", 4 << 20);
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(
        Pattern.compile(Topics.TILES.pattern() + "|" + Topics.TREE_HEADS.pattern()),
        new Assigned());
  }

  /// Reads what has come, waiting a moment for it.
  void read() {
    try {
      pace();
      consumer.poll(POLL).forEach(this::accept);
    } catch (NoOffsetForPartitionException e) {
      consumer.seekToBeginning(e.partitions());
    } catch (OffsetOutOfRangeException e) {
      truncated(e.offsetOutOfRangePartitions().keySet());
    } catch (WakeupException _) {
      // somebody wants it to stop
    }
  }

  /// While the signer can not use its database nothing more is read, and no more tiles than there
  /// is room for.
  private void pace() {
    boolean rests = signer.rests();
    boolean tiles = signer.takesTiles();
    Set<TopicPartition> paused =
        consumer.assignment().stream()
            .filter(
                partition -> rests || (!tiles && Topics.TILES.matcher(partition.topic()).matches()))
            .collect(Collectors.toSet());
    if (!paused.equals(consumer.paused())) {
      consumer.resume(consumer.paused());
      consumer.pause(paused);
    }
  }

  /// Notes from where a next reader has to begin.
  void commit() {
    Map<TopicPartition, Long> needed = signer.needed();
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (TopicPartition partition : consumer.assignment()) {
      long offset =
          Math.min(consumer.position(partition), needed.getOrDefault(partition, Long.MAX_VALUE));
      offsets.put(partition, new OffsetAndMetadata(offset));
    }
    if (!offsets.equals(committed) && !offsets.isEmpty()) {
      consumer.commitSync(offsets);
      committed = offsets;
    }
  }

  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    String tenant = Topics.tenant(record.topic()).orElseThrow();
    if (record.key() == null || record.value() == null) {
      return;
    }
    boolean accepted =
        Topics.TILES.matcher(record.topic()).matches()
            ? tile(tenant, record)
            : head(tenant, record);
    if (!accepted) {
      LOG.atWarn()
          .addKeyValue("topic", record.topic())
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .log("a record that is no tile or head of its log; passed over");
    }
  }

  private boolean tile(String tenant, ConsumerRecord<byte[], byte[]> record) {
    Optional<LogName> opened =
        LogName.ofOpening(cellDomain, tenant, record.key(), record.partition());
    if (opened.isPresent()) {
      return opening(opened.get(), record);
    }
    Optional<LogName.Tile> tile =
        LogName.ofTile(cellDomain, tenant, record.key(), record.partition());
    if (tile.isEmpty()
        || record.value().length > TILE_BYTES_MAX
        || record.value().length != tile.get().path().width() * 32) {
      return false;
    }
    signer.tile(tile.get().log(), tile.get().path(), record.value(), record.offset());
    return true;
  }

  private boolean opening(LogName log, ConsumerRecord<byte[], byte[]> record) {
    try {
      signer.opening(log, new EpochOpening(records.decode(record.value()), record.offset()));
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private boolean head(String tenant, ConsumerRecord<byte[], byte[]> record) {
    if (record.value().length > HEAD_BYTES_MAX) {
      return false;
    }
    String workspace = new String(record.key(), StandardCharsets.UTF_8);
    try {
      Checkpoint head = Checkpoint.parse(new String(record.value(), StandardCharsets.UTF_8));
      Optional<LogName> log =
          LogName.ofOrigin(cellDomain, head.origin(), record.partition())
              .filter(name -> isOf(name.origin(), tenant, workspace));
      if (log.isEmpty() || !head.extensions().isEmpty()) {
        return false;
      }
      long next = record.offset() + 1;
      boolean replayed = record.offset() < seen.getOrDefault(log.get().heads(), 0L);
      seen.merge(log.get().heads(), next, Math::max);
      signer.head(log.get(), head, record.offset(), replayed);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static boolean isOf(Origin origin, String tenant, String workspace) {
    return origin.tenant().equals(tenant) && origin.workspace().equals(workspace);
  }

  /// What was read is gone: a topic was cut, or made anew. Every head is held against the database
  /// all the same, so it is read from the beginning, and people hear of it.
  private void truncated(Set<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      LOG.atError()
          .addKeyValue("topic", partition.topic())
          .addKeyValue("partition", partition.partition())
          .log("records that were read already are gone");
      String tenant = Topics.tenant(partition.topic()).orElseThrow();
      var all = new LogName(new Origin(cellDomain, tenant, "_all", 1), partition.partition());
      topics.alarm(new Alarm(Alarm.Code.TRUNCATED, all, 0, 0));
    }
    consumer.seekToBeginning(partitions);
  }

  private final class Assigned implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      Set<TopicPartition> fresh =
          partitions.stream().filter(p -> !seen.containsKey(p)).collect(Collectors.toSet());
      seen.putAll(consumer.endOffsets(fresh));
      var gone = new HashSet<>(seen.keySet());
      gone.removeAll(consumer.assignment());
      onPartitionsLost(gone);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      commit(); // most of them come back at once: nothing is forgotten yet
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      seen.keySet().removeAll(partitions);
      committed = Map.of();
      signer.forget(new HashSet<>(partitions));
    }
  }
}
