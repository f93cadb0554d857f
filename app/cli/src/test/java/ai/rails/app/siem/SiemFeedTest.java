package ai.rails.app.siem;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.KafkaLogin;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.stream.kafka.StreamsApplication;
import ai.rails.stream.siem.OcsfSchema;
import ai.rails.stream.siem.Siem;
import ai.rails.stream.siem.SiemCounters;

import static org.assertj.core.api.Assertions.assertThat;

/// The feed as a subscriber has it, over TLS, from a real broker.
@Tag("slow")
final class SiemFeedTest {
  private static final String FEED = "t.acme.ocsf.v1";
  private static final String COUNTED = "\"sequence\":";
  private static final int ENTRIES = 200;
  private static final EventCodec CODEC = new EventCodec();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long NOON = System.currentTimeMillis();

  @TempDir private static Path data;
  private static SiemBroker broker;
  private static KafkaLogin acme;

  @BeforeAll
  static void open() throws Exception {
    broker = new SiemBroker(data);
    acme = broker.grant("acme", "splunk", 1);
    List<byte[]> ledger = ledger("acme", "w1");
    write("t.acme.ledger.v1", "w1", ledger.subList(0, ENTRIES / 2));
    write("t.acme.ledger.v1", "w2", ledger("acme", "w2"));
    write("t.globex.ledger.v1", "w1", ledger("globex", "w1"));
    try (StreamsApplication siem = Siem.start(broker.config(), new SiemCounters())) {
      int _ = broker.read(acme, FEED, ENTRIES / 4, COUNTED).size();
      assertThat(siem.ended()).isFalse();
    }
    // Stopped in the middle, it goes on where it was.
    try (StreamsApplication siem = Siem.start(broker.config(), new SiemCounters())) {
      write("t.acme.ledger.v1", "w1", ledger.subList(ENTRIES / 2, ENTRIES));
      int _ = broker.read(acme, FEED, 2 * ENTRIES, COUNTED).size();
      assertThat(siem.ended()).isFalse();
    }
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Test
  void isWithoutGapAndValidInEachWorkspace() throws Exception {
    OcsfSchema schema = OcsfSchema.bundled();
    Map<String, List<Long>> sequences = new HashMap<>();
    for (ConsumerRecord<String, String> record : broker.read(acme, FEED, 2 * ENTRIES, COUNTED)) {
      JsonNode event = JSON.readTree(record.value());
      assertThat(schema.problems(event)).isEmpty();
      assertThat(event.at("/metadata/tenant_uid").asText()).isEqualTo("acme");
      assertThat(record.timestamp()).isEqualTo(event.path("time").asLong());
      if (event.at("/metadata").has("sequence")) {
        sequences
            .computeIfAbsent(record.key(), key -> new ArrayList<>())
            .add(event.at("/metadata/sequence").asLong());
      }
    }

    List<Long> all = LongStream.rangeClosed(1, ENTRIES).boxed().toList();
    assertThat(sequences).containsOnlyKeys("w1", "w2");
    assertThat(sequences.get("w1")).isEqualTo(all);
    assertThat(sequences.get("w2")).isEqualTo(all);
  }

  @Test
  void neverShowsWhatATransactionTookBack() {
    try (var producer =
        broker.producer(
            broker.admin().properties(), Map.of("transactional.id", "siem-test-aborted"))) {
      producer.initTransactions();
      producer.beginTransaction();
      var _ = producer.send(new ProducerRecord<>(FEED, "w1", "{\"aborted\":true}"));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      var _ = producer.send(new ProducerRecord<>(FEED, "w1", "{\"committed\":true}"));
      producer.commitTransaction();
    }

    assertThat(broker.read(acme, FEED, 1, "committed"))
        .noneMatch(record -> record.value().contains("aborted"));
    assertThat(tail("--since", "beginning")).noneMatch(line -> line.contains("aborted"));
  }

  @Test
  void isReplayedFromAnyPosition() {
    List<String> lines = tail("--from-position", "190");

    assertThat(lines.stream().filter(line -> line.contains(COUNTED))).hasSize(2 * 11);
  }

  @Test
  void isReplayedFromATime() {
    assertThat(tail("--since", Instant.ofEpochMilli(NOON + 3_600_000).toString()))
        .noneMatch(line -> line.contains(COUNTED));
    assertThat(tail("--since", "beginning").stream().filter(line -> line.contains(COUNTED)))
        .hasSize(2 * ENTRIES);
  }

  /// Without the command line: the verb's part that reads.
  private static List<String> tail(String option, String value) {
    var out = new StringWriter();
    Tail.Start start =
        option.equals("--from-position")
            ? new Tail.Start(Optional.empty(), Long.parseLong(value))
            : value.equals("beginning")
                ? Tail.Start.BEGINNING
                : new Tail.Start(Optional.of(Instant.parse(value)), 0);
    try (var tail = new Tail(broker.client(acme), FEED, new PrintWriter(out), true)) {
      tail.print(start, true);
    }
    return out.toString().lines().toList();
  }

  private static void write(String topic, String workspace, List<byte[]> values) throws Exception {
    byte[] key = workspace.getBytes(StandardCharsets.UTF_8);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            broker.admin().properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (byte[] value : values) {
        var _ = producer.send(new ProducerRecord<>(topic, key, value));
      }
      producer.flush();
    }
  }

  private static List<byte[]> ledger(String tenant, String workspace) {
    var origin = new Origin("dev.airails.internal", tenant, workspace, 1);
    LedgerHead head = LedgerHead.genesis(origin);
    Strands strands = new Strands(Optional.empty(), Optional.empty());
    var records = new ArrayList<byte[]>();
    for (int i = 0; i < ENTRIES; i++) {
      var event = new RunRetried("r-1", "s", "u");
      var header =
          new Header(
              "0190a000-0000-7000-8000-%012d".formatted(i),
              tenant,
              workspace,
              Optional.of("dev"),
              "Run",
              "r-1",
              i,
              new Actor(Actor.Kind.USER, "u-1"),
              "c-1",
              "k-1",
              Optional.empty(),
              Instant.ofEpochMilli(NOON + i),
              Optional.of("r-1"),
              Optional.of("wf-1"));
      byte[] bytes = CODEC.encode(header, event);
      var appended =
          LedgerStep.append(
              origin,
              head,
              strands,
              new LedgerRow(
                  i + 1,
                  NOON + i,
                  bytes,
                  header.eventId(),
                  event.entryType(),
                  "ef".repeat(32),
                  header.run(),
                  header.workflow()));
      head = appended.head();
      strands = appended.strands();
      records.add(new LedgerRecordCodec().encode(new LedgerRecord(appended.bytes(), bytes)));
    }
    return records;
  }
}
