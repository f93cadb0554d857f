package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Step.Rule;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Value.Members;
import ai.rails.domain.workflow.Value.Pointer;
import ai.rails.domain.workflow.Value.Template;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.enclave.content.Digests;
import ai.rails.platform.workflow.ArtifactCodec;

/// A small triage workflow: fetch, check, ask, write, prove.
final class Triage {
  private static final Step.Retry RETRY =
      new Step.Retry(3, Duration.ofSeconds(1), Duration.ofSeconds(8));
  static final byte[] ARTIFACT = ArtifactCodec.encode(workflow());
  static final String DIGEST = Digests.named(ARTIFACT);
  static final String TENANT = "tenant-1";
  static final String ENVIRONMENT = "dev";
  static final String WORKER = "worker-1";
  static final String TICKETS = "sn-prod";
  static final String CHAT = "chat-prod";
  static final String US = "model-us";
  static final String EU = "model-eu";
  static final String MODEL = "m-2026-01-01";

  private Triage() {}

  static Workflow workflow() {
    return new Workflow(
        "itsm-triage",
        "1.0.0",
        "Triage",
        "author-1",
        Map.of("number", id(), "priority", new Field(Field.Type.INTEGER, List.of())),
        List.of(),
        Map.of(
            "tickets", pin("servicenow", TICKETS),
            "chat", pin("slack", CHAT),
            "model", model("openai", US),
            "other", model("azure", EU)),
        List.of(fetch(), check(), approve(), write(), prove(), sort(), sign(), close()),
        new Workflow.RunLimits(Duration.ofHours(1), Money.zero("USD")),
        Map.of("team", "service-desk"),
        Optional.empty(),
        Workflow.Workers.ANY);
  }

  static ConnectorPin pin(String connector, String instance) {
    return new ConnectorPin(
        connector,
        "1.0.0",
        Digests.named(connector.getBytes(StandardCharsets.UTF_8)),
        instance,
        Optional.empty());
  }

  private static ConnectorPin model(String connector, String instance) {
    ConnectorPin pin = pin(connector, instance);
    return new ConnectorPin(
        pin.connector(), pin.version(), pin.digest(), instance, Optional.of(MODEL));
  }

  /// A model, or another one.
  private static Step sort() {
    Map<String, Value> said = Map.of("number", pointer("/inputs/number"));
    Call other = call("other", "complete", said);
    var first = new Call("model", "complete", said, List.of(), List.of(other));
    return step("sort", Kind.AI, Map.of(), Optional.of(first), Optional.empty());
  }

  /// The next step's call has to be signed.
  private static Step sign() {
    var gate =
        new Gate(
            "close",
            "approver",
            1,
            Duration.ofMinutes(30),
            Map.of(),
            Optional.empty(),
            true,
            List.of(),
            List.of());
    return step("sign", Kind.GATE, Map.of(), Optional.empty(), Optional.of(gate));
  }

  private static Step close() {
    Call call = call("tickets", "close-incident", Map.of("number", pointer("/inputs/number")));
    return step("close", Kind.TOOL, Map.of(), Optional.of(call), Optional.empty());
  }

  private static Step fetch() {
    return step(
        "fetch",
        Kind.TOOL,
        Map.of(
            "category",
            new Disclosed(new Field(Field.Type.ENUM, List.of("network", "email")), "/category")),
        Optional.of(call("tickets", "get-incident", Map.of("number", pointer("/inputs/number")))),
        Optional.empty());
  }

  private static Step check() {
    return new Step(
        "check",
        Kind.GUARD,
        List.of(),
        Optional.empty(),
        Map.of(),
        RETRY,
        Duration.ofMinutes(1),
        Optional.empty(),
        Optional.empty(),
        List.of(
            new Rule("steps.fetch.complete", "INCOMPLETE"),
            new Rule("steps.fetch.known", "UNKNOWN")),
        Optional.of(new Members(Map.of("text", pointer("/steps/fetch/text")))),
        Optional.empty());
  }

  private static Step approve() {
    Call card =
        call(
            "chat",
            "post-message",
            Map.of(
                "text",
                new Template(
                    "{/steps/fetch/category} {/revealed/note} {/gate/callDigest} {/settings/team}")));
    var gate =
        new Gate(
            "write",
            "approver",
            1,
            Duration.ofMinutes(30),
            Map.of("Category", "steps.fetch.category", "Number", "inputs.number"),
            Optional.of(card));
    return step("approve", Kind.GATE, Map.of(), Optional.empty(), Optional.of(gate));
  }

  private static Step write() {
    var note =
        new Call(
            "tickets",
            "update-incident",
            Map.of(
                "number",
                pointer("/inputs/number"),
                "note",
                new Template("About: {/steps/fetch/text}")),
            List.of("note"));
    return new Step(
        "write",
        Kind.TOOL,
        List.of(),
        Optional.empty(),
        Map.of(),
        RETRY,
        Duration.ofMinutes(1),
        Optional.of(note),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.of(
            call("tickets", "update-incident", Map.of("number", pointer("/inputs/number")))));
  }

  private static Step prove() {
    return step("prove", Kind.PROOF, Map.of(), Optional.empty(), Optional.empty());
  }

  private static Step step(
      String id,
      Kind kind,
      Map<String, Disclosed> disclose,
      Optional<Call> call,
      Optional<Gate> gate) {
    return new Step(
        id,
        kind,
        List.of(),
        Optional.empty(),
        disclose,
        RETRY,
        Duration.ofMinutes(1),
        call,
        gate,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static Call call(String connector, String action, Map<String, Value> parameters) {
    return new Call(connector, action, parameters, List.of());
  }

  private static Value pointer(String pointer) {
    return new Pointer(pointer);
  }

  static Field id() {
    return new Field(Field.Type.ID, List.of());
  }
}
