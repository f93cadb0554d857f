package ai.rails.app;

import java.util.List;
import java.util.Optional;

import ai.rails.command.workflow.Compiler;
import ai.rails.connector.Action;
import ai.rails.connector.Connectors;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Problem;
import ai.rails.platform.workflow.ActionType;
import ai.rails.platform.workflow.ArtifactCodec;
import ai.rails.platform.workflow.ConnectorCatalogue;
import ai.rails.platform.workflow.LintQuestion;
import ai.rails.platform.workflow.WorkflowCompiler;
import ai.rails.platform.workflow.WorkflowErrors;

/// Compiles workflows against the connectors of this build.
final class WorkflowTexts implements Compiler, ConnectorCatalogue {
  private static final String FILE = "workflow.yaml";
  private static final int HTTPS = 443;

  private final Connectors connectors;
  private final WorkflowCompiler compiler = new WorkflowCompiler();

  WorkflowTexts(Connectors connectors) {
    this.connectors = connectors;
  }

  @Override
  public Compiled compile(String yaml, String author) {
    try {
      ai.rails.platform.workflow.Compiled compiled = compiler.compile(FILE, yaml, this, author);
      return new Compiled(
          compiled.workflow(),
          compiled.artifactBytes(),
          compiled.manifestBytes(),
          LintQuestion.of(compiled.workflow(), this),
          compiled.places());
    } catch (WorkflowErrors e) {
      List<Problem.Fault> faults =
          e.errors().stream()
              .map(f -> new Problem.Fault(f.file(), f.line(), f.column(), f.message()))
              .toList();
      throw Problem.faults(
          422,
          "WORKFLOW_INVALID",
          "the workflow has %d faults; see errors".formatted(faults.size()),
          faults);
    }
  }

  @Override
  public Workflow read(byte[] artifact) {
    return ArtifactCodec.decode(artifact);
  }

  /// A name that no vendor has is admitted by a pattern of all names only.
  @Override
  public boolean reachesAnyHost(String connector, String version) {
    return connectors
        .named(connector, version)
        .filter(found -> found.admits("any.host.example", HTTPS))
        .isPresent();
  }

  @Override
  public Optional<ActionType> action(String connector, String version, String action) {
    return connectors
        .named(connector, version)
        .flatMap(found ->
            found
                .action(action)
                .map(a ->
                    new ActionType(
                        a.parameters(),
                        a.result(),
                        effect(a),
                        IdempotencyClass.valueOf(a.idempotencyClass().name()),
                        a.risk().name(),
                        a.disclosable(),
                        found.requests(a))));
  }

  private static ActionType.Effect effect(Action action) {
    return switch (action.effect()) {
      case READ -> ActionType.Effect.READ;
      case WRITE -> ActionType.Effect.WRITE;
      case MODEL -> ActionType.Effect.MODEL;
    };
  }

  @Override
  public Optional<String> digest(String connector, String version) {
    return connectors.named(connector, version).map(found -> found.digest());
  }
}
