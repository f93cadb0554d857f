package ai.rails.enclave.classifier;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CsvTest {
  @Test
  void readsQuotedFieldsWithCommasQuotesAndLineBreaks() throws IOException {
    // Given
    String text = "id,text\r\nG1,\"first, \"\"quoted\"\"\r\nsecond line\"\r\nG2,\r\n";
    // When
    List<Map<String, String>> rows = Csv.read(new StringReader(text));
    // Then
    assertThat(rows)
        .containsExactly(
            Map.of("id", "G1", "text", "first, \"quoted\"\r\nsecond line"),
            Map.of("id", "G2", "text", ""));
  }

  @Test
  void readsALastRecordWithoutALineBreak() throws IOException {
    assertThat(Csv.read(new StringReader("a,b\n1,2"))).containsExactly(Map.of("a", "1", "b", "2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b\n1\n", "a\n\"open", "a\n\"closed\"more\n", "a\nin\"side\n"})
  void refusesARecordThatTheFormatDoesNotKnow(String text) {
    assertThatThrownBy(() -> Csv.read(new StringReader(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("record 1");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsBackWhateverWasQuoted(long seed) throws IOException {
    // Given
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    String letters = "ab,\"\r\n ä";
    StringBuilder value = new StringBuilder();
    random.ints(200, 0, letters.length()).forEach(i -> value.append(letters.charAt(i)));
    String text = "x,y\n\"" + value.toString().replace("\"", "\"\"") + "\",end\n";
    // When
    List<Map<String, String>> rows = Csv.read(new StringReader(text));
    // Then
    assertThat(rows).containsExactly(Map.of("x", value.toString(), "y", "end"));
  }
}
