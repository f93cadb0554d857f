package ai.rails.schema;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EventCodecTest {
  private static final EventCodec CODEC = new EventCodec();

  static Stream<Class<? extends Event>> events() {
    return EventCodec.FEATURES.stream()
        .flatMap(feature -> Arrays.stream(feature.getPermittedSubclasses()))
        .map(type -> type.asSubclass(Event.class));
  }

  @ParameterizedTest
  @MethodSource("events")
  void readsBackWhatItWrote(Class<? extends Event> type) {
    for (long seed = 1; seed <= 50; seed++) {
      var records = new RandomRecords(seed);
      Header header = records.next(Header.class);
      Event event = records.next(type);

      byte[] bytes = CODEC.encode(header, event);

      assertThat(CODEC.decode(bytes)).as("seed %d", seed).isEqualTo(new Recorded(header, event));
      assertThat(CODEC.header(bytes)).as("seed %d", seed).isEqualTo(header);
      assertThat(CODEC.entryType(bytes)).isEqualTo(event.entryType());
      assertThat(CODEC.encode(header, event)).as("seed %d", seed).isEqualTo(bytes);
    }
  }

  @Test
  void knowsEveryEventOfTheDomain() throws IOException, URISyntaxException {
    Path classes = Path.of(Event.class.getProtectionDomain().getCodeSource().getLocation().toURI());

    assertThat(EventCodec.FEATURES)
        .extracting(Class::getSimpleName)
        .containsExactlyInAnyOrderElementsOf(interfaces(classes));
  }

  private static List<String> interfaces(Path classes) throws IOException {
    if (Files.isDirectory(classes)) {
      return interfacesUnder(classes);
    }
    try (FileSystem jar = FileSystems.newFileSystem(classes)) {
      return interfacesUnder(jar.getPath("/"));
    }
  }

  private static List<String> interfacesUnder(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith("Event.class"))
          .map(file -> file.getFileName().toString().replace(".class", ""))
          .filter(name -> !name.equals("Event"))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void hasASchemaForEveryEvent(Class<? extends Event> type) {
    byte[] bytes =
        CODEC.encode(new RandomRecords(1).next(Header.class), new RandomRecords(2).next(type));

    assertThat(CODEC.schemaJson(bytes)).contains("\"name\":\"" + type.getSimpleName() + "\"");
    assertThat(CODEC.schemaFingerprintSha256(bytes)).hasSize(32);
  }

  @Test
  void writesMapsInTheOrderOfTheirKeys() {
    var forward = new LinkedHashMap<String, String>();
    forward.put("a", "1");
    forward.put("b", "2");
    var backward = new LinkedHashMap<String, String>();
    backward.put("b", "2");
    backward.put("a", "1");
    Header header = new RandomRecords(1).next(Header.class);

    byte[] one =
        CODEC.encode(header, new StepCompleted("r", "s", 1, false, forward, Optional.empty()));
    byte[] two =
        CODEC.encode(header, new StepCompleted("r", "s", 1, false, backward, Optional.empty()));

    assertThat(one).isEqualTo(two);
  }

  @Test
  void refusesAFingerprintThatWasNeverReleased() {
    byte[] bytes = tenantCreated();
    bytes[5] ^= 1;

    assertThatThrownBy(() -> CODEC.decode(bytes))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("no released event schema has fingerprint");
  }

  @Test
  void refusesBytesThatAreNoSingleObject() {
    assertThatThrownBy(() -> CODEC.decode(new byte[] {0, 1, 2}))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("C3 01");
  }

  @Test
  void refusesBytesAfterTheBody() {
    byte[] bytes = tenantCreated();

    assertThatThrownBy(() -> CODEC.decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("bytes follow the body");
  }

  @Test
  void refusesEveryTruncation() {
    byte[] bytes = tenantCreated();

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> CODEC.decode(cut)).isInstanceOf(Malformed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void endsNeitherInAnErrorNorInAHugeAllocationOnRandomBodies(long seed) {
    var random = new Random(seed);
    byte[] valid = runTriggered();
    for (int i = 0; i < 500; i++) {
      byte[] bytes = valid.clone();
      for (int k = 0; k <= random.nextInt(8); k++) {
        bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt();
      }
      try {
        CODEC.decode(bytes);
      } catch (Malformed expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void refusesAnEventBeyondTheLimit() {
    String huge = "x".repeat(EventCodec.BYTES_MAX);
    var event = new StepCompleted("r", "s", 1, false, Map.of("k", huge), Optional.empty());

    assertThatThrownBy(() -> CODEC.encode(new RandomRecords(1).next(Header.class), event))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("at most 262144");
  }

  @Test
  void cutsTimesToMilliseconds() {
    Header h = new RandomRecords(1).next(Header.class);
    Instant fine = Instant.ofEpochSecond(1, 123_456_789);
    var header =
        new Header(
            h.eventId(),
            h.tenant(),
            h.workspace(),
            h.environment(),
            h.streamType(),
            h.streamId(),
            h.seq(),
            h.actor(),
            h.causationId(),
            h.correlationId(),
            h.traceparent(),
            fine,
            h.run(),
            h.workflow());

    byte[] bytes = CODEC.encode(header, new TenantCreated("t", "eu", "c1"));

    assertThat(CODEC.header(bytes).occurredAt()).isEqualTo(Instant.ofEpochMilli(1_123));
    assertThat(CODEC.entryType(bytes)).isEqualTo(EntryType.TENANT_CREATED);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void readsBackStepCommandsAndLedgerRecords(long seed) {
    var records = new RandomRecords(seed);
    StepCommand command = records.next(StepCommand.class);
    LedgerRecord record = records.next(LedgerRecord.class);

    assertThat(new StepCommandCodec().decode(new StepCommandCodec().encode(command)))
        .isEqualTo(command);
    assertThat(new LedgerRecordCodec().decode(new LedgerRecordCodec().encode(record)))
        .isEqualTo(record);
  }

  @Test
  void refusesAnEventWhereAStepCommandIsExpected() {
    assertThatThrownBy(() -> new StepCommandCodec().decode(tenantCreated()))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("no released schema of StepCommand");
  }

  @Test
  void refusesAConstantThatThisReaderDoesNotKnow() {
    byte[] bytes =
        new StepCommandCodec()
            .encode(new StepCommand("c", "t", "w", "e", "r", "s", 1, Purpose.UNDO, "d"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    byte[] altered = text.replace("UNDO", "UNDI").getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> new StepCommandCodec().decode(altered))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("unknown Order");
  }

  private static byte[] tenantCreated() {
    return CODEC.encode(
        new RandomRecords(1).next(Header.class), new TenantCreated("t", "eu", "c1"));
  }

  private static byte[] runTriggered() {
    var records = new RandomRecords(4);
    return CODEC.encode(records.next(Header.class), records.next(RunTriggered.class));
  }
}
