package ai.rails.command.connector;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.connector.ConnectorInstance;
import ai.rails.domain.connector.ConnectorInstanceCommand;
import ai.rails.domain.connector.ConnectorInstanceEvent;
import ai.rails.domain.connector.ConnectorInstanceRules;

/// Connector instances on the write side.
public final class ConnectorInstanceEntity {
  public static final Entity<ConnectorInstanceCommand, ConnectorInstance, ConnectorInstanceEvent>
      TYPE =
          new Entity<>(
              "ConnectorInstance",
              ConnectorInstanceCommand.class,
              ConnectorInstance.class,
              ConnectorInstanceEvent.class,
              ConnectorInstanceCommand::instance,
              new ConnectorInstanceRules(),
              Enrich.none());

  private ConnectorInstanceEntity() {}
}
