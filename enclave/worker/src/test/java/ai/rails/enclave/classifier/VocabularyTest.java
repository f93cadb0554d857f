package ai.rails.enclave.classifier;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class VocabularyTest {
  @Test
  void cutsTextsIntoWordsAndPairsOfNeighbours() {
    assertThat(Terms.of("VPN's down: a re-try, PLEASE"))
        .containsExactly(
            "vpn", "down", "re", "try", "please", "vpn down", "down re", "re try", "try please");
  }

  @Test
  void leavesOutTermsOfTooFewTexts() {
    Vocabulary vocabulary =
        Vocabulary.of(List.of(List.of("disk", "full"), List.of("disk", "broken", "broken")), 2);
    assertThat(vocabulary.size()).isEqualTo(1);
    assertThat(vocabulary.term(0)).isEqualTo("disk");
  }

  @Test
  void givesAnEmptyVectorToATextWithoutKnownTerms() {
    Vocabulary vocabulary = Vocabulary.of(List.of(List.of("disk"), List.of("disk")), 2);
    assertThat(vocabulary.vector(List.of("unknown")).size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void givesVectorsOfLengthOneWithAscendingTerms(long seed) {
    // Given
    List<List<String>> texts =
        SyntheticTickets.generate(seed, 60).stream().map(each -> Terms.of(each.text())).toList();
    Vocabulary vocabulary = Vocabulary.of(texts, 2);
    for (List<String> text : texts) {
      // When
      SparseVector vector = vocabulary.vector(text);
      // Then
      double squares =
          IntStream.range(0, vector.size())
              .mapToDouble(i -> vector.value(i) * vector.value(i))
              .sum();
      assertThat(squares).isCloseTo(1.0, within(1e-5));
      assertThat(
              IntStream.range(1, vector.size())
                  .allMatch(i -> vector.index(i - 1) < vector.index(i)))
          .isTrue();
    }
  }
}
