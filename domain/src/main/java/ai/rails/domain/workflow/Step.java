package ai.rails.domain.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.domain.workflow.Workflow.Field;

/// One step of a workflow.
///
/// @param needs steps that must have completed; a step whose `when` was false counts as completed
/// @param when CEL over disclosed fields (`inputs.x`, `steps.y.z`), evaluated in the control plane;
///   absent means always
/// @param disclose output field to type and JSON Pointer into the step's output: the only parts of
///   it that leave the seal
/// @param call with kinds `TOOL` and `AI`
/// @param gate with kind `GATE`
/// @param rules with kind `GUARD`
/// @param output with kinds `GUARD` and `PROOF`: the output that the step builds
/// @param compensate call that undoes this step
public record Step(
    String id,
    Kind kind,
    List<String> needs,
    Optional<String> when,
    Map<String, Disclosed> disclose,
    Retry retry,
    Duration timeout,
    Optional<Call> call,
    Optional<Gate> gate,
    List<Rule> rules,
    Optional<Value> output,
    Optional<Call> compensate) {
  /// Suffix of the inner step that posts a gate's card.
  public static final String CARD = ".card";

  /// Suffix of the inner step that compensates a step.
  public static final String UNDO = ".undo";

  public Step {
    needs = List.copyOf(needs);
    disclose = Map.copyOf(disclose);
    rules = List.copyOf(rules);
  }

  /// The five component categories.
  public enum Kind {
    TOOL,
    AI,
    GUARD,
    GATE,
    PROOF
  }

  /// A disclosed part of a step's output.
  public record Disclosed(Field field, String pointer) {}

  /// How often an attempt is made and how long is waited between two.
  ///
  /// @param attempts 1 to 20
  /// @param backoff before the second attempt; doubles with each further one
  /// @param maxBackoff bound of the doubling
  public record Retry(int attempts, Duration backoff, Duration maxBackoff) {}

  /// A tool action with its parameters.
  ///
  /// @param connector alias in [Workflow#connectors()]
  /// @param action for example `update-incident`
  /// @param parameters built in the worker
  /// @param reveal parameter names whose text an approver is shown although it is not disclosed
  /// @param alternatives with a model: whole calls of other models, in order, of which policy may
  ///   choose one instead; they have none themselves
  public record Call(
      String connector,
      String action,
      Map<String, Value> parameters,
      List<String> reveal,
      List<Call> alternatives) {
    public Call {
      parameters = Map.copyOf(parameters);
      reveal = List.copyOf(reveal);
      alternatives = List.copyOf(alternatives);
    }

    public Call(
        String connector, String action, Map<String, Value> parameters, List<String> reveal) {
      this(connector, action, parameters, reveal, List.of());
    }

    /// This call and its alternatives, in order.
    public List<Call> choices() {
      return Stream.concat(Stream.of(this), alternatives.stream()).toList();
    }
  }

  /// A human gate in front of a step's call.
  ///
  /// @param forStep the step whose call is frozen and approved
  /// @param role who may approve
  /// @param quorum approvals needed, 1 to 5
  /// @param expires after which silence means no
  /// @param display labels to disclosed fields (`steps.classify.category`), shown with the request
  /// @param card call by which the worker shows the request, for example in Slack
  /// @param signature whether an approval must be signed with a passkey
  /// @param tiers who approves instead when a condition holds; the first that holds
  /// @param escalations who is asked when nobody decides, the earliest first
  public record Gate(
      String forStep,
      String role,
      int quorum,
      Duration expires,
      Map<String, String> display,
      Optional<Call> card,
      boolean signature,
      List<Tier> tiers,
      List<Escalate> escalations) {
    public Gate {
      display = Map.copyOf(display);
      tiers = List.copyOf(tiers);
      escalations = List.copyOf(escalations);
    }

    public Gate(
        String forStep,
        String role,
        int quorum,
        Duration expires,
        Map<String, String> display,
        Optional<Call> card) {
      this(forStep, role, quorum, expires, display, card, false, List.of(), List.of());
    }
  }

  /// Who approves what is above a threshold.
  ///
  /// @param when CEL over disclosed fields, for example `steps.assess.amount > 1000.0`
  public record Tier(String when, String role, int quorum) {}

  /// Who is asked when nobody has decided for so long.
  ///
  /// @param after since the gate was requested
  public record Escalate(Duration after, String role, int quorum) {}

  /// A check in the worker, over content.
  ///
  /// @param cel must be true, else the step fails with `code`
  /// @param code for example `CATEGORY_UNKNOWN`
  public record Rule(String cel, String code) {}
}
