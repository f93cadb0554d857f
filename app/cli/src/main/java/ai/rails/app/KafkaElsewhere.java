package ai.rails.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.KafkaPrincipals;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;

/// A Kafka that somebody else started and will stop. With an administrator's password its users,
/// topics and ACLs are made as for our own.
final class KafkaElsewhere implements Stage {
  private static final int CONNECT_MILLIS = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Optional<String> adminPassword;
  private volatile String bootstrap = "";

  KafkaElsewhere(Optional<String> adminPassword) {
    this.adminPassword = adminPassword;
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public void start(EffectiveProperties properties) {
    bootstrap = properties.require("kafka.bootstrap.servers");
    if (!Wait.until(PATIENCE, () -> health().startsWith("up"))) {
      throw new Unavailable(health() + "; start it, or leave --servers out");
    }
    adminPassword.ifPresent(password ->
        KafkaPrincipals.ensure(
            new KafkaLogin(bootstrap, "admin", password),
            Stages.properties(properties),
            name -> properties.require("kafka.user.%s.password".formatted(name))));
  }

  @Override
  public void stop() {
    bootstrap = "";
  }

  @Override
  public String health() {
    for (String each : bootstrap.split(",")) {
      int colon = each.lastIndexOf(':');
      try (var socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(
                each.substring(0, Math.max(0, colon)), Integer.parseInt(each.substring(colon + 1))),
            CONNECT_MILLIS);
        return "up (elsewhere)";
      } catch (IOException _) {
        // perhaps the next one answers
      } catch (NumberFormatException _) {
        return "down: kafka.bootstrap.servers is a list of host:port, not " + bootstrap;
      }
    }
    return "down: Kafka does not answer at " + bootstrap;
  }
}
