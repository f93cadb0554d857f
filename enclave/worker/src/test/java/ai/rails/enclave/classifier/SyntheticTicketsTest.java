package ai.rails.enclave.classifier;

import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SyntheticTicketsTest {
  @Test
  void writesTheSameTicketsForTheSameSeed() {
    assertThat(SyntheticTickets.generate(7, 50)).isEqualTo(SyntheticTickets.generate(7, 50));
    assertThat(SyntheticTickets.generate(7, 50)).isNotEqualTo(SyntheticTickets.generate(8, 50));
  }

  @Test
  void coversTheEightCategoriesEvenlyAndFillsEverySlot() {
    List<LabelledText> tickets = SyntheticTickets.training();
    assertThat(tickets).hasSize(1_200).noneMatch(each -> each.text().contains("{"));
    assertThat(new TreeSet<>(tickets.stream().map(LabelledText::label).toList()))
        .containsExactly(
            "Access",
            "Administrative rights",
            "HR Support",
            "Hardware",
            "Internal Project",
            "Miscellaneous",
            "Purchase",
            "Storage");
    assertThat(new HashSet<>(tickets)).hasSizeGreaterThan(1_150);
  }
}
