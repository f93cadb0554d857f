package ai.rails.app.siem;

import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;
import ai.rails.schema.Topics;

/// `rails siem tail`.
@Command(
    name = "tail",
    description = "Print the feed, one record a line, from any position.",
    mixinStandardHelpOptions = true)
final class TailVerb implements Callable<Integer> {
  private static final String PASSWORD = "AIRAILS_SIEM_PASSWORD";

  @Mixin private Caller caller = new Caller();
  @Mixin private BrokerOptions brokers = new BrokerOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Read as this subscriber, with its password in AIRAILS_SIEM_PASSWORD.")
  private @Nullable String name;

  @Option(
      names = "--from-position",
      paramLabel = "N",
      description = "First ledger sequence to print, in each workspace.")
  private @Nullable Long position;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "ISO 8601 time, or: beginning. Default: from now on.")
  private @Nullable String since;

  @Option(
      names = "--until-end",
      description = "Stop at what is there now instead of waiting for more.")
  private boolean untilEnd;

  @Option(names = "--checkpoints", description = "The signed checkpoints instead of the records.")
  private boolean checkpoints;

  @Override
  public Integer call() {
    String tenant = caller.as(Persona.ADMIN).tenant();
    if (position != null && since != null) {
      throw caller.usage("give --from-position or --since, not both");
    }
    String topic = checkpoints ? Topics.checkpoints(tenant) : Topics.ocsf(tenant);
    Map<String, Object> client =
        Optional.ofNullable(name).map(n -> asSubscriber(tenant, n)).orElseGet(this::asInstallation);
    try (var tail = new Tail(client, topic, caller.out(), caller.isJson())) {
      tail.print(start(), untilEnd);
    }
    return Exit.OK;
  }

  private Tail.Start start() {
    if (position != null) {
      return new Tail.Start(Optional.empty(), position);
    }
    if (since == null) {
      return untilEnd ? Tail.Start.BEGINNING : Tail.Start.END;
    }
    if (since.equals("beginning")) {
      return Tail.Start.BEGINNING;
    }
    try {
      return new Tail.Start(Optional.of(Instant.parse(since)), 0);
    } catch (DateTimeParseException e) {
      throw caller.usage("--since is a time such as 2026-11-22T06:00:00Z, or: beginning");
    }
  }

  private Map<String, Object> asSubscriber(String tenant, String subscriber) {
    Subscription subscription = brokers.subscription(caller, tenant, subscriber);
    String password = System.getenv(PASSWORD);
    if (password == null || password.isBlank()) {
      throw caller.usage("set %s to the subscriber's password".formatted(PASSWORD));
    }
    var login = new KafkaLogin(subscription.bootstrap(), subscription.principal(), password);
    return secured(login, Path.of(subscription.ca()));
  }

  /// With TLS.
  static Map<String, Object> secured(KafkaLogin login, Path ca) {
    Map<String, Object> client = new HashMap<>(login.properties());
    client.put("security.protocol", "SASL_SSL");
    client.put("ssl.truststore.type", "PEM");
    client.put("ssl.truststore.location", ca.toString());
    return client;
  }

  private Map<String, Object> asInstallation() {
    EffectiveProperties effective =
        caller
            .installation()
            .orElseThrow(() ->
                new Unavailable("--data holds no installation; read as a subscriber: --name"));
    return KafkaLogin.of(effective, "svc-projection").properties();
  }
}
