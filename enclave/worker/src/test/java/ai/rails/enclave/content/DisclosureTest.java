package ai.rails.enclave.content;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Workflow.Field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What leaves the seal, and what does not.
class DisclosureTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "ID, \"INC0010001\", INC0010001",
        "ENUM, \"network\", network",
        "INTEGER, 3, 3",
        "INTEGER, \"3\", 3",
        "NUMBER, 0.50, 0.5",
        "BOOLEAN, true, true",
        "BOOLEAN, \"false\", false",
        "TIME, \"2026-01-31T12:00:00Z\", 2026-01-31T12:00:00Z"
      })
  void aValueOfItsTypeIsDisclosed(Field.Type type, String json, String expected) throws Exception {
    assertThat(disclose(type, json)).isEqualTo(Map.of("field", expected));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "ID, \"my printer is on fire\"",
        "ID, \"\"",
        "ID, 7",
        "ID, \"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg\"",
        "ENUM, \"printer\"",
        "ENUM, null",
        "INTEGER, 3.0",
        "INTEGER, \"3; drop\"",
        "INTEGER, 1e300",
        "NUMBER, \"1\"",
        "BOOLEAN, \"yes\"",
        "TIME, \"yesterday\"",
        "CONTENT, \"text\""
      })
  void aValueOfAnotherTypeIsRefusedAndNotQuoted(Field.Type type, String json) {
    assertThatThrownBy(() -> disclose(type, json))
        .isInstanceOf(ContentRefused.class)
        .hasMessageStartingWith("field field is not disclosed")
        .hasMessageNotContaining("printer");
  }

  private static Map<String, String> disclose(Field.Type type, String json) throws IOException {
    JsonNode output = ContentJson.MAPPER.readTree("{\"a\":%s}".formatted(json));
    List<String> values = type == Field.Type.ENUM ? List.of("network", "email") : List.of();
    return Disclosure.of(Map.of("field", new Disclosed(new Field(type, values), "/a")), output);
  }
}
