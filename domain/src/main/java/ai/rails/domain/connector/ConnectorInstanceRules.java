package ai.rails.domain.connector;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.connector.ConnectorInstanceCommand.CreateConnectorInstance;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreCredential;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;

/// An instance is bound to one connector version and one host for its life: approvals and policy
/// name it, so it can not come to mean something else.
public final class ConnectorInstanceRules
    implements Decider<ConnectorInstanceCommand, ConnectorInstance, ConnectorInstanceEvent> {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /// A DNS name with a letter in its last part: never an address, whatever its notation.
  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*"
              + "(?=[a-z0-9-]*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  @Override
  public ConnectorInstance initial() {
    return ConnectorInstance.NONE;
  }

  @Override
  public List<ConnectorInstanceEvent> decide(
      ConnectorInstance instance, ConnectorInstanceCommand command, Instant now) {
    return switch (command) {
      case CreateConnectorInstance c -> create(instance, c);
      case StoreCredential c -> store(instance, c);
    };
  }

  @Override
  public ConnectorInstance evolve(ConnectorInstance instance, ConnectorInstanceEvent event) {
    return switch (event) {
      case ConnectorInstanceCreated e ->
          new ConnectorInstance(Optional.of(e), instance.credential());
      case CredentialStored e ->
          new ConnectorInstance(instance.created(), Optional.of(e.credential()));
    };
  }

  private static List<ConnectorInstanceEvent> create(
      ConnectorInstance instance, CreateConnectorInstance c) {
    check(c);
    var created =
        new ConnectorInstanceCreated(
            c.instance(), c.connector(), c.connectorDigest(), c.host(), c.port());
    if (instance.created().isEmpty()) {
      return List.of(created);
    }
    if (instance.created().get().equals(created)) {
      return List.of();
    }
    throw new Refused(
        Code.ALREADY_EXISTS,
        "connector instance %s exists with another connector or host; choose another name"
            .formatted(c.instance()));
  }

  private static List<ConnectorInstanceEvent> store(ConnectorInstance instance, StoreCredential c) {
    if (instance.created().isEmpty()) {
      throw new Refused(
          Code.NOT_FOUND, "connector instance %s does not exist".formatted(c.instance()));
    }
    return instance.credential().equals(Optional.of(c.credential()))
        ? List.of()
        : List.of(new CredentialStored(c.instance(), c.credential()));
  }

  private static void check(CreateConnectorInstance c) {
    Limits.requireId("instance", c.instance());
    Limits.requireId("connector", c.connector());
    if (!DIGEST.matcher(c.connectorDigest()).matches()) {
      throw new Refused(Code.INVALID, "connectorDigest must be sha256: and 64 hex digits");
    }
    if (!HOST.matcher(c.host()).matches()) {
      throw new Refused(
          Code.INVALID, "host must be a lower-case DNS name, no address and no trailing dot");
    }
    if (c.port() < 1 || c.port() > 65_535) {
      throw new Refused(Code.INVALID, "port must be 1 to 65535; it is %d".formatted(c.port()));
    }
  }
}
