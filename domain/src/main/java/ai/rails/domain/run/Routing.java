package ai.rails.domain.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;

/// Whether a call goes where policy routes it. Calls are frozen with their connector and model and
/// can not be sent elsewhere, so a route is leave only for what is pinned anyway.
final class Routing {
  private static final String PROVIDER = "provider";
  private static final String MODEL = "model";

  private Routing() {}

  /// @return false if anything is demanded that the pin does not say, a region for example
  static boolean isPinned(Workflow workflow, FrozenCall call, Decision decision) {
    List<Map<String, String>> routes =
        decision.obligations().stream()
            .filter(duty -> duty.type() == Obligation.Type.ROUTE_TO)
            .map(Obligation::parameters)
            .toList();
    return !routes.isEmpty()
        && routes.size() == decision.obligations().size()
        && routes.stream().allMatch(route -> isPinned(workflow, call, route));
  }

  private static boolean isPinned(Workflow workflow, FrozenCall call, Map<String, String> route) {
    List<Optional<String>> models =
        workflow.connectors().values().stream()
            .filter(pin -> pin.connector().equals(call.tool()))
            .filter(pin -> pin.instance().equals(call.instance()))
            .map(ConnectorPin::model)
            .distinct()
            .toList();
    return route.keySet().equals(Set.of(PROVIDER, MODEL))
        && call.tool().equals(route.get(PROVIDER))
        && models.equals(List.of(Optional.ofNullable(route.get(MODEL))));
  }
}
