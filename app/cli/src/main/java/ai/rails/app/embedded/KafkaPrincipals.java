package ai.rails.app.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;

import ai.rails.stream.provisioner.CellSetup;

/// Brings the services' users to what this installation's secrets say, at every start. What they
/// may do, and the cell's topics, come from the same [CellSetup] as in production.
public final class KafkaPrincipals {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ScramCredentialInfo SCRAM =
      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);

  private static final List<String> SERVICES =
      List.of("svc-cdc", "svc-provisioner", "svc-streams", "svc-signer", "svc-projection");

  private final Admin admin;

  private KafkaPrincipals(Admin admin) {
    this.admin = admin;
  }

  /// The services, in the order of the data's way.
  public static List<String> services() {
    return SERVICES;
  }

  /// Returns when every service can log in and may do what it needs.
  public static void ensure(KafkaLogin login, Properties config, Secrets secrets) {
    ensure(login, config, name -> secrets.of(Broker.passwordKey(name)));
  }

  /// @param password of a service, by its name
  public static void ensure(
      KafkaLogin login, Properties config, Function<String, String> password) {
    try (var admin = Admin.create(login.properties())) {
      new KafkaPrincipals(admin).ensureUsers(password);
    }
    Properties asAdmin = new Properties();
    asAdmin.putAll(config);
    asAdmin.setProperty(Broker.passwordKey(login.user()), login.password());
    try {
      CellSetup.ensure(asAdmin);
    } catch (ExecutionException e) {
      throw new Unavailable("Kafka refused the cell's topics or ACLs: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for Kafka", e);
    }
  }

  private void ensureUsers(Function<String, String> password) {
    List<UserScramCredentialAlteration> users =
        SERVICES.stream()
            .<UserScramCredentialAlteration>map(
                name -> new UserScramCredentialUpsertion(name, SCRAM, password.apply(name)))
            .toList();
    done(admin.alterUserScramCredentials(users).all());
    await(
        "the services' users",
        () -> done(admin.describeUserScramCredentials().all()).keySet().containsAll(SERVICES));
  }

  private static void await(String what, BooleanSupplier condition) {
    if (!Wait.until(LIMIT, condition)) {
      throw new Unavailable("Kafka did not publish %s within %s".formatted(what, LIMIT));
    }
  }

  private static <T> T done(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for Kafka", e);
    }
  }
}
