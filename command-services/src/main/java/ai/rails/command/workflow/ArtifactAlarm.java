package ai.rails.command.workflow;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.platform.telemetry.Telemetry;

/// Makes an event of an artifact that is no longer what was signed.
public final class ArtifactAlarm implements StoredArtifacts.Altered {
  private final Supplier<CommandBus> bus;
  private final Supplier<UUID> ids;

  /// @param bus asked for at each alarm: it is made after the artifacts
  public ArtifactAlarm(Supplier<CommandBus> bus, Supplier<UUID> ids) {
    this.bus = bus;
    this.ids = ids;
  }

  @Override
  public void altered(
      String tenant, String workspace, String workflow, String digest, String reason) {
    String id = ids.get().toString();
    bus.get()
        .dispatch(
            new CommandContext(
                tenant,
                workspace,
                Optional.empty(),
                new Actor(Actor.Kind.SERVICE, "artifact-check"),
                id,
                id,
                Telemetry.current(),
                Optional.empty(),
                Optional.of(workflow),
                List.of()),
            WorkflowEntity.TYPE,
            new RefuseArtifact(tenant, workflow, digest, reason));
  }
}
