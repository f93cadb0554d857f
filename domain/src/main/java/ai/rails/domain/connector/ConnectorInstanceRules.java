package ai.rails.domain.connector;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.connector.ConnectorInstanceCommand.CreateConnectorInstance;
import ai.rails.domain.connector.ConnectorInstanceCommand.NoteBreaker;
import ai.rails.domain.connector.ConnectorInstanceCommand.NoteRevocation;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreAppTokens;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreCredential;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreWebhookSecret;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerState;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorRevoked;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;
import ai.rails.domain.connector.ConnectorInstanceEvent.Part;
import ai.rails.domain.runner.RunnerRules;

/// An instance is bound to one connector version, one host and one way to it for its life:
/// approvals and policy name it, so it can not come to mean something else.
public final class ConnectorInstanceRules
    implements Decider<ConnectorInstanceCommand, ConnectorInstance, ConnectorInstanceEvent> {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

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
      case StoreWebhookSecret c -> {
        requireCreated(instance, c);
        yield changed(instance, c.instance(), Part.WEBHOOK_SECRET, c.sha256());
      }
      case StoreAppTokens c -> {
        requireCreated(instance, c);
        yield changed(instance, c.instance(), Part.APP_TOKENS, c.sha256());
      }
      case NoteBreaker c -> breaker(instance, c);
      case NoteRevocation c -> revoked(instance, c);
    };
  }

  @Override
  public ConnectorInstance evolve(ConnectorInstance instance, ConnectorInstanceEvent event) {
    return switch (event) {
      case ConnectorInstanceCreated e ->
          new ConnectorInstance(
              Optional.of(e),
              instance.credential(),
              instance.parts(),
              instance.breaker(),
              instance.revoked());
      case CredentialStored e ->
          new ConnectorInstance(
              instance.created(),
              Optional.of(e.credential()),
              instance.parts(),
              instance.breaker(),
              instance.revoked());
      case ConnectorInstanceChanged e -> {
        Map<Part, String> parts = new HashMap<>(instance.parts());
        parts.put(e.part(), e.sha256());
        yield new ConnectorInstance(
            instance.created(),
            instance.credential(),
            parts,
            instance.breaker(),
            instance.revoked());
      }
      case BreakerChanged e ->
          new ConnectorInstance(
              instance.created(),
              instance.credential(),
              instance.parts(),
              Optional.of(e),
              instance.revoked());
      case ConnectorRevoked _ ->
          new ConnectorInstance(
              instance.created(),
              instance.credential(),
              instance.parts(),
              instance.breaker(),
              true);
    };
  }

  private static List<ConnectorInstanceEvent> create(
      ConnectorInstance instance, CreateConnectorInstance c) {
    check(c);
    if (instance.revoked()) {
      throw new Refused(
          Code.CONNECTOR_REVOKED,
          "%s %s of instance %s is revoked; make an instance of another version"
              .formatted(c.connector(), c.connectorDigest(), c.instance()));
    }
    var created =
        new ConnectorInstanceCreated(
            c.instance(), c.connector(), c.connectorDigest(), c.host(), c.port(), c.runner());
    List<ConnectorInstanceEvent> settings =
        changed(instance, c.instance(), Part.SETTINGS, c.settingsSha256());
    if (instance.created().isEmpty()) {
      return Stream.concat(Stream.of(created), settings.stream()).toList();
    }
    if (instance.created().get().equals(created)) {
      return settings;
    }
    throw new Refused(
        Code.ALREADY_EXISTS,
        "connector instance %s exists with another connector, host or runner; choose another name"
            .formatted(c.instance()));
  }

  private static List<ConnectorInstanceEvent> store(ConnectorInstance instance, StoreCredential c) {
    requireCreated(instance, c);
    return instance.credential().equals(Optional.of(c.credential()))
        ? List.of()
        : List.of(new CredentialStored(c.instance(), c.credential()));
  }

  /// News can come late and twice: an opening is told once, and a closing after its opening.
  private static List<ConnectorInstanceEvent> breaker(ConnectorInstance instance, NoteBreaker c) {
    requireCreated(instance, c);
    long before = instance.breaker().map(BreakerChanged::opened).orElse(0L);
    boolean open = instance.breaker().filter(b -> b.state() == BreakerState.OPEN).isPresent();
    boolean news =
        c.state() == BreakerState.OPEN
            ? c.opened() > before
            : c.opened() > before || (c.opened() == before && open);
    return news
        ? List.of(new BreakerChanged(c.instance(), c.state(), c.code(), c.failures(), c.opened()))
        : List.of();
  }

  private static List<ConnectorInstanceEvent> revoked(
      ConnectorInstance instance, NoteRevocation c) {
    requireCreated(instance, c);
    ConnectorInstanceCreated bound = instance.created().orElseThrow();
    return instance.revoked() || !bound.connectorDigest().equals(c.connectorDigest())
        ? List.of()
        : List.of(new ConnectorRevoked(c.instance(), bound.connector(), c.connectorDigest()));
  }

  private static List<ConnectorInstanceEvent> changed(
      ConnectorInstance instance, String id, Part part, String sha256) {
    if (!SHA256.matcher(sha256).matches()) {
      throw new Refused(Code.INVALID, "the hash of %s must be 64 hex digits".formatted(part));
    }
    return sha256.equals(instance.parts().get(part))
        ? List.of()
        : List.of(new ConnectorInstanceChanged(id, part, sha256));
  }

  private static void requireCreated(ConnectorInstance instance, ConnectorInstanceCommand c) {
    if (instance.created().isEmpty()) {
      throw new Refused(
          Code.NOT_FOUND, "connector instance %s does not exist".formatted(c.instance()));
    }
  }

  private static void check(CreateConnectorInstance c) {
    Limits.requireId("instance", c.instance());
    Limits.requireId("connector", c.connector());
    c.runner().ifPresent(RunnerRules::requireName);
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
