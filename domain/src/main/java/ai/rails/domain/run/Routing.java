package ai.rails.domain.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.RunCommand.FrozenCall;

/// Whether a call goes where policy routes it. A call is frozen with its connector and model, so
/// one that is routed elsewhere does not leave: another one is frozen for where it is routed, and
/// asked about by itself.
public final class Routing {
  private static final String PLACE = "place";
  private static final String FIRST = "1";
  private static final Set<String> MEMBERS = Set.of("provider", "model", "region", PLACE);

  private Routing() {}

  /// Where a route leads, as seen from a call.
  public enum Way {
    /// The call is the one.
    HERE,
    /// Another model of the step is.
    ELSEWHERE,
    /// Nothing that the step has is.
    NOWHERE
  }

  /// @param routes what the step has, as policy was told
  public static Way of(FrozenCall call, List<ModelRoute> routes, Decision decision) {
    Optional<Map<String, String>> chosen = chosen(decision);
    List<ModelRoute> meant =
        routes.stream().filter(route -> chosen.filter(c -> names(c, route)).isPresent()).toList();
    if (meant.size() != 1) {
      return Way.NOWHERE;
    }
    List<ModelRoute> own = routes.stream().filter(route -> isOf(call, route)).toList();
    return own.equals(meant) ? Way.HERE : Way.ELSEWHERE;
  }

  /// The route that is to be taken; the others that may come are fallbacks.
  ///
  /// @return empty if none is named, or anything is said that is not understood
  public static Optional<Map<String, String>> chosen(Decision decision) {
    List<Obligation> duties = decision.obligations();
    boolean understood =
        decision.effect() == Effect.ROUTE
            && duties.stream()
                .allMatch(duty ->
                    duty.type() == Obligation.Type.ROUTE_TO
                        && duty.parameters().keySet().equals(MEMBERS));
    List<Map<String, String>> first =
        duties.stream()
            .map(Obligation::parameters)
            .filter(route -> FIRST.equals(route.get(PLACE)))
            .toList();
    return understood && first.size() == 1 ? Optional.of(first.getFirst()) : Optional.empty();
  }

  private static boolean names(Map<String, String> chosen, ModelRoute route) {
    return route.connector().equals(chosen.get("provider"))
        && route.model().equals(chosen.get("model"))
        && route.region().equals(chosen.get("region"));
  }

  private static boolean isOf(FrozenCall call, ModelRoute route) {
    return route.connector().equals(call.tool())
        && route.instance().equals(call.instance())
        && call.parameters().getOrDefault("model", route.model()).equals(route.model());
  }
}
