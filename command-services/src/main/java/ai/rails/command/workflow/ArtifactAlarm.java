package ai.rails.command.workflow;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.platform.telemetry.Telemetry;

/// Makes an event of an artifact that is no longer what was signed.
///
/// On a thread of its own: a load may happen within a command, which holds a lock and a connection.
public final class ArtifactAlarm implements StoredArtifacts.Altered {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactAlarm.class);

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
    RefuseArtifact command = new RefuseArtifact(tenant, workflow, digest, reason);
    CommandContext context = context(tenant, workspace, workflow);
    var _ = Thread.startVirtualThread(() -> tell(context, command));
  }

  private void tell(CommandContext context, RefuseArtifact command) {
    try {
      bus.get().dispatch(context, WorkflowEntity.TYPE, command);
    } catch (RuntimeException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("tenant", command.tenant())
          .addKeyValue("digest", command.artifactDigest())
          .log("an altered artifact could not be noted");
    }
  }

  private CommandContext context(String tenant, String workspace, String workflow) {
    String id = ids.get().toString();
    return new CommandContext(
        tenant,
        workspace,
        Optional.empty(),
        new Actor(Actor.Kind.SERVICE, "artifact-check"),
        id,
        id,
        Telemetry.current(),
        Optional.empty(),
        Optional.of(workflow),
        List.of());
  }
}
