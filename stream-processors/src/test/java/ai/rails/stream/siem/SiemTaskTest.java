package ai.rails.stream.siem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.LongStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Topics;

import static org.assertj.core.api.Assertions.assertThat;

class SiemTaskTest {
  private static final EventCodec CODEC = new EventCodec();
  private static final OcsfSchema SCHEMA = OcsfSchema.bundled();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path directory;
  private TopologyTestDriver driver;

  @BeforeEach
  void start() {
    var settings = new Properties();
    settings.put("application.id", Siem.APPLICATION);
    settings.put("bootstrap.servers", "none:1");
    settings.put("state.dir", directory.toString());
    driver =
        new TopologyTestDriver(
            SiemTopology.of(
                "c1", Samples.DOMAIN, FeedVersion.of("0.1.0"), CODEC, new SiemCounters()),
            settings,
            Instant.ofEpochMilli(Samples.NOON));
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void tellsEachEntryOnceAndInOrder() throws IOException {
    pipe("t-1", ledger("t-1", "w1", retries(20)));

    List<Told> told = entries("t-1");

    assertThat(told)
        .extracting(t -> t.json().at("/metadata/sequence").asLong())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
    assertThat(told).allMatch(t -> SCHEMA.problems(t.json()).isEmpty());
  }

  @Test
  void keysStampsAndLabelsRecords() throws IOException {
    pipe("t-1", ledger("t-1", "w1", retries(1)));

    Told told = entries("t-1").getFirst();

    assertThat(told.key()).isEqualTo("w1");
    assertThat(told.time()).isEqualTo(told.json().path("time").asLong());
    assertThat(told.headers())
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_id", told.json().at("/metadata/uid").asText())
        .containsEntry("ce_source", "ledger.c1.airails.internal/t/t-1/w/w1/e/1")
        .containsEntry("ce_type", "dev.airails.ledger.RUN_RETRIED")
        .containsEntry("ce_time", Instant.ofEpochMilli(told.time()).toString())
        .containsEntry("ce_subject", "r-1")
        .containsEntry("ce_partitionkey", "w1")
        .containsEntry("content-type", "application/json")
        .containsEntry("source", "ledger.c1.airails.internal/t/t-1/w/w1/e/1")
        .containsEntry("sourcetype", "airails:ocsf")
        .containsEntry("host", "ledger.c1.airails.internal");
  }

  @Test
  void tellsWhatBecameOfACallWithWhatItWas() throws IOException {
    pipe("t-1", ledger("t-1", "w1", call("read")));

    List<JsonNode> told = entries("t-1").stream().map(Told::json).toList();

    assertThat(told)
        .extracting(t -> t.path("type_uid").asLong())
        .containsExactly(600_203L, 600_399L, 600_302L, 600_302L, 600_204L);
    JsonNode executed = told.get(3);
    assertThat(executed.at("/api/operation").asText()).isEqualTo("servicenow.get_record");
    assertThat(executed.at("/api/request/uid").asText()).isEqualTo("idem-1");
    assertThat(executed.at("/dst_endpoint/hostname").asText()).isEqualTo("acme.service-now.com");
    assertThat(executed.at("/http_response/code").asInt()).isEqualTo(200);
    assertThat(executed.at("/resources/0/uid").asText()).isEqualTo("snow-1");
    assertThat(told.getLast().at("/app/version").asText()).isEqualTo("1.2.3");
  }

  @Test
  void forgetsARunThatHasEnded() {
    pipe("t-1", ledger("t-1", "w1", call("write")));

    var kept = new ArrayList<String>();
    driver
        .<String, byte[]>getKeyValueStore(SiemTask.STORE)
        .all()
        .forEachRemaining(entry -> kept.add(entry.key));

    assertThat(kept).containsExactlyInAnyOrder("h|t-1|w1", "v|t-1");
  }

  @Test
  void leavesOutWhatItHasToldAndSaysWhatIsMissing() throws IOException {
    List<TestRecord<byte[], byte[]>> ledger = ledger("t-1", "w1", retries(6));
    pipe("t-1", ledger.subList(0, 3));
    pipe("t-1", ledger.subList(1, 3));
    assertThat(entries("t-1")).hasSize(3);

    pipe("t-1", ledger.subList(4, 6));

    List<Told> told = all("t-1");
    assertThat(told)
        .extracting(t -> t.json().at("/metadata/event_code").asText())
        .containsExactly("SIEM_LEDGER_BROKEN", "RUN_RETRIED", "RUN_RETRIED");
    JsonNode finding = told.getFirst().json();
    assertThat(finding.path("type_uid").asLong()).isEqualTo(200_401);
    assertThat(finding.path("severity_id").asInt()).isEqualTo(5);
    assertThat(finding.at("/unmapped/ledger/expected").asLong()).isEqualTo(4);
    assertThat(SCHEMA.problems(finding)).isEmpty();
  }

  @Test
  void noticesAnotherHistory() throws IOException {
    pipe("t-1", ledger("t-1", "w1", retries(3)));
    List<Event> other = retries(4);
    other.set(2, new RunRetried("r-1", "another", "u"));

    pipe("t-1", ledger("t-1", "w1", other).subList(3, 4));

    assertThat(all("t-1"))
        .extracting(t -> t.json().at("/metadata/event_code").asText())
        .contains("SIEM_LEDGER_BROKEN");
  }

  @Test
  void tellsAnUnreadableEntryWithItsSequenceAndNothingOfIt() throws IOException {
    List<TestRecord<byte[], byte[]>> ledger = ledger("t-1", "w1", retries(2));
    LedgerRecord whole = new LedgerRecordCodec().decode(ledger.getFirst().value());
    byte[] cut = new LedgerRecordCodec().encode(new LedgerRecord(whole.leaf(), utf8("canary")));
    pipe("t-1", List.of(new TestRecord<>(utf8("w1"), cut), ledger.getLast()));

    List<Told> told = entries("t-1");

    assertThat(told)
        .extracting(t -> t.json().at("/metadata/event_code").asText())
        .containsExactly("SIEM_ENTRY_UNREADABLE", "RUN_RETRIED");
    assertThat(told)
        .extracting(t -> t.json().at("/metadata/sequence").asLong())
        .containsExactly(1L, 2L);
    assertThat(told.getFirst().json().toString()).doesNotContain("canary");
    assertThat(SCHEMA.problems(told.getFirst().json())).isEmpty();
  }

  @Test
  void tellsATenantNothingOfAnother() throws IOException {
    pipe("t-1", ledger("t-2", "w1", retries(1)));

    List<Told> told = entries("t-1");

    assertThat(told)
        .extracting(t -> t.json().at("/metadata/event_code").asText())
        .containsExactly("SIEM_ENTRY_UNREADABLE");
    assertThat(told.getFirst().json().toString()).doesNotContain("t-2");
    assertThat(all("t-2")).isEmpty();
  }

  @Test
  void livesAudibly() throws IOException {
    pipe("t-1", ledger("t-1", "w1", retries(3)));
    pipe("t-1", ledger("t-1", "w2", retries(2)));
    pipe("t-2", ledger("t-2", "w1", retries(1)));
    all("t-1");
    all("t-2");

    driver.advanceWallClockTime(Duration.ofSeconds(61));

    List<Told> beats = all("t-1");
    assertThat(beats).hasSize(1);
    JsonNode beat = beats.getFirst().json();
    assertThat(beat.path("type_uid").asLong()).isEqualTo(600_299);
    assertThat(beat.at("/unmapped/heartbeat/last_sequence").toString())
        .isEqualTo("{\"w1\":3,\"w2\":2}");
    assertThat(beat.at("/metadata/sequence").isMissingNode()).isTrue();
    assertThat(SCHEMA.problems(beat)).isEmpty();
    assertThat(all("t-2").getFirst().json().at("/unmapped/heartbeat/last_sequence").toString())
        .isEqualTo("{\"w1\":1}");
  }

  @Test
  void saysOnceThatTheFormHasChanged() throws IOException {
    pipe("t-1", ledger("t-1", "w1", retries(2)));
    List<Told> first = all("t-1");
    assertThat(first.getFirst().json().at("/unmapped/feed/from").asText()).isEqualTo("none");
    assertThat(first).hasSize(3);
    assertThat(kept("v|t-1")).isEqualTo("1.8.0/1/0.1.0");
    driver.<String, byte[]>getKeyValueStore(SiemTask.STORE).put("v|t-1", utf8("1.8.0/0/0.0.9"));

    pipe("t-1", ledger("t-1", "w1", retries(4)));

    List<Told> told = all("t-1");
    assertThat(told)
        .extracting(t -> t.json().at("/metadata/event_code").asText())
        .containsExactly("SIEM_FEED_VERSION", "RUN_RETRIED", "RUN_RETRIED");
    JsonNode notice = told.getFirst().json();
    assertThat(notice.at("/unmapped/feed/from").asText()).isEqualTo("1.8.0/0/0.0.9");
    assertThat(notice.at("/unmapped/feed/to").asText()).isEqualTo("1.8.0/1/0.1.0");
    assertThat(SCHEMA.problems(notice)).isEmpty();
  }

  @Test
  void tellsAlarmsToTheTenantTheyConcern() throws IOException {
    alarm("{\"code\":\"GAP\",\"expected\":5,\"found\":7,\"tenant\":\"t-1\",\"workspace\":\"w1\"}");
    alarm(
        "{\"code\":\"RESUMED\",\"expected\":5,\"found\":5,\"tenant\":\"t-1\",\"workspace\":\"w1\"}");
    alarm("{\"code\":\"FORK\",\"tenant\":\"t-1\",\"workspace\":\"w1\",\"more\":{}}");
    alarm(
        "{\"code\":\"GAP\",\"expected\":1,\"found\":2,\"tenant\":\"invalid\",\"workspace\":\"w1\"}");
    alarm("{\"code\":\"GAP\",\"tenant\":\"../t\",\"workspace\":\"w1\"}");
    alarm("no JSON");

    List<JsonNode> told = all("t-1").stream().map(Told::json).toList();

    assertThat(told)
        .extracting(t -> t.path("type_uid").asLong())
        .containsExactly(200_401L, 200_403L, 200_401L);
    assertThat(told.get(0).at("/finding_info/uid")).isEqualTo(told.get(1).at("/finding_info/uid"));
    assertThat(told.get(0).path("severity_id").asInt()).isEqualTo(5);
    assertThat(told).allMatch(t -> SCHEMA.problems(t).isEmpty());
    assertThat(all("t-2")).isEmpty();
  }

  private String kept(String key) {
    byte[] value = driver.<String, byte[]>getKeyValueStore(SiemTask.STORE).get(key);
    return new String(value, StandardCharsets.UTF_8);
  }

  private void pipe(String tenant, List<TestRecord<byte[], byte[]>> records) {
    var input =
        driver.createInputTopic(
            Topics.ledger(tenant), new ByteArraySerializer(), new ByteArraySerializer());
    records.forEach(input::pipeInput);
  }

  private void alarm(String json) {
    driver
        .createInputTopic(Topics.alarms("c1"), new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(utf8("k"), utf8(json), Samples.NOON);
  }

  /// What has a sequence.
  private List<Told> entries(String tenant) throws IOException {
    return all(tenant).stream().filter(t -> t.json().at("/metadata").has("sequence")).toList();
  }

  private List<Told> all(String tenant) throws IOException {
    var output =
        driver.createOutputTopic(
            Topics.ocsf(tenant), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var told = new ArrayList<Told>();
    for (TestRecord<byte[], byte[]> record : output.readRecordsToList()) {
      var headers = new java.util.HashMap<String, String>();
      record
          .headers()
          .forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
      told.add(
          new Told(
              new String(record.key(), StandardCharsets.UTF_8),
              record.timestamp(),
              headers,
              JSON.readTree(record.value())));
    }
    return told;
  }

  private record Told(String key, long time, Map<String, String> headers, JsonNode json) {}

  private static List<Event> retries(int size) {
    var events = new ArrayList<Event>();
    for (int i = 0; i < size; i++) {
      events.add(new RunRetried("r-1", "s", "u"));
    }
    return events;
  }

  private static List<Event> call(String sideEffect) {
    var decision =
        new Decision(
            "d-1",
            "airails/tool_action/guarded",
            Decision.Effect.ALLOW,
            List.of("tool.granted"),
            List.of(),
            "{\"tool\":{\"params\":{\"side_effect\":\"model\"},\"side_effect\":\"%s\"}}"
                .formatted(sideEffect),
            "ab".repeat(32),
            Map.of("platform", "7"),
            Map.of(),
            Optional.empty(),
            Optional.empty());
    return List.of(
        new RunTriggered(
            "r-1",
            "wf-1",
            "1.2.3",
            "sha256:00",
            "dev",
            "t",
            "",
            "u",
            Map.of(),
            List.of(),
            Optional.empty(),
            Optional.empty()),
        new PolicyEvaluated("r-1", "s", "call-1", decision),
        new ToolActionIntended(
            "r-1",
            "s",
            1,
            1,
            "call-1",
            "servicenow",
            "get_record",
            "sha256:00",
            "snow-1",
            "acme.service-now.com",
            443,
            "sha256:11",
            "idem-1",
            IdempotencyClass.U,
            1,
            1,
            "d-1",
            Map.of(),
            new SealedRef("frozen", "ab".repeat(32), 9),
            Optional.empty()),
        new ToolActionExecuted(
            "r-1",
            "s",
            "call-1",
            1,
            Outcome.SUCCESS,
            "",
            200,
            "v-1",
            1,
            true,
            false,
            Optional.empty()),
        new RunCompleted("r-1", Money.zero("EUR")));
  }

  private static List<TestRecord<byte[], byte[]>> ledger(
      String tenant, String workspace, List<Event> events) {
    var origin = new Origin(Samples.DOMAIN, tenant, workspace, 1);
    LedgerHead head = LedgerHead.genesis(origin);
    Strands strands = new Strands(Optional.empty(), Optional.empty());
    var records = new ArrayList<TestRecord<byte[], byte[]>>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      Header header = Samples.plain(1).header(tenant, workspace, i, Optional.of("r-1"));
      byte[] bytes = CODEC.encode(header, event);
      var row =
          new LedgerRow(
              i + 1,
              Samples.NOON + i,
              bytes,
              header.eventId(),
              event.entryType(),
              "ef".repeat(32),
              header.run(),
              header.workflow());
      var appended = LedgerStep.append(origin, head, strands, row);
      head = appended.head();
      strands = appended.strands();
      byte[] value = new LedgerRecordCodec().encode(new LedgerRecord(appended.bytes(), bytes));
      records.add(new TestRecord<>(utf8(workspace), value, Instant.ofEpochMilli(Samples.NOON + i)));
    }
    return records;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
