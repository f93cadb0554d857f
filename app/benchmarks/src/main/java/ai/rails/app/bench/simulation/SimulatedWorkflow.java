package ai.rails.app.bench.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.workflow.ActionType;
import ai.rails.platform.workflow.ConnectorCatalogue;
import ai.rails.platform.workflow.WorkflowCompiler;
import ai.rails.platform.workflow.WorkflowErrors;

/// The workflow of `rails bench once`, compiled.
public final class SimulatedWorkflow implements ConnectorCatalogue {
  private final Connector sink = Connectors.read(resource("/once/once-sink-1.0.0.json"));

  private SimulatedWorkflow() {}

  public static Workflow compiled() {
    try {
      return new WorkflowCompiler()
          .compile(
              "once.yaml",
              new String(resource("/once/once.yaml"), StandardCharsets.UTF_8),
              new SimulatedWorkflow(),
              "simulation")
          .workflow();
    } catch (WorkflowErrors e) {
      throw new IllegalStateException("the workflow does not compile: " + e.errors(), e);
    }
  }

  @Override
  public Optional<ActionType> action(String connector, String version, String action) {
    return sink.action(action)
        .map(found ->
            new ActionType(
                found.parameters(),
                found.result(),
                ActionType.Effect.WRITE,
                found.idempotencyClass(),
                found.risk().name(),
                found.disclosable(),
                sink.requests(found)));
  }

  @Override
  public Optional<String> digest(String connector, String version) {
    return Optional.of(sink.digest());
  }

  private static byte[] resource(String name) {
    try (InputStream in = SimulatedWorkflow.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
