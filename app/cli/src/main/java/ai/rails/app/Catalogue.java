package ai.rails.app;

import java.util.Optional;

import ai.rails.command.run.Actions;
import ai.rails.connector.Connectors;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// What the connectors' manifests say, for those who may not depend on them.
final class Catalogue implements Actions {
  private final Connectors connectors;

  Catalogue(Connectors connectors) {
    this.connectors = connectors;
  }

  @Override
  public Optional<Facts> find(String connectorDigest, String action) {
    return connectors
        .byDigest(connectorDigest)
        .flatMap(connector -> connector.action(action))
        .map(found ->
            new Facts(
                found.risk().name(),
                found.effect() == ai.rails.connector.Action.Effect.WRITE,
                IdempotencyClass.valueOf(found.idempotencyClass().name())));
  }
}
