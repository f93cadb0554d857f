package ai.rails.connector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.connector.Action.ModelRules;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PriceTableTest {
  private final PriceTable prices = PriceTable.current();
  private final Connectors connectors = Connectors.builtIn();

  private static JsonNode json(String text) throws IOException {
    return ManifestJson.MAPPER.readTree(text.replace('\'', '"'));
  }

  private ModelRules rules(String connector) {
    return connectors
        .named(connector, "1.0.0")
        .flatMap(each -> each.action("triage"))
        .flatMap(Action::model)
        .orElseThrow();
  }

  @Test
  void openAiCountsCachedTokensInsideTheInput() throws IOException {
    Usage usage =
        ModelCost.usage(
            rules("openai"),
            json(
                """
                {'usage':{'prompt_tokens':1200,'completion_tokens':100,'total_tokens':1300,
                 'prompt_tokens_details':{'cached_tokens':1024},
                 'completion_tokens_details':{'reasoning_tokens':64}}}\
                """));

    assertThat(usage).isEqualTo(new Usage(176, 1024, 0, 100, 64));
    // 176 * 250 + 1024 * 25 + 100 * 2000
    assertThat(prices.cost("openai", "gpt-5-mini", usage)).isEqualTo(new Money("USD", 269_600));
  }

  @Test
  void anthropicCountsCachedTokensBesideTheInput() throws IOException {
    Usage usage =
        ModelCost.usage(
            rules("anthropic"),
            json(
                """
                {'usage':{'input_tokens':176,'cache_read_input_tokens':1024,
                 'cache_creation_input_tokens':10,'output_tokens':100}}\
                """));

    assertThat(usage).isEqualTo(new Usage(176, 1024, 10, 100, 0));
    // 176 * 1000 + 1024 * 100 + 10 * 1250 + 100 * 5000
    assertThat(prices.cost("anthropic", "claude-haiku-4-5", usage))
        .isEqualTo(new Money("USD", 790_900));
  }

  @Test
  void missingOrImpossibleUsageIsNoUsage() throws IOException {
    for (String body :
        new String[] {
          "{}",
          "{'usage':{'prompt_tokens':1}}",
          "{'usage':{'prompt_tokens':-1,'completion_tokens':1}}",
          "{'usage':{'prompt_tokens':'1','completion_tokens':1}}",
          "{'usage':{'prompt_tokens':1,'completion_tokens':1,"
              + "'prompt_tokens_details':{'cached_tokens':2}}}"
        }) {
      JsonNode answer = json(body);
      assertThatThrownBy(() -> ModelCost.usage(rules("openai"), answer))
          .as(body)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void unknownModelsFailClosed() {
    assertThat(prices.knows("openai", "gpt-6")).isFalse();
    assertThat(prices.knows("openai", "gpt-4.1-2025-04-14")).isTrue();
    assertThat(prices.knows("openai", "gpt-4.1-2026-04-14")).isFalse();
    assertThatThrownBy(() -> prices.cost("openai", "gpt-6", Usage.NONE))
        .isInstanceOf(PriceTable.UnknownModelException.class);
    assertThatThrownBy(() -> prices.worstCase("anthropic", "gpt-5-mini", 1, 1))
        .isInstanceOf(PriceTable.UnknownModelException.class);
  }

  @Test
  void worstCaseIsAboveWhatTheSameRequestCosts() throws IOException {
    Connector openai = connectors.named("openai", "1.0.0").orElseThrow();
    JsonNode params =
        json(
            """
            {'short_description':'printer','description':'it is on fire','categories':['a','b'],
             'model':'gpt-5-mini','max_output_tokens':1000}\
            """);
    Money worst =
        ModelCost.worstCase(prices, openai, openai.action("triage").orElseThrow(), params);

    // An answer may be sent back once: two outputs are 4,000,000. Two prompts have more than 1,000
    // bytes each, and what is repaired and said of it 9,216 more, at 250.
    assertThat(worst.nanos()).isBetween(4_000_000L + (2_000 + 9_216) * 250L, 7_500_000L);
    Connector offline = connectors.named("offline-classifier", "1.0.0").orElseThrow();
    assertThat(ModelCost.worstCase(prices, offline, offline.action("triage").orElseThrow(), params))
        .isEqualTo(Money.zero("USD"));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-5-mini, gpt-5-mini, true",
    "gpt-5-mini, gpt-5-mini-2025-08-07, true",
    "claude-haiku-4-5, claude-haiku-4-5-20251001, true",
    "gpt-5, gpt-5-mini, false",
    "gpt-5, gpt-5-mini-2025-08-07, false",
    "gpt-5-mini, gpt-5, false"
  })
  void modelAnswersUnderItsNameOrThatOfASnapshot(String pinned, String answered, boolean same) {
    assertThat(ModelCost.isModel(pinned, answered)).isEqualTo(same);
  }

  @Test
  void fractionsOfABillionthAreRoundedUp() {
    PriceTable tiny =
        PriceTable.read(
            """
            {"version":"v","currency":"USD","source":"test","models":[
             {"provider":"p","model":"m","input":"0.0001","cachedInput":"0","output":"0"}]}\
            """
                .getBytes(StandardCharsets.UTF_8));

    assertThat(tiny.cost("p", "m", new Usage(1, 0, 0, 0, 0)).nanos()).isEqualTo(1);
    assertThat(tiny.cost("p", "m", new Usage(11, 0, 0, 0, 0)).nanos()).isEqualTo(2);
  }
}
