package ai.rails.stream.signer;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.domain.ledger.NodeHashes.MissingNode;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.domain.ledger.TilePath;

/// Reads a log's tiles from their topic once more, and keeps those that one proof needs: two a
/// level. One scan at a time.
final class KafkaTileScan implements TileScan {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int EMPTY_POLLS_MAX = 50;

  private final Map<String, Object> client;
  private final String cellDomain;

  KafkaTileScan(Map<String, Object> client, String cellDomain) {
    this.client = Map.copyOf(client);
    this.cellDomain = cellDomain;
  }

  @Override
  public synchronized Optional<List<byte[]>> consistency(LogName log, long old, long size) {
    Map<String, byte[]> tiles = read(log, old, size);
    try {
      TileHashes hashes =
          new TileHashes((level, index) -> {
            byte[] tile = tiles.get(place(level, index));
            if (tile == null) {
              throw new MissingNode("tile %d/%d is not in the topic".formatted(level, index));
            }
            return tile;
          });
      return Optional.of(Proofs.consistency(hashes, old, size));
    } catch (MissingNode _) {
      return Optional.empty();
    }
  }

  private Map<String, byte[]> read(LogName log, long old, long size) {
    var tiles = new HashMap<String, byte[]>();
    var settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    TopicPartition partition = log.tiles();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      int empty = 0;
      while (consumer.position(partition) < end && empty < EMPTY_POLLS_MAX) {
        var records = consumer.poll(POLL);
        records.forEach(record -> keep(record, log, old, size, tiles));
        empty = records.isEmpty() ? empty + 1 : 0;
      }
    }
    return tiles;
  }

  private void keep(
      ConsumerRecord<byte[], byte[]> record,
      LogName log,
      long old,
      long size,
      Map<String, byte[]> tiles) {
    if (record.key() == null || record.value() == null) {
      return;
    }
    LogName.ofTile(cellDomain, log.origin().tenant(), record.key(), log.partition())
        .filter(tile -> tile.log().equals(log))
        .map(LogName.Tile::path)
        .filter(path -> needed(path, old) || needed(path, size))
        .ifPresent(path ->
            tiles.merge(
                place(path.level(), path.index()),
                record.value(),
                (a, b) -> a.length >= b.length ? a : b));
  }

  /// Whether the end of a tree of that size falls into the tile.
  private static boolean needed(TilePath path, long size) {
    return path.index() == size >> ((path.level() + 1) * TilePath.HEIGHT);
  }

  private static String place(int level, long index) {
    return level + "/" + index;
  }
}
