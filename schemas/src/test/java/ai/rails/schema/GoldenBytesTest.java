package ai.rails.schema;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.Event;
import ai.rails.domain.Header;

import static org.assertj.core.api.Assertions.assertThat;

/// The bytes of one instance of every event (seed 1), written down once. They stay readable for
/// ever; they are equal as long as the schema has not changed.
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
    byte[] golden = golden("0.1.0/" + type.getSimpleName());

    assertThat(CODEC.decode(golden)).isEqualTo(new Recorded(header, event));
    assertThat(HexFormat.of().formatHex(CODEC.encode(header, event)))
        .isEqualTo(HexFormat.of().formatHex(golden));
  }

  private static byte[] golden(String name) throws IOException {
    String path = "golden/%s.hex".formatted(name);
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream(path)) {
      assertThat(in).as("test resource %s", path).isNotNull();
      return HexFormat.of()
          .parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    }
  }
}
