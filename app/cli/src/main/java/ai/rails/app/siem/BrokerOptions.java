package ai.rails.app.siem;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import ai.rails.app.verb.Caller;

/// Where subscribers reach the brokers.
final class BrokerOptions {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT,..",
      description = "Brokers as the SIEM reaches them (default: the installation's).")
  private @Nullable String bootstrap;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM of the brokers' authority, where the SIEM finds it (default: here).")
  private @Nullable String ca;

  Subscription subscription(Caller caller, String tenant, String name) {
    try {
      return new Subscription(
          tenant,
          name,
          value(caller, bootstrap, "--bootstrap", "kafka.siem.bootstrap.servers"),
          value(caller, ca, "--ca", "tls.ca.file"));
    } catch (IllegalArgumentException e) {
      throw caller.usage(String.valueOf(e.getMessage()));
    }
  }

  private static String value(Caller caller, @Nullable String given, String option, String key) {
    return Optional.ofNullable(given)
        .or(() -> caller.installation().flatMap(properties -> properties.find(key)))
        .orElseThrow(() ->
            caller.usage("give %s; no installation in --data says it (%s)".formatted(option, key)));
  }
}
