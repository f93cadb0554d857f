package ai.rails.app.verb;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

import ai.rails.app.http.Api;
import ai.rails.platform.http.Role;

import static org.assertj.core.api.Assertions.assertThat;

/// Tables, times, amounts, digests and people as they are written and read.
final class ShownTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final Times TIMES = new Times(NOON, ZoneOffset.UTC);

  @Test
  void columnsAreAlignedAndNoLineEndsWithBlanks() {
    String text =
        Table.of("RUN", "WHY").row("r1", "gate approve").row("r-22", "").text(Palette.PLAIN);

    assertThat(text)
        .isEqualToNormalizingNewlines(
            """
            RUN   WHY
            r1    gate approve
            r-22
            """);
  }

  @Test
  void whatOthersWroteCanNotMoveTheCursor() {
    String text = Table.of("A").row("x\u001b[2Jy\n").text(Palette.PLAIN);

    assertThat(text).isEqualToNormalizingNewlines("A\nx?[2Jy?\n");
  }

  @Test
  void colourDoesNotChangeWhatIsRead() {
    Table table = Table.of("STATUS", "N").row("FAILED", 1);

    String text = table.text(new Palette(Ansi.ON));

    assertThat(text).contains("\u001b[31mFAILED  ");
    assertThat(text.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(table.text(Palette.PLAIN));
  }

  @ParameterizedTest
  @CsvSource({
    "-65, 65 s ago",
    "-7200, 2 h 0 min ago",
    "0, in 0 s",
    "1800, in 30 min",
    "14340, in 3 h 59 min",
    "864000, in 10 days"
  })
  void timesAreToldFromNow(long seconds, String told) {
    assertThat(TIMES.relative(NOON.plus(Duration.ofSeconds(seconds)).toEpochMilli()))
        .isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.00 USD",
    "13200000, 0.0132 USD",
    "50000000000, 50.00 USD",
    "1, 0.000000001 USD"
  })
  void moneyIsNeverRounded(long nanos, String told) {
    assertThat(Amounts.of("USD", nanos)).isEqualTo(told);
  }

  @Test
  void amountsOfSeveralCurrenciesAreNotAdded() throws Exception {
    JsonNode amounts =
        Api.JSON.readTree(
            "[{\"currency\":\"EUR\",\"nanos\":1000000000},{\"currency\":\"USD\",\"nanos\":0}]");

    assertThat(Amounts.of(amounts)).isEqualTo("1.00 EUR + 0.00 USD");
  }

  @Test
  void digestIsNamedByTwelveDigitsAtLeast() {
    String digest = "sha256:" + "0123456789abcdef".repeat(4);

    assertThat(Digest.shortened(digest)).isEqualTo("0123456789ab");
    assertThat(Digest.matches(digest, "0123456789ab")).isTrue();
    assertThat(Digest.matches(digest, "SHA256:0123456789AB")).isTrue();
    assertThat(Digest.matches(digest, digest)).isTrue();
    assertThat(Digest.matches(digest, "0123456789a")).isFalse();
    assertThat(Digest.matches(digest, "1123456789ab")).isFalse();
  }

  @Test
  void knownPersonKeepsHisRoleWhateverTheVerb() {
    assertThat(Persona.APPROVER.named("p-operator"))
        .isEqualTo(new Persona.Named("p-operator", Set.of(Role.OPERATOR)));
  }

  @Test
  void rolesMayBeNamedAndAColonMayBePartOfASubject() {
    assertThat(Persona.APPROVER.named("anna:operator,approver").roles())
        .containsExactlyInAnyOrder(Role.OPERATOR, Role.APPROVER);
    assertThat(Persona.APPROVER.named("idp:anna"))
        .isEqualTo(new Persona.Named("idp:anna", Set.of(Role.APPROVER)));
  }
}
