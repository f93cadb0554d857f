package ai.rails.app.bench.policy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.policy.ToolActionInput;
import ai.rails.command.run.Actions;
import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.CallId;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.RunLimits;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.postgres.Sql;

/// A workflow of one write that policy allows without asking anybody: what is held back of it is
/// held back by the guard alone.
public final class OneWrite {
  public static final String TENANT = "bench-tenant";
  public static final String ENVIRONMENT = "dev";
  static final String TOOL = "sink";
  static final String ACTION = "send";
  static final String CONNECTOR = "sha256:" + "c".repeat(64);
  public static final String ARTIFACT = "sha256:" + "a".repeat(64);
  public static final String STEP = "send";
  public static final String WORKSPACE = "w";

  /// Workspaces are independent of each other; commands of one queue at its head.
  public static final int WORKSPACES = 16;

  private static final String INSTANCE = "sink-bench";
  private static final String WORKFLOW_ID = "one-write";

  public static final Workflow WORKFLOW =
      new Workflow(
          WORKFLOW_ID,
          "1.0.0",
          "One write",
          "author",
          Map.of(),
          List.of(),
          Map.of("sink", new ConnectorPin(TOOL, "1.0.0", CONNECTOR, INSTANCE, Optional.empty())),
          List.of(
              new Step(
                  STEP,
                  Step.Kind.TOOL,
                  List.of(),
                  Optional.empty(),
                  Map.of(),
                  new Step.Retry(2, Duration.ofMillis(1), Duration.ofMillis(1)),
                  Duration.ofSeconds(30),
                  Optional.of(new Step.Call("sink", ACTION, Map.of(), List.of())),
                  Optional.empty(),
                  List.of(),
                  Optional.empty(),
                  Optional.empty())),
          new RunLimits(Duration.ofHours(24), new Money("USD", 1_000_000_000)),
          Map.of(),
          Optional.empty(),
          Workflow.Workers.ANY);

  private OneWrite() {}

  static Optional<Actions.Facts> facts(String digest, String action) {
    return digest.equals(CONNECTOR) && action.equals(ACTION)
        ? Optional.of(new Actions.Facts("R1", true, IdempotencyClass.K))
        : Optional.empty();
  }

  /// A tenant that is active, its workspaces, and the connector's instance.
  static void rows(Connection c) throws SQLException {
    Sql.execute(c, "INSERT INTO tenant VALUES (?, 'eu', 'bench', 'ACTIVE')", TENANT);
    for (int i = 0; i < WORKSPACES; i++) {
      Sql.execute(
          c, "INSERT INTO workspace_head VALUES (?, ?, 0, '2026-01-01')", TENANT, WORKSPACE + i);
    }
    Sql.execute(
        c,
        """
        INSERT INTO connector_instance (tenant, instance, workspace, connector, connector_digest,
          host, port, settings, ingest_public, ingest_wrapped)
        VALUES (?, ?, 'w0', ?, ?, ?, 443, '{}', '\\x00', '\\x00')
        """,
        TENANT,
        INSTANCE,
        TOOL,
        CONNECTOR,
        GuardedCell.SINK_HOST);
  }

  /// What policy is asked about the write, in a run that is not there.
  static DecisionRequest question(Instant now) {
    return question(now, TENANT, TOOL, ACTION, Map.of());
  }

  /// The same about another tenant's grant.
  static DecisionRequest question(
      Instant now, String tenant, String tool, String action, Map<String, Object> params) {
    return new ToolActionInput(
            ENVIRONMENT,
            now,
            tenant,
            "bench",
            new Actor(Actor.Kind.WORKER, "probe"),
            List.of(),
            Optional.of("requester"),
            new ToolActionInput.Version(WORKFLOW_ID, "1.0.0", ARTIFACT, "author"),
            new ToolActionInput.Position("probe", STEP, 1, List.of()),
            new ToolActionInput.Tool(
                tool,
                action,
                CONNECTOR,
                "R1",
                "write",
                "K",
                params,
                "sha256:" + "d".repeat(64),
                GuardedCell.SINK_HOST,
                443),
            List.of(),
            new ToolActionInput.Funds("USD", 0, 0, 0, 1_000_000_000, Optional.empty()))
        .request();
  }

  public static StartRun start(String run) {
    return new StartRun(
        TENANT,
        run,
        WORKFLOW_ID,
        "1.0.0",
        ARTIFACT,
        ENVIRONMENT,
        "manual",
        "",
        "requester",
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  public static FrozenCall call(String run) {
    return new FrozenCall(
        CallId.of(TENANT, run, STEP, 0, 1),
        STEP,
        0,
        TOOL,
        ACTION,
        CONNECTOR,
        INSTANCE,
        GuardedCell.SINK_HOST,
        443,
        "sha256:" + "d".repeat(64),
        IdempotencyClass.K,
        1,
        Map.of(),
        new SealedRef("send/call/0", "e".repeat(64), 1));
  }
}
