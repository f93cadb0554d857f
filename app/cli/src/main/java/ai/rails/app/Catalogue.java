package ai.rails.app;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import ai.rails.command.flow.Pace;
import ai.rails.command.run.Actions;
import ai.rails.connector.Action;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.connector.Place;
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
        .flatMap(connector -> connector.action(action).map(found -> facts(connector, found)));
  }

  @Override
  public Set<String> revoked() {
    return connectors.revoked();
  }

  private static Elsewhere elsewhere(Connector connector, String place, int requests) {
    Place where =
        Optional.ofNullable(connector.places().get(place))
            .orElseThrow(() -> new IllegalStateException(connector + " lacks place " + place));
    return new Elsewhere(where.host(), where.port(), requests);
  }

  private static Facts facts(Connector connector, Action found) {
    return new Facts(
        found.risk().name(),
        found.effect() == Action.Effect.WRITE,
        IdempotencyClass.valueOf(found.idempotencyClass().name()),
        new Pace(connector.perMinute(), connector.atOnce()),
        Duration.ofSeconds(found.limits().seconds()),
        connector.isLocal(),
        connector.elsewhere(found).entrySet().stream()
            .map(each -> elsewhere(connector, each.getKey(), each.getValue()))
            .toList());
  }
}
