package ai.rails.schema;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.Event;
import ai.rails.domain.Header;

import static org.assertj.core.api.Assertions.assertThat;

/// The bytes of one instance of every event (seed 1), written down for each release that changed
/// it. They stay readable for ever; the newest are equal as long as the schema has not changed.
class GoldenBytesTest {
  private static final EventCodec CODEC = new EventCodec();

  static Stream<Class<? extends Event>> events() {
    return EventCodecTest.events();
  }

  @ParameterizedTest
  @MethodSource("events")
  void writesAndReadsTheGoldenBytes(Class<? extends Event> type) throws IOException {
    var records = new RandomRecords(1);
    Header header = records.next(Header.class);
    Event event = records.next(type);
    List<byte[]> golden = golden(type.getSimpleName());

    assertThat(golden).as("golden bytes of %s", type.getSimpleName()).isNotEmpty();
    assertThat(CODEC.decode(golden.getLast())).isEqualTo(new Recorded(header, event));
    assertThat(HexFormat.of().formatHex(CODEC.encode(header, event)))
        .isEqualTo(HexFormat.of().formatHex(golden.getLast()));
  }

  @ParameterizedTest
  @MethodSource("events")
  void readsWhatEveryReleaseWrote(Class<? extends Event> type) throws IOException {
    for (byte[] written : golden(type.getSimpleName())) {
      assertThat(CODEC.decode(written).event()).isInstanceOf(type);
      assertThat(CODEC.header(written)).isEqualTo(new RandomRecords(1).next(Header.class));
    }
  }

  /// One for each release that changed the event, oldest first.
  private static List<byte[]> golden(String name) throws IOException {
    List<byte[]> found = new ArrayList<>();
    for (String version : SchemaSet.versions()) {
      String path = "golden/%s/%s.hex".formatted(version, name);
      try (InputStream in = GoldenBytesTest.class.getResourceAsStream(path)) {
        if (in != null) {
          String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
          found.add(HexFormat.of().parseHex(hex.strip()));
        }
      }
    }
    return found;
  }
}
