package ai.rails.enclave.gateway;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.Action;
import ai.rails.connector.Auth;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.connector.ModelCost;
import ai.rails.connector.PriceTable;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.FrozenCall.Target;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallRefused;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// A call that its manifest allows: checked before a decision is asked for, and again on the frozen
/// bytes before anything is sent.
record Planned(Connector connector, Action action, JsonNode params) {
  /// @throws CallRefused naming a rule, never a value
  static Planned check(
      Connectors connectors,
      PriceTable prices,
      Schemas schemas,
      ConnectorPin pin,
      Instance instance,
      String actionName,
      JsonNode params) {
    if (connectors.isRevoked(pin.digest())) {
      throw refused("CONNECTOR_REVOKED", "%s is revoked; pin another".formatted(pin.connector()));
    }
    Connector connector =
        connectors
            .byDigest(pin.digest())
            .filter(each -> each.name().equals(pin.connector()))
            .orElseThrow(() ->
                refused(
                    "CONNECTOR_UNKNOWN",
                    "this worker carries no %s with digest %s"
                        .formatted(pin.connector(), pin.digest())));
    Action action =
        connector
            .action(actionName)
            .orElseThrow(
                () -> refused("ACTION_UNKNOWN", "%s has no %s".formatted(connector, actionName)));
    if (!connector.isLocal() && !connector.admits(instance.host(), instance.port())) {
      throw refused(
          "HOST_REFUSED",
          "%s does not admit %s:%d".formatted(connector, instance.host(), instance.port()));
    }
    List<String> complaints = schemas.complaints(action.parameters(), params);
    if (!complaints.isEmpty()) {
      throw refused("PARAMETERS_INVALID", "%s %s: %s".formatted(connector, actionName, complaints));
    }
    checkModel(connector, action, prices, pin, params);
    return new Planned(connector, action, params);
  }

  /// Checks that the frozen call is the one that the pin and the instance speak of.
  static Planned check(Connectors connectors, PriceTable prices, Schemas schemas, Order order) {
    Target target = order.call().target();
    ConnectorPin pin = order.pin();
    Instance instance = order.instance();
    Target expected =
        new Target(
            pin.connector(), target.action(), pin.digest(), instance.instance(), instance.host());
    if (!target.equals(expected)) {
      throw refused("FROZEN_CALL_DIFFERS", "the frozen call is aimed at another target");
    }
    return check(
        connectors, prices, schemas, pin, instance, target.action(), order.call().params());
  }

  /// The credential's use, or none for a connector that needs none.
  Optional<Credential> credential(Map<String, String> secrets) {
    if (connector.auth().isEmpty()) {
      return Optional.empty();
    }
    Auth auth =
        connector
            .authWith(secrets.keySet())
            .orElseThrow(() ->
                refused(
                    "CREDENTIAL_FORM",
                    "%s takes a credential with exactly the members of one of %s"
                        .formatted(connector, connector.auth().keySet())));
    try {
      return Optional.of(new Credential(auth, secrets));
    } catch (IllegalArgumentException _) {
      throw refused("CREDENTIAL_FORM", "a secret of %s is not written so".formatted(connector));
    }
  }

  private static void checkModel(
      Connector connector, Action action, PriceTable prices, ConnectorPin pin, JsonNode params) {
    if (action.model().isEmpty() || connector.isLocal()) {
      return;
    }
    String model = ModelCost.model(params);
    if (pin.model().isPresent() && !pin.model().get().equals(model)) {
      throw refused("MODEL_NOT_PINNED", "the workflow pins another model");
    }
    if (!prices.knows(action.model().get().provider(), model)) {
      throw refused(
          "MODEL_UNKNOWN", "price table %s does not have the model".formatted(prices.version()));
    }
  }

  private static CallRefused refused(String code, String message) {
    return new CallRefused(code, message);
  }
}
