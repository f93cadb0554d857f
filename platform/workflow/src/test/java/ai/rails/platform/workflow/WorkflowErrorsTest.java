package ai.rails.platform.workflow;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class WorkflowErrorsTest {
  private static final String RIGHT =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata: {id: w, version: 1.0.0, title: A workflow}
      inputs: {sys_id: id, count: integer, note: content}
      triggers:
        - id: hook
          kind: webhook
          source: servicenow
          fields: {sys_id: id, count: integer}
          dedupe: [sys_id]
          inputs: {sys_id: /sys_id}
      connectors:
        snow: {connector: servicenow, version: 1.0.0, instance: snow-1}
        model: {connector: offline-classifier, version: 1.0.0, instance: m-1, model: m-2026-11-21}
        slack: {connector: slack, version: 1.0.0, instance: slack-1}
      steps:
        - id: fetch
          kind: tool
          use: snow.get-incident
          with: {sys_id: {from: /inputs/sys_id}}
          disclose: {number: id, sys_mod_count: integer, sys_id: id}
        - id: sort
          kind: ai
          when: inputs.count > 3
          use: model.triage
          with:
            short_description: {from: /steps/fetch/short_description}
            description: {from: /inputs/note}
            categories: [a, b]
          disclose: {category: {type: enum, values: [a, b]}, confidence: number}
        - id: approve
          kind: gate
          for: write
          expires: PT4H
          display: {Number: steps.fetch.number}
        - id: write
          kind: tool
          use: snow.update-incident
          with:
            sys_id: {from: /steps/fetch/sys_id}
            expected_mod_count: {from: /steps/fetch/sys_mod_count}
            work_note: {text: "About {/steps/fetch/description}"}
          reveal: [work_note]
      limits: {duration: P1D, cost: 0.50 USD}
      """;

  private static WorkflowErrors errors(String yaml) {
    WorkflowErrors errors =
        catchThrowableOfType(
            WorkflowErrors.class,
            () -> new WorkflowCompiler().compile("w.yaml", yaml, new TestCatalogue(), "a"));
    assertThat(errors).as("it compiles").isNotNull();
    return errors;
  }

  @Test
  void rightOneCompiles() throws WorkflowErrors {
    Compiled compiled = new WorkflowCompiler().compile("w.yaml", RIGHT, new TestCatalogue(), "a");

    assertThat(compiled.workflow().step("sort").orElseThrow().when())
        .contains("int(inputs.count) > 3");
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        one("for: write", "for: wirte", "33:5", "gate `approve` is for `wirte`", "`write`"),
        one(
            "kind: ai",
            "kind: ai\n    timeout: PT9S",
            "24:5",
            "no call could leave within PT9S",
            "PT10S"),
        one("kind: ai", "kind: ai\n    needs: [fetsh]", "24:12", "unknown step `fetsh`", "`fetch`"),
        one(
            "id: fetch\n    kind: tool",
            "id: fetch\n    kind: tool\n    needs: [write]",
            "19:12",
            "steps need each other: fetch, sort, approve, write",
            "an order"),
        one(
            "snow.get-incident",
            "snow.get-incidents",
            "19:5",
            "has no action `get-incidents`",
            "an action"),
        one("snow.get-incident", "snwo.get-incident", "19:5", "no connector `snwo`", "`snow`"),
        one(
            "model: m-2026-11-21",
            "model: gpt-4o",
            "14:73",
            "model `gpt-4o` is not pinned",
            "date"),
        one(
            "model: m-2026-11-21",
            "model: claude-latest",
            "14:73",
            "`claude-latest` is not pinned",
            "date"),
        one(", model: m-2026-11-21", "", "14:10", "connector `model` has no model", "date"),
        one(
            "instance: m-1",
            "instance: m-1, version: 1.0.0",
            "14:73",
            "doubled key `version`",
            "each key once"),
        one(
            "servicenow, version: 1.0.0",
            "servicenow, version: 2.0.0",
            "13:9",
            "no connector servicenow 2.0.0",
            "exact version"),
        one(
            "version: 1.0.0, instance: snow-1",
            "version: latest, instance: snow-1",
            "13:42",
            "`latest` is not right",
            "1.0.0"),
        one(
            "when: inputs.count > 3",
            "when: inputs.note == 'x'",
            "24:5",
            "`inputs.note` is content",
            "inputs.count"),
        one(
            "when: inputs.count > 3",
            "when: steps.fetch.description == 'x'",
            "24:5",
            "`steps.fetch.description` is content or not declared, and `when` runs in the control plane",
            "steps.fetch.number"),
        one(
            "when: inputs.count > 3",
            "when: inputs.count > 'x'",
            "24:5",
            "the condition is wrong",
            "inputs.count"),
        one(
            "when: inputs.count > 3",
            "when: inputs.count",
            "24:5",
            "the condition is wrong",
            "inputs.count"),
        one(
            "from: /steps/fetch/short_description",
            "from: /steps/fetch/titel",
            "27:26",
            "`/steps/fetch/titel` is not declared",
            "short_description"),
        one(
            "from: /inputs/note",
            "from: /inputs/notes",
            "28:20",
            "`/inputs/notes` is not declared",
            "`note`"),
        one(
            "from: /inputs/note",
            "from: /steps/write/number",
            "28:20",
            "`/steps/write/number` is not declared",
            "fetch"),
        one(
            "categories: [a, b]",
            "categories: nothing",
            "29:19",
            "parameter `categories` is string",
            "array"),
        one(
            "categories: [a, b]",
            "categories: [a, b]\n      limit: 10",
            "30:14",
            "parameter `limit` does not fit",
            "schema"),
        one(
            "categories: [a, b]",
            "categories: [a, b]\n      temperature: 0",
            "30:20",
            "takes no parameter `temperature`",
            "one of"),
        one("      categories: [a, b]\n", "", "27:7", "lacks parameter `categories`", "array"),
        one(
            "confidence: number",
            "confidence: boolean",
            "30:56",
            "is number and can not be disclosed as BOOLEAN",
            "boolean or string"),
        one(
            "confidence: number",
            "summary: content",
            "30:65",
            "`content` is no type",
            "never disclosed"),
        one("confidence: number", "mood: id", "30:56", "nothing at `/mood`", "category"),
        one(
            "values: [a, b]",
            "values: [a, " + "b".repeat(65) + "]",
            "30:51",
            "is not right",
            "at most 64"),
        one("    expires: PT4H\n", "", "31:5", "has no `expires`", "PT4H"),
        one(
            "    reveal: [work_note]\n",
            "",
            "42:18",
            "parameter `work_note` is neither disclosed nor revealed",
            "reveal: [work_note]"),
        one(
            "sys_mod_count: integer, sys_id: id",
            "sys_id: id",
            "41:27",
            "built of content `/steps/fetch/sys_mod_count`",
            "reveal"),
        one(
            "kind: gate\n",
            "kind: gate\n    timout: PT1S\n",
            "33:5",
            "unknown key `timout`",
            "`timeout`"),
        one("id: sort", "id: fetch", "22:5", "two steps `fetch`", "each id once"),
        one(
            "steps.fetch.number}",
            "steps.fetch.title}",
            "35:15",
            "`steps.fetch.title` is not disclosed",
            "steps.fetch.number"),
        one("dedupe: [sys_id]", "dedupe: [sysid]", "10:13", "`sysid` is no field", "`sys_id`"),
        one("    dedupe: [sys_id]\n", "", "6:5", "a run for each redelivery", "dedupe"),
        one(
            "inputs: {sys_id: /sys_id}",
            "inputs: {count: /sys_id}",
            "11:14",
            "input `count` is INTEGER",
            "same type"),
        one("cost: 0.50 USD", "cost: 0.50", "44:31", "is not right for `limits.cost`", "0.50 USD"),
        one(
            "apiVersion: airails.dev/v1",
            "apiVersion: airails.dev/v2",
            "1:13",
            "is not right for `workflow.apiVersion`",
            "airails.dev/v1"),
        one(
            "kind: gate",
            "kind: gate\n    needs: [fetch, sort]\n  - id: other\n    kind: gate\n    for: write\n    expires: PT1H\n    display: {}\n  - id: last\n    kind: gate",
            "0",
            "has a gate already",
            "one gate"),
        one(
            "title: A workflow",
            "title: &x A workflow",
            "3:42",
            "anchors and aliases",
            "plain YAML"),
        one("limits:", "limits: {", "0", "this is not YAML", "well-formed"));
  }

  private static Arguments one(String from, String to, String at, String says, String expects) {
    return arguments(from, to, at, says, expects);
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource("wrong")
  void wrongOneSaysWhereAndWhat(String from, String to, String at, String says, String expects) {
    assertThat(RIGHT).contains(from);

    WorkflowErrors errors =
        errors(RIGHT.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to)));

    assertThat(errors.errors())
        .anySatisfy(error -> {
          assertThat(error.message()).contains(says).contains("; expected ");
          assertThat(error.message().substring(error.message().indexOf("; expected ")))
              .contains(expects);
          if (!at.equals("0")) {
            assertThat(error.toString()).startsWith("w.yaml:" + at + ": ");
          }
        });
  }

  @Test
  void allErrorsComeAtOnceInTheOrderOfTheFile() {
    WorkflowErrors errors =
        errors(
            RIGHT
                .replace("model: m-2026-11-21", "model: gpt-4o")
                .replace("for: write", "for: nothing")
                .replace("snow.get-incident", "snow.get"));

    assertThat(errors.errors()).hasSize(3);
    assertThat(errors.errors()).extracting(WorkflowError::line).isSorted();
    assertThat(errors).message().hasLineCount(3);
  }

  @Test
  void moreThan64StepsAreRefused() {
    StringBuilder steps = new StringBuilder();
    for (int i = 0; i < 65; i++) {
      steps.append("  - {id: s%d, kind: proof}\n".formatted(i));
    }
    String yaml =
        RIGHT.substring(0, RIGHT.indexOf("  - id: fetch"))
            + steps
            + "limits: {duration: P1D, cost: 1 USD}\n";

    assertThat(errors(yaml).getMessage()).contains("there are 65 steps; expected 1 to 64 steps");
  }

  @Test
  void hugeDeepAndAliasedFilesAreRefusedAtOnce() {
    assertThat(errors("a: " + "x".repeat(300_000)).getMessage()).contains("256 KiB");
    assertThat(errors("a: " + "[".repeat(2_000) + "]".repeat(2_000)).getMessage())
        .contains("nested deeper");
    assertThat(errors("a: &a [x]\nb: [*a, *a]").getMessage()).contains("anchors");
    assertThat(errors("").getMessage()).contains("empty");
    assertThat(errors("a: 1\n---\nb: 2\n").getMessage()).contains("second document");
    assertThat(errors("just text").getMessage()).contains("no mapping");
  }
}
