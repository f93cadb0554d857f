package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.budget.Money;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.domain.ledger.TilePath;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Topics;

import static ai.rails.stream.ledger.TestEvents.NOON;
import static ai.rails.stream.ledger.TestEvents.events;
import static ai.rails.stream.ledger.TestEvents.record;
import static ai.rails.stream.ledger.TestEvents.triggered;
import static org.assertj.core.api.Assertions.assertThat;

class TreesTest {
  @TempDir Path directory;
  private TopologyTestDriver driver;

  @BeforeEach
  void start() {
    var settings = new Properties();
    settings.put("application.id", "rails-ledger");
    settings.put("bootstrap.servers", "none:1");
    settings.put("state.dir", directory.toString());
    driver =
        new TopologyTestDriver(
            LedgerTopology.of(
                "c1",
                "c1.airails.internal",
                TestEvents.CODEC,
                new TopicsInMemory(),
                new LedgerCounters(),
                (tenant, workspace, from) -> {}),
            settings,
            Instant.ofEpochMilli(NOON));
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void givesTheHeadASecondAfterAnEntry() {
    pipe(events("t-1", "w1", 3, 1));

    assertThat(heads()).isEmpty();
    driver.advanceWallClockTime(Trees.HEAD_WITHIN);

    Checkpoint head = Checkpoint.parse(heads().getFirst());
    assertThat(head.size()).isEqualTo(3);
    assertThat(head.origin()).isEqualTo("ledger.c1.airails.internal/t/t-1/w/w1/e/1");
    assertThat(head.root()).isEqualTo(rootOf(leaves()));
  }

  @Test
  void givesNoSecondHeadWhenNothingCame() {
    pipe(events("t-1", "w1", 3, 1));
    driver.advanceWallClockTime(Trees.HEAD_WITHIN);
    heads();

    driver.advanceWallClockTime(Duration.ofHours(1));

    assertThat(heads()).isEmpty();
  }

  @Test
  void givesTheHeadAtOnceWhenARunEndsButNotMoreOftenThanCommits() {
    for (int i = 0; i < 3; i++) {
      String run = "r" + i;
      pipe(
          List.of(
              record("t-1", "w1", 2L * i + 1, Optional.of(run), triggered(run)),
              record(
                  "t-1",
                  "w1",
                  2L * i + 2,
                  Optional.of(run),
                  new RunCompleted(run, Money.zero("USD")))));
    }

    assertThat(heads()).singleElement().asString().contains("\n2\n");
    driver.advanceWallClockTime(Trees.HEADS_APART);
    assertThat(heads()).singleElement().asString().contains("\n6\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 257, 700})
  void givesTilesThatHoldTheTree(int size) {
    pipe(events("t-1", "w1", size, 1));
    driver.advanceWallClockTime(Trees.HEAD_WITHIN);

    Checkpoint head = Checkpoint.parse(heads().getLast());
    NodeHashes nodes = new TileHashes(source(tiles(), size));

    assertThat(head.size()).isEqualTo(size);
    assertThat(Proofs.root(nodes, size)).isEqualTo(head.root()).isEqualTo(rootOf(leaves()));
  }

  @Test
  void deletesThePartialTilesOfTheHeadBefore() {
    List<TestRecord<byte[], byte[]>> events = events("t-1", "w1", 300, 1);
    for (int i = 0; i < 300; i += 10) {
      pipe(events.subList(i, i + 10));
      driver.advanceWallClockTime(Trees.HEAD_WITHIN);
    }

    assertThat(tiles().keySet())
        .containsExactlyInAnyOrder(
            "w1/e/1/tile/0/000", "w1/e/1/tile/0/001.p/44", "w1/e/1/tile/1/000.p/1");
  }

  /// What compaction leaves of the tiles topic.
  private Map<String, byte[]> tiles() {
    var tiles = new HashMap<String, byte[]>();
    read(Topics.tiles("t-1"))
        .forEach(record -> {
          String key = new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            tiles.remove(key);
          } else {
            tiles.put(key, record.value());
          }
        });
    return tiles;
  }

  private static TileHashes.Source source(Map<String, byte[]> tiles, long size) {
    return (level, index) ->
        Objects.requireNonNull(tiles.get("w1/e/1/" + TilePath.in(size, level, index)));
  }

  private List<byte[]> leaves() {
    return read(Topics.ledger("t-1")).stream()
        .map(record -> Merkle.leaf(new LedgerRecordCodec().decode(record.value()).leaf()))
        .toList();
  }

  private static byte[] rootOf(List<byte[]> leaves) {
    var frontier = new Frontier();
    leaves.forEach(frontier::append);
    return frontier.root();
  }

  private List<String> heads() {
    return read(Topics.treeHeads("t-1")).stream()
        .map(head -> new String(head.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private void pipe(List<TestRecord<byte[], byte[]>> records) {
    var input =
        driver.createInputTopic(
            Topics.events("t-1"), new ByteArraySerializer(), new ByteArraySerializer());
    records.forEach(input::pipeInput);
  }

  private List<TestRecord<byte[], byte[]>> read(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }
}
