package ai.rails.platform.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// Whether a process lives, and whether it can do its work.
public final class Health {
  private static final Access OPEN = Access.open("names of parts and whether they are up");

  private Health() {}

  /// `/healthz` (the process answers) and `/readyz` (all parts are up, else 503).
  ///
  /// @param checks part to a quick check; a check that throws counts as down
  public static List<Route> routes(Map<String, BooleanSupplier> checks) {
    Map<String, BooleanSupplier> parts = new TreeMap<>(checks);
    return List.of(
        new Route("GET", "/healthz", Label.STRONG, OPEN, _ -> Answer.ok(Map.of("status", "up"))),
        new Route("GET", "/readyz", Label.STRONG, OPEN, _ -> ready(parts)));
  }

  private static Answer ready(Map<String, BooleanSupplier> parts) {
    Map<String, String> states = new TreeMap<>();
    parts.forEach((name, check) -> states.put(name, isUp(check) ? "up" : "down"));
    boolean up = !states.containsValue("down");
    return Answer.json(up ? 200 : 503, Map.of("status", up ? "up" : "down", "parts", states));
  }

  private static boolean isUp(BooleanSupplier check) {
    try {
      return check.getAsBoolean();
    } catch (RuntimeException e) {
      return false;
    }
  }
}
