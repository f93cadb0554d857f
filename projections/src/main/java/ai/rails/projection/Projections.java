package ai.rails.projection;

import java.util.List;

import ai.rails.projection.budget.CostProjection;
import ai.rails.projection.connector.CallProjection;
import ai.rails.projection.connector.InstanceProjection;
import ai.rails.projection.gate.GateProjection;
import ai.rails.projection.ledger.EntryProjection;
import ai.rails.projection.policy.DecisionProjection;
import ai.rails.projection.run.RunProjection;
import ai.rails.projection.workflow.WorkflowProjection;

/// All views, in one list: what is not here is not folded.
public final class Projections {
  public static final List<Projection> ALL =
      List.of(
          new EntryProjection(),
          new RunProjection(),
          new GateProjection(),
          new DecisionProjection(),
          new CallProjection(),
          new InstanceProjection(),
          new WorkflowProjection(),
          new CostProjection());

  private Projections() {}
}
