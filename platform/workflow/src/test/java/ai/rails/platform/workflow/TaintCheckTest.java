package ai.rails.platform.workflow;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// What a model says picks neither tool nor host nor credential nor recipient, whatever it says.
class TaintCheckTest {
  private static final String RIGHT =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata: {id: w, version: 1.0.0, title: A workflow}
      inputs: {text: content}
      triggers: [{id: m, kind: manual, inputs: {text: /text}}]
      connectors:
        model: {connector: openai, version: 1.0.0, instance: m-1, model: gpt-4.1-2025-04-14}
        slack: {connector: slack, version: 1.0.0, instance: slack-1}
      steps:
        - id: sort
          kind: ai
          use: model.triage
          with:
            short_description: {from: /inputs/text}
            description: {from: /inputs/text}
            categories: [a, b]
            model: gpt-4.1-2025-04-14
            max_output_tokens: 100
        - id: again
          kind: ai
          use: model.triage
          with:
            short_description: {from: /steps/sort/summary}
            description: {from: /inputs/text}
            categories: [a, b]
            model: gpt-4.1-2025-04-14
            max_output_tokens: 100
        - id: tell
          kind: tool
          use: slack.post-message
          with:
            channel: C0APPROVALS
            text: {from: /steps/sort/summary}
      limits: {duration: P1D, cost: 0.50 USD}
      """;

  /// Another vendor's model that policy may choose.
  private static final String OTHER =
      RIGHT
          .replace(
              "  slack: {",
              "  eu: {connector: azure-openai, version: 1.0.0, instance: m-2, model: gpt-4.1-2025-04-14}\n"
                  + "  slack: {")
          .replaceFirst(
              "max_output_tokens: 100\n",
              """
              max_output_tokens: 100
                  or:
                    - use: eu.triage
                      with:
                        short_description: {from: /inputs/text}
                        description: {from: /inputs/text}
                        categories: [a, b]
                        model: gpt-4.1-2025-04-14
                        deployment: triage
                        max_output_tokens: 100
              """);

  private static Compiled compile(String yaml) throws WorkflowErrors {
    return new WorkflowCompiler().compile("w.yaml", yaml, new ManifestCatalogue(), "author");
  }

  private static String refused(String right, String wrong) {
    String yaml = RIGHT.replaceFirst(java.util.regex.Pattern.quote(right), wrong);
    assertThat(yaml).isNotEqualTo(RIGHT);
    WorkflowErrors errors =
        catchThrowableOfType(
            WorkflowErrors.class,
            () -> new WorkflowCompiler().compile("w.yaml", yaml, new ManifestCatalogue(), "a"));
    assertThat(errors).as("it compiles").isNotNull();
    return String.valueOf(errors.getMessage());
  }

  @Test
  void anotherModelStandsInTheArtifactAndIsCheckedLikeTheFirst() throws WorkflowErrors {
    Compiled compiled = compile(OTHER);

    assertThat(ArtifactCodec.decode(compiled.artifactBytes())).isEqualTo(compiled.workflow());
    assertThat(compiled.workflow().step("sort").orElseThrow().call().orElseThrow().choices())
        .extracting(call -> call.connector())
        .containsExactly("model", "eu");
    assertThat(new String(compiled.manifestBytes(), UTF_8)).contains("azure-openai");
    assertThat(new String(compile(RIGHT).artifactBytes(), UTF_8))
        .as("artifacts of before keep their digests")
        .doesNotContain("alternatives");
    for (String[] wrong :
        new String[][] {
          {"deployment: triage", "deployed: triage", "takes no parameter `deployed`"},
          {"use: eu.triage", "use: slack.post-message", "is no model"},
          {"use: eu.triage", "use: us.triage", "no connector `us`"},
          {"deployment: triage", "deployment: {from: /steps/again/summary}", ""},
          {
            "instance: m-2, model: gpt-4.1-2025-04-14",
            "instance: m-2, model: gpt-4.1",
            "is not pinned"
          }
        }) {
      WorkflowErrors errors =
          catchThrowableOfType(
              WorkflowErrors.class, () -> compile(OTHER.replace(wrong[0], wrong[1])));
      assertThat(errors).as(wrong[1]).isNotNull();
      assertThat(errors.errors().toString()).as(wrong[1]).contains(wrong[2]);
    }
  }

  @Test
  void aModelMayWriteTextsAndNothingElse() throws WorkflowErrors {
    assertThat(new WorkflowCompiler().compile("w.yaml", RIGHT, new ManifestCatalogue(), "a"))
        .isNotNull();
  }

  @Test
  void aModelPicksNoRecipient() {
    for (String wrong :
        new String[] {
          "channel: {from: /steps/sort/category}",
          "channel: {text: \"C{/steps/sort/category}\"}",
          "channel: {cel: \"steps.sort.category\"}"
        }) {
      assertThat(refused("channel: C0APPROVALS", wrong))
          .contains("`channel` picks the channel and is built of a model's output");
    }
  }

  @Test
  void aModelPicksNoModel() {
    String yaml = RIGHT.substring(RIGHT.indexOf("- id: again"));
    String wrong =
        yaml.replaceFirst("model: gpt-4.1-2025-04-14", "model: {from: /steps/sort/category}");
    assertThat(refused(yaml, java.util.regex.Matcher.quoteReplacement(wrong)))
        .contains("`model` picks the model and is built of a model's output");
  }

  /// Tool, action, instance and version are names in the text; there is no way to build them.
  @Test
  void aModelPicksNoToolHostOrCredential() {
    assertThat(refused("use: slack.post-message", "use: \"{/steps/sort/category}.post-message\""))
        .isNotEmpty();
    assertThat(refused("use: slack.post-message", "use: {from: /steps/sort/category}"))
        .isNotEmpty();
    assertThat(refused("instance: slack-1", "instance: {from: /steps/sort/category}")).isNotEmpty();
    assertThat(refused("connector: slack,", "connector: {from: /steps/sort/category},"))
        .isNotEmpty();
    assertThat(refused("channel: C0APPROVALS", "host: evil.example"))
        .contains("takes no parameter `host`");
  }
}
