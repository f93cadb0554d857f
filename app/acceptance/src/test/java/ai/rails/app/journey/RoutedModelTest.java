package ai.rails.app.journey;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.demo.PinnedModel;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;

import static org.assertj.core.api.Assertions.assertThat;

/// A step that names two vendors' models: policy says which one is asked, in which region, and
/// whether another one may answer in its place.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class RoutedModelTest {
  private static final String WORKFLOW = "routed";
  private static final PinnedModel GPT =
      PinnedModel.of(PinnedModel.Provider.OPENAI, OfflineClassifier.standard());
  private static final PinnedModel CLAUDE =
      PinnedModel.of(PinnedModel.Provider.ANTHROPIC, OfflineClassifier.standard());
  private static final String SOURCE =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata: {id: routed, version: 1.0.0, title: Asks one of two models}
      inputs: {sys_id: id}
      triggers:
        - {id: manual, kind: manual}
      connectors:
        servicenow: {connector: servicenow, version: 1.0.0, instance: servicenow-main}
        us: {connector: openai, version: 1.0.0, instance: openai-us, model: %1$s}
        eu: {connector: anthropic, version: 1.0.0, instance: anthropic-eu, model: %2$s}
      steps:
        - id: fetch
          kind: tool
          use: servicenow.get-incident
          with: {sys_id: {from: /inputs/sys_id}}
        - id: classify
          kind: ai
          use: us.triage
          with:
            short_description: {from: /steps/fetch/short_description}
            description: {from: /steps/fetch/description}
            categories: {cel: "instances.servicenow.categories.map(label, label)"}
            model: %1$s
            max_output_tokens: 512
          or:
            - use: eu.triage
              with:
                short_description: {from: /steps/fetch/short_description}
                description: {from: /steps/fetch/description}
                categories: {cel: "instances.servicenow.categories.map(label, label)"}
                model: %2$s
                max_output_tokens: 512
          disclose: {confidence: number}
          retry: {attempts: 3, backoff: PT1S, maxBackoff: PT1S}
          timeout: PT30S
      limits: {duration: PT10M, cost: 0.50 USD}
      settings: {}
      """
          .formatted(GPT.model(), CLAUDE.model());

  @Test
  void policySaysWhichModelIsAskedAndWhetherAnotherMayAnswer(Cell cell) {
    Triage triage = cell.secondTenant();
    var administrators = new Administrators(triage);
    instance(administrators, "openai-us", GPT, "us");
    instance(administrators, "anthropic-eu", CLAUDE, "eu");
    administrators.publish(
        WORKFLOW,
        SOURCE,
        List.of(
            Map.of("connector", "servicenow", "action", "get-incident"),
            Map.of("connector", "us", "action", "triage"),
            Map.of("connector", "eu", "action", "triage")));

    administrators.policy(data -> routed(data, false, "eu"));
    assertThat(asked(administrators, "COMPLETED"))
        .as("nothing leaves the region, though the workflow names the other model first")
        .contains(CLAUDE.model())
        .doesNotContain(GPT.model());

    administrators.policy(data -> routed(data, false, "us", "eu"));
    assertThat(asked(administrators, "COMPLETED"))
        .contains(GPT.model())
        .doesNotContain(CLAUDE.model());

    triage.standIns().openAi().faults().inject(3, Faults.on("POST", "/"), new Fault.ServerError());
    assertThat(asked(administrators, "FAILED"))
        .as("nobody said that another one may answer")
        .doesNotContain(CLAUDE.model());

    administrators.policy(data -> routed(data, true, "us", "eu"));
    triage.standIns().openAi().faults().inject(1, Faults.on("POST", "/"), new Fault.ServerError());
    assertThat(asked(administrators, "COMPLETED")).contains(CLAUDE.model());

    administrators.policy(data -> routed(data, true));
    assertThat(asked(administrators, "FAILED")).isEmpty();
    administrators.policy(data -> data.remove(List.of("providers", "routing")));
    ServersKilledTest.assertVerified(cell);
  }

  private static void instance(
      Administrators administrators, String instance, PinnedModel model, String region) {
    administrators.connect(
        instance,
        model.connector(),
        model.host(),
        Map.of("settings", Map.of("region", region)),
        Map.of("api_key", model.apiKey().orElseThrow()));
  }

  /// Both vendors, each with its model, in these regions only.
  private static void routed(ObjectNode data, boolean fallback, String... regions) {
    ObjectNode providers = data.putObject("providers");
    for (PinnedModel model : List.of(GPT, CLAUDE)) {
      ObjectNode provider = providers.putObject(model.connector());
      provider.put("enabled", true).putArray("models").add(model.model());
      for (String region : regions) {
        provider.withArray("regions").add(region);
      }
      if (regions.length == 0) {
        provider.putArray("regions");
      }
    }
    data.putObject("routing").put("allow_fallback", fallback);
  }

  /// The models whose use a new run's events tell of.
  private static List<String> asked(Administrators administrators, String end) {
    Triage triage = administrators.triage();
    String run = administrators.start(WORKFLOW, Map.of("sys_id", triage.report().sysId()));
    Triage.await("the end of " + run, () -> !triage.status(run).equals("RUNNING"));
    assertThat(triage.status(run)).as(triage.events(run).toString()).isEqualTo(end);
    return triage.events(run).stream()
        .filter(entry -> entry.path("entryType").asText().equals("MODEL_INVOKED"))
        .map(entry -> entry.path("event"))
        .map(RoutedModelTest::model)
        .toList();
  }

  private static String model(JsonNode event) {
    return event.path("model").asText();
  }
}
