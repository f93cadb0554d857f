package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.command.flow.Flows;
import ai.rails.domain.run.ModelRoute;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.platform.postgres.Sql;

/// The models that a step's signed version names, with the regions of the tenant's instances and
/// whether they answer: what policy chooses from.
final class ModelRoutes {
  private static final String REGION =
      """
      SELECT coalesce(settings::jsonb ->> 'region', '') FROM connector_instance
       WHERE tenant = ? AND instance = ? AND connector = ? AND connector_digest = ?\
      """;

  /// A region is an id; anything else is none, and so in no list of regions.
  private static final String ID = "[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,63}";

  private ModelRoutes() {}

  /// In the workflow's order; empty for a call of no model.
  static List<ModelRoute> of(
      Connection c, String tenant, Workflow workflow, Run run, FrozenCall call, Instant now)
      throws SQLException {
    Optional<Step.Call> declared = workflow.step(call.step()).flatMap(Step::call);
    if (call.idempotencyClass() != IdempotencyClass.M || declared.isEmpty()) {
      return List.of();
    }
    List<ModelRoute> routes = new ArrayList<>();
    for (Step.Call choice : declared.get().choices()) {
      ConnectorPin pin = workflow.connectors().get(choice.connector());
      if (pin == null) {
        continue;
      }
      String region =
          Sql.one(
                  c,
                  REGION,
                  row -> row.getString(1),
                  tenant,
                  pin.instance(),
                  pin.connector(),
                  pin.digest())
              .filter(named -> named.matches(ID))
              .orElse("");
      String model = pin.model().orElse("");
      boolean answers =
          !Flows.isOpen(c, tenant, pin.instance(), now)
              && run.calls().values().stream()
                  .noneMatch(earlier -> failed(earlier, call.step(), pin, model));
      routes.add(new ModelRoute(pin.connector(), pin.instance(), model, region, answers));
    }
    return List.copyOf(routes);
  }

  private static boolean failed(CallState call, String step, ConnectorPin pin, String model) {
    Optional<ToolActionIntended> intended = call.intended();
    return call.step().equals(step)
        && call.outcome().filter(outcome -> outcome != Outcome.SUCCESS).isPresent()
        && intended.isPresent()
        && intended.get().tool().equals(pin.connector())
        && intended.get().instance().equals(pin.instance())
        && intended.get().parameters().getOrDefault("model", model).equals(model);
  }
}
