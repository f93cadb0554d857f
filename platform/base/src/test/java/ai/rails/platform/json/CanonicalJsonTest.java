package ai.rails.platform.json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CanonicalJsonTest {
  private static final Path VECTORS = Path.of("src/test/resources/jcs");

  @ParameterizedTest
  @ValueSource(strings = {"arrays", "french", "structures", "unicode", "values", "weird"})
  void publishedVectorComesOutByteForByte(String name) throws IOException {
    byte[] input = Files.readAllBytes(VECTORS.resolve("input").resolve(name + ".json"));

    byte[] canonical = CanonicalJson.bytes(StrictJson.read(input));

    assertThat(canonical)
        .isEqualTo(Files.readAllBytes(VECTORS.resolve("output").resolve(name + ".json")));
  }

  @Test
  void numbersAreSpelledAsInEcmaScript() throws IOException {
    for (String line : Files.readAllLines(VECTORS.resolve("numbers.txt"))) {
      String bits = line.substring(0, line.indexOf(','));
      double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

      assertThat(CanonicalJson.text(value))
          .as(bits)
          .isEqualTo(line.substring(line.indexOf(',') + 1));
    }
  }

  @Test
  void plainMapsAndTreesAreTheSame() throws IOException {
    Map<String, Object> map = Map.of("b", List.of(1, 2.50, true), "a", Map.of("x", 10L));
    byte[] json = "{\"b\":[1,2.5,true], \"a\":{\"x\":10}}".getBytes(StandardCharsets.UTF_8);

    assertThat(CanonicalJson.text(map))
        .isEqualTo("{\"a\":{\"x\":10},\"b\":[1,2.5,true]}")
        .isEqualTo(CanonicalJson.text(StrictJson.read(json)));
  }

  @Test
  void integerThatOthersWouldReadDifferentlyIsRefused() {
    assertThat(CanonicalJson.text(9_007_199_254_740_992L)).isEqualTo("9007199254740992");
    assertThatThrownBy(() -> CanonicalJson.text(9_007_199_254_740_993L))
        .hasMessageContaining("text");
  }

  @Test
  void whatIsNotJsonIsRefused() {
    assertThatThrownBy(() -> CanonicalJson.text(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> CanonicalJson.text("\ud800")).hasMessageContaining("surrogate");
    assertThatThrownBy(() -> CanonicalJson.text(Map.of(1, 2))).hasMessageContaining("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1,\"a\":2}", "1 2", "{} {}", "", "{\"a\":NaN}", "[1,]"})
  void readerRefusesWhatCanBeReadInTwoWays(String text) {
    assertThatThrownBy(() -> StrictJson.read(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void digestIsSha256() {
    assertThat(CanonicalJson.sha256(new byte[0])).startsWith("e3b0c442").hasSize(64);
    assertThat(HexFormat.of().parseHex(CanonicalJson.sha256(new byte[1]))).hasSize(32);
  }
}
