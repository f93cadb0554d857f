package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.platform.postgres.Sql;

/// Whether a call is the one that the workflow's signed version declares for the step, at the
/// tenant's own instance. A worker that says otherwise is not believed.
final class DeclaredCall {
  private static final String INSTANCE =
      """
      SELECT coalesce(runner, ''), revoked_at IS NOT NULL FROM connector_instance
       WHERE tenant = ? AND instance = ? AND connector = ? AND connector_digest = ?
         AND host = ? AND port = ?
      """;

  private final Actions actions;

  /// A call that is what it should be.
  ///
  /// @param facts what the connector's manifest says of the action
  /// @param runner behind which its instance is, if it is behind one
  record Declared(Actions.Facts facts, Optional<String> runner) {}

  DeclaredCall(Actions actions) {
    this.actions = actions;
  }

  /// @throws Refused with INVALID naming what differs
  Declared check(Connection c, String tenant, Workflow workflow, FrozenCall call)
      throws SQLException {
    Step.Call declared =
        declared(workflow, call.step())
            .orElseThrow(
                () -> differs(call, "the workflow declares no call for step " + call.step()));
    boolean pinned =
        declared.choices().stream().anyMatch(choice -> isPinned(workflow, choice, call));
    if (!pinned) {
      throw differs(call, "the workflow declares another connector, instance or action");
    }
    requireNotRevoked(call, actions.revoked().contains(call.connectorDigest()));
    Actions.Facts facts =
        actions
            .find(call.connectorDigest(), call.action())
            .orElseThrow(() -> differs(call, "the connector's manifest has no such action"));
    if (facts.idempotencyClass() != call.idempotencyClass()) {
      throw differs(call, "the manifest says class " + facts.idempotencyClass());
    }
    return new Declared(facts, runner(c, tenant, call));
  }

  private static boolean isPinned(Workflow workflow, Step.Call declared, FrozenCall call) {
    ConnectorPin pin = workflow.connectors().get(declared.connector());
    return pin != null
        && pin.connector().equals(call.tool())
        && pin.digest().equals(call.connectorDigest())
        && pin.instance().equals(call.instance())
        && declared.action().equals(call.action());
  }

  private static Optional<String> runner(Connection c, String tenant, FrozenCall call)
      throws SQLException {
    Found found =
        Sql.one(
                c,
                INSTANCE,
                row -> new Found(row.getString(1), row.getBoolean(2)),
                tenant,
                call.instance(),
                call.tool(),
                call.connectorDigest(),
                call.host(),
                call.port())
            .orElseThrow(
                () -> differs(call, "no instance %s is configured so".formatted(call.instance())));
    requireNotRevoked(call, found.revoked());
    return Optional.of(found.runner()).filter(name -> !name.isEmpty());
  }

  private record Found(String runner, boolean revoked) {}

  private static void requireNotRevoked(FrozenCall call, boolean revoked) {
    if (revoked) {
      throw new Refused(
          Refused.Code.CONNECTOR_REVOKED,
          "%s with digest %s is revoked; publish a workflow version that pins another"
              .formatted(call.tool(), call.connectorDigest()));
    }
  }

  /// A card's or an undo's call stands in the step that it is named after.
  private static Optional<Step.Call> declared(Workflow workflow, String stepId) {
    if (stepId.endsWith(Step.CARD)) {
      return workflow.step(base(stepId, Step.CARD)).flatMap(Step::gate).flatMap(Step.Gate::card);
    }
    if (stepId.endsWith(Step.UNDO)) {
      return workflow.step(base(stepId, Step.UNDO)).flatMap(Step::compensate);
    }
    return workflow.step(stepId).flatMap(Step::call);
  }

  private static String base(String stepId, String suffix) {
    return stepId.substring(0, stepId.length() - suffix.length());
  }

  private static Refused differs(FrozenCall call, String why) {
    return new Refused(
        Refused.Code.INVALID,
        "call %s of step %s (%s %s at %s) is not declared: %s"
            .formatted(
                call.callId(), call.step(), call.tool(), call.action(), call.instance(), why));
  }
}
