package ai.rails.stream;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.schema.Topics;
import ai.rails.stream.relay.Relay;

import static org.assertj.core.api.Assertions.assertThat;

/// A relay that is stopped and started again while nothing, or little, is written.
@Tag("slow")
class RelayRestartTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int RESTARTS = Integer.getInteger("restarts", 12);

  @TempDir Path directory;

  /// The first row after a restart is the one that a relay loses which takes it for the last one
  /// before: PostgreSQL's log ends where the next row begins.
  @Test
  void losesNoRowThatIsWrittenAfterARestart() throws Exception {
    try (var embedded = EmbeddedCell.start(directory)) {
      Cell cell = embedded.cell();
      cell.store().addWorkspace("t1", "w1");
      try (Admin admin = Admin.create(cell.client("admin", Map.of()))) {
        admin.createTopics(List.of(new NewTopic(Topics.events("t1"), 1, (short) 1))).all().get();
      }
      for (int i = 0; i < RESTARTS; i++) {
        int written = i + 1;
        try (Relay relay = Relay.start(cell.config(), InstantSource.system())) {
          if (i % 3 != 0) {
            Wait.until("it reads", LIMIT, () -> relay.up() || relay.ended());
          }
          cell.store().append("t1", "w1", Optional.empty(), List.of(new RunRetried("r", "s", "u")));
          if (i % 2 == 0) {
            Wait.until(
                "row " + written, LIMIT, () -> relay.ended() || positions(cell).contains(written));
          }
        }
      }
      try (Relay relay = Relay.start(cell.config(), InstantSource.system())) {
        cell.store().append("t1", "w1", Optional.empty(), List.of(new RunRetried("r", "s", "u")));
        Wait.until(
            "the last", LIMIT, () -> relay.ended() || positions(cell).contains(RESTARTS + 1));
      }

      assertThat(positions(cell).stream().distinct().toList())
          .isEqualTo(IntStream.rangeClosed(1, RESTARTS + 1).boxed().toList());
    }
  }

  /// Else PostgreSQL keeps its log for ever, and each relay sends again what all before it sent.
  @Test
  void letsPostgresForgetWhatKafkaHasStored() throws Exception {
    try (var embedded = EmbeddedCell.start(directory)) {
      Cell cell = embedded.cell();
      cell.store().addWorkspace("t1", "w1");
      try (Admin admin = Admin.create(cell.client("admin", Map.of()))) {
        admin.createTopics(List.of(new NewTopic(Topics.events("t1"), 1, (short) 1))).all().get();
      }
      for (int i = 0; i < 3; i++) {
        try (Relay relay = Relay.start(cell.config(), InstantSource.system())) {
          append(cell);
          String written = cell.store().logPosition();
          // It says so with what it reads next, at most once a second.
          Wait.until(
              "the slot passes " + written,
              LIMIT,
              () -> {
                append(cell);
                return relay.ended() || cell.store().slotHasPassed(written);
              });
        }
      }
    }
  }

  private static void append(Cell cell) {
    try {
      cell.store().append("t1", "w1", Optional.empty(), List.of(new RunRetried("r", "s", "u")));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> positions(Cell cell) {
    var positions = new ArrayList<Integer>();
    var partition = new TopicPartition(Topics.events("t1"), 0);
    try (var consumer =
        new KafkaConsumer<>(
            cell.client("admin", Map.of()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          positions.add(
              Integer.parseInt(
                  new String(
                      record.headers().lastHeader("position").value(),
                      java.nio.charset.StandardCharsets.UTF_8)));
        }
      }
    }
    return positions;
  }
}
