package ai.rails.app.embedded;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.RetriableException;

/// Brings the services' users, ACLs and the cell's topics to what this version says, at every
/// start: missing ones are made, and a service's ACL that is no longer listed is taken away.
public final class KafkaPrincipals {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ScramCredentialInfo SCRAM =
      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);

  private final Admin admin;
  private final CellTopics cell;

  private KafkaPrincipals(Admin admin, CellTopics cell) {
    this.admin = admin;
    this.cell = cell;
  }

  /// The services, in the order of the data's way.
  public static List<String> services() {
    return ServiceAcls.PRINCIPALS;
  }

  /// Returns when every service can log in and every topic has a leader.
  public static void ensure(KafkaLogin login, CellTopics cell, Secrets secrets) {
    try (var admin = Admin.create(login.properties())) {
      var principals = new KafkaPrincipals(admin, cell);
      principals.ensureUsers(principal -> secrets.of(Broker.passwordKey(principal)));
      principals.ensureAcls();
      principals.ensureTopics();
    }
  }

  private void ensureUsers(Function<String, String> password) {
    List<UserScramCredentialAlteration> users =
        ServiceAcls.PRINCIPALS.stream()
            .<UserScramCredentialAlteration>map(
                name -> new UserScramCredentialUpsertion(name, SCRAM, password.apply(name)))
            .toList();
    done(admin.alterUserScramCredentials(users).all());
    await(
        "the services' users",
        () ->
            done(admin.describeUserScramCredentials().all())
                .keySet()
                .containsAll(ServiceAcls.PRINCIPALS));
  }

  private void ensureAcls() {
    Set<AclBinding> wanted = ServiceAcls.of(cell);
    Set<AclBinding> present = servicesAcls();
    Set<AclBinding> stale = without(present, wanted);
    if (!stale.isEmpty()) {
      done(admin.deleteAcls(stale.stream().map(AclBinding::toFilter).toList()).all());
    }
    Set<AclBinding> missing = without(wanted, present);
    if (!missing.isEmpty()) {
      done(admin.createAcls(missing).all());
    }
    await("the services' ACLs", () -> servicesAcls().equals(wanted));
  }

  private Set<AclBinding> servicesAcls() {
    Set<String> users =
        ServiceAcls.PRINCIPALS.stream().map(ServiceAcls::user).collect(Collectors.toSet());
    return done(admin.describeAcls(AclBindingFilter.ANY).values()).stream()
        .filter(acl -> users.contains(acl.entry().principal()))
        .collect(Collectors.toUnmodifiableSet());
  }

  private void ensureTopics() {
    List<NewTopic> topics = cell.all();
    Set<String> present = done(admin.listTopics().names());
    List<NewTopic> missing =
        topics.stream().filter(topic -> !present.contains(topic.name())).toList();
    done(admin.createTopics(missing).all());
    await("the leaders of the cell's topics", () -> haveLeaders(topics));
  }

  /// Producing to a topic whose leader is not yet known loses records: so ask each leader
  /// something.
  private boolean haveLeaders(List<NewTopic> topics) {
    Map<TopicPartition, OffsetSpec> ends =
        topics.stream()
            .collect(
                Collectors.toMap(
                    topic -> new TopicPartition(topic.name(), 0), _ -> OffsetSpec.latest()));
    try {
      done(admin.listOffsets(ends).all());
      return true;
    } catch (RetriableException _) {
      return false;
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    if (!Wait.until(LIMIT, condition)) {
      throw new Unavailable("Kafka did not publish %s within %s".formatted(what, LIMIT));
    }
  }

  private static Set<AclBinding> without(Set<AclBinding> all, Set<AclBinding> others) {
    var rest = new HashSet<>(all);
    rest.removeAll(others);
    return rest;
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
