package ai.rails.platform.workflow;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.workflow.Value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class WorkerExpressionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WorkerExpressions expressions = new WorkerExpressions();

  private static JsonNode scope() {
    try {
      return JSON.readTree(
          """
          {"inputs": {"n": 3, "note": "the secret word"},
           "steps": {"fetch": {"text": "Hi", "list": [1, 2.5, true, null], "score": 0.5}}}
          """);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inputs.n + 1 | 4",
        "steps.fetch.score < 1 | true",
        "steps.fetch.score * 2.0 | 1.0",
        "steps.fetch.text.lowerAscii() | \"hi\"",
        "[3, 1, 2].sort() | [1,2,3]",
        "has(steps.other) ? 1 : 0 | 0",
        "{'a': [inputs.n, null]} | {\"a\":[3,null]}",
        "steps.fetch.list.map(x, x) | [1,2.5,true,null]"
      })
  void expressionsGiveJson(String cel, String json) throws IOException {
    assertThat(expressions.value(new Value.Expression(cel), scope()).toString())
        .isEqualTo(JSON.readTree(json).toString());
  }

  @Test
  void valuesAreBuiltOfParts() throws IOException {
    Value value =
        new Value.Members(
            Map.of(
                "constant", new Value.Constant(1L),
                "pointer", new Value.Pointer("/steps/fetch/list/1"),
                "template", new Value.Template("{/steps/fetch/text} {there} {/inputs/n} $1"),
                "items", new Value.Items(List.of(new Value.Constant("x")))));

    assertThat(JSON.readTree(expressions.value(value, scope()).toString()))
        .isEqualTo(
            JSON.readTree(
                "{\"constant\":1,\"pointer\":2.5,\"template\":\"Hi {there} 3 $1\",\"items\":[\"x\"]}"));
  }

  @ParameterizedTest
  @CsvSource({
    "inputs.note + 1",
    "inputs.missing",
    "steps.fetch.list[9]",
    "int(inputs.note)",
    "inputs.n / 0",
    "nonsense(",
    "b'bytes'"
  })
  void failureNeverRepeatsContent(String cel) {
    assertThatThrownBy(() -> expressions.value(new Value.Expression(cel), scope()))
        .isInstanceOf(ExpressionFailed.class)
        .hasNoCause()
        .hasMessageContaining(cel)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void pointerToNothingFails() {
    assertThatThrownBy(() -> expressions.value(new Value.Pointer("/steps/none"), scope()))
        .isInstanceOf(ExpressionFailed.class)
        .hasMessageContaining("/steps/none");
  }

  @Test
  void ruleThatIsNoTruthFails() {
    assertThat(expressions.holds("inputs.n == 3", scope())).isTrue();
    assertThatThrownBy(() -> expressions.holds("inputs.n", scope()))
        .isInstanceOf(ExpressionFailed.class);
  }

  @Test
  void loopsInLoopsAreBounded() {
    String hundred = "[" + "0,".repeat(99) + "0]";
    String bomb =
        "%s.map(a, %s.map(b, %s.map(c, %s.map(d, a + b + c + d))))"
            .formatted(hundred, hundred, hundred, hundred);

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(() -> expressions.value(new Value.Expression(bomb), scope()))
                .isInstanceOf(ExpressionFailed.class));
  }

  @Test
  void longResultsAndLongExpressionsAreRefused() {
    String thousand = "'" + "x".repeat(1_000) + "'";
    String ten = "[1,2,3,4,5,6,7,8,9,10]";
    String big = "%s.map(a, %s.map(b, %s.map(c, %s)))".formatted(ten, ten, ten, thousand);

    assertThatThrownBy(() -> expressions.value(new Value.Expression(big + " + " + big), scope()))
        .isInstanceOf(ExpressionFailed.class);
    assertThatThrownBy(
            () -> expressions.value(new Value.Expression("1" + " + 1".repeat(2_000)), scope()))
        .isInstanceOf(ExpressionFailed.class);
    assertThatThrownBy(() ->
            expressions.value(
                new Value.Expression("(".repeat(500) + "1" + ")".repeat(500)), scope()))
        .isInstanceOf(ExpressionFailed.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int(inputs.count) > 3 | true",
        "(inputs.flag == 'true') && steps.sort.category == 'a' | true",
        "double(steps.sort.confidence) >= 0.9 | false",
        "steps.left.out == 'x' | false",
        "int(inputs.flag) > 0 | false",
        "timestamp(inputs.at) < timestamp('2027-01-01T00:00:00Z') | true"
      })
  void conditionsAreTotal(String cel, boolean holds) {
    boolean answer =
        new CelConditions()
            .holds(
                cel,
                Map.of("count", "4", "flag", "true", "at", "2026-11-21T12:00:00Z"),
                Map.of("sort", Map.of("category", "a", "confidence", "0.42")));

    assertThat(answer).isEqualTo(holds);
  }
}
