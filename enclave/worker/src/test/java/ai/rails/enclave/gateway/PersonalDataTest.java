package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What can be told by its form, on made-up examples and on a published set of made-up people.
class PersonalDataTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada.o'neil+x@mail.example.org",
        "GB82 WEST 1234 5698 7654 32",
        "gb82west12345698765432",
        "4111 1111 1111 1111",
        "347415977307943",
        "853-37-1694",
        "106.31.73.20",
        "6e40:4041:c617:e898:c11:40d2:c669:2eb4",
        "+1-984-182-0190",
        "(579)888-3058",
        "+46 (0)8 928 571 38",
        "03.93.92.16.85",
        "467 3395",
        "463-612-6138x036"
      })
  void isMaskedWhereverItStands(String found) {
    assertThat(PersonalData.masked(found)).isEqualTo("[redacted]");
    assertThat(PersonalData.masked("call (" + found + "), then close"))
        .isEqualTo("call ([redacted]), then close");
  }

  /// Evidence would be worth less without them.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "INC0010001",
        "2026-11-22 18:50:49",
        "2026-11-22T18:50:49Z",
        "Sun, 22 Nov 2026 18:50:49 GMT",
        "9d385017c611228701d22104cc95c371",
        "0191f3a4-1234-7abc-8def-001122334455",
        "12345678-1234-4321-9876-123456789012",
        "1700000000.123456",
        "4111111111111112",
        "GB82WEST12345698765433",
        "9498777106",
        "version 1.2.3.4.5",
        "pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "12.50",
        "ratio 1:2"
      })
  void whatOnlyLooksAlikeStays(String kept) {
    assertThat(PersonalData.masked(kept)).isEqualTo(kept);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1", "a.", "1:", "a@", "AB12 "})
  void hostileTextStaysAsItIs(String part) {
    String text = part.repeat(200_000);

    assertThat(PersonalData.masked(text).equals(text)).isTrue();
  }

  /// The share of each type that no longer stands in the text.
  @Test
  void findsWhatAPublishedSetHas() throws IOException {
    Map<String, int[]> byType = new TreeMap<>();
    ObjectMapper mapper = new ObjectMapper();
    for (String line : Files.readAllLines(SharedData.file("data/pii/presidio_synthetic.jsonl"))) {
      JsonNode sentence = mapper.readTree(line);
      String masked = PersonalData.masked(sentence.path("text").asText());
      for (JsonNode span : sentence.path("spans")) {
        int[] counts = byType.computeIfAbsent(span.path("type").asText(), _ -> new int[2]);
        counts[0]++;
        counts[1] += masked.contains(span.path("value").asText()) ? 0 : 1;
      }
    }

    byType.forEach((type, of) -> System.out.printf("%s %s of %s%n", type, of[1], of[0]));
    assertThat(share(byType, "EMAIL_ADDRESS")).isEqualTo(1);
    assertThat(share(byType, "IP_ADDRESS")).isEqualTo(1);
    assertThat(share(byType, "IBAN_CODE")).isEqualTo(1);
    assertThat(share(byType, "US_SSN")).isEqualTo(1);
    assertThat(share(byType, "CREDIT_CARD")).isGreaterThan(0.97);
    assertThat(share(byType, "PHONE_NUMBER")).isGreaterThan(0.9);
  }

  private static double share(Map<String, int[]> byType, String type) {
    int[] counts = byType.getOrDefault(type, new int[] {1, 0});
    return (double) counts[1] / counts[0];
  }
}
