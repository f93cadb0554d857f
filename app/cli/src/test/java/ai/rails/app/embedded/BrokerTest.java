package ai.rails.app.embedded;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.schema.Topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
final class BrokerTest {
  private static final String CELL = "dev";
  private static final Duration POLL = Duration.ofSeconds(10);

  @TempDir static Path data;
  private static Secrets secrets;
  private static Ports ports;
  private static Broker broker;

  @BeforeAll
  static void startWithTwoTenants() throws Exception {
    secrets = Secrets.open(data.resolve("secrets.properties"), new SecureRandom());
    ports = Ports.open(data.resolve("ports.properties"), new SecureRandom());
    broker = start();
    KafkaPrincipals.ensure(broker.admin(), config(), secrets);
    try (var admin = Admin.create(broker.admin().properties())) {
      for (String tenant : List.of("acme", "globex")) {
        provision(admin, tenant);
      }
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void aTenantsWorkerReadsItsOwnStepCommands() throws Exception {
    produce(service("svc-cdc"), "t.acme.step-commands.v1", "run-1");

    assertThat(consume(worker("acme"), "t.acme.step-commands.v1", "t.acme.workers"))
        .contains("run-1");
  }

  @Test
  void aTenantsWorkerCannotReadAnotherTenantsTopic() {
    assertThatThrownBy(() -> consume(worker("acme"), "t.globex.step-commands.v1", "t.acme.workers"))
        .isInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  void aTenantsWorkerReadsNothingElseOfItsOwnTenant() {
    assertThatThrownBy(() -> consume(worker("acme"), "t.acme.events.v1", "t.acme.workers"))
        .isInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  void aTenantsWorkerCannotJoinAnotherTenantsGroup() {
    assertThatThrownBy(() -> consume(worker("acme"), "t.acme.step-commands.v1", "t.globex.workers"))
        .isInstanceOf(GroupAuthorizationException.class);
  }

  @Test
  void aTenantsWorkerCannotWrite() {
    assertThatThrownBy(() -> produce(worker("acme"), "t.acme.step-commands.v1", "forged"))
        .hasCauseInstanceOf(AuthorizationException.class);
  }

  @Test
  void aWrongPasswordIsRefused() {
    var intruder = new KafkaLogin(broker.bootstrapServers(), "svc-cdc", "guessed");

    assertThatThrownBy(() -> produce(intruder, "t.acme.step-commands.v1", "forged"))
        .hasCauseInstanceOf(SaslAuthenticationException.class);
  }

  @Test
  void projectionsReadButDoNotWrite() {
    assertThatThrownBy(() -> produce(service("svc-projection"), "t.acme.ledger.v1", "forged"))
        .hasCauseInstanceOf(AuthorizationException.class);
  }

  @Test
  void theProvisionerMakesTenantTopicsAndNoOthers() throws Exception {
    try (var admin = Admin.create(service("svc-provisioner").properties())) {
      admin.createTopics(List.of(topic("t.initech.events.v1"))).all().get();

      assertThatThrownBy(() -> admin.createTopics(List.of(topic("cell.dev.other.v1"))).all().get())
          .hasCauseInstanceOf(TopicAuthorizationException.class);
      assertThatThrownBy(() -> admin.deleteTopics(List.of("t.initech.events.v1")).all().get())
          .hasCauseInstanceOf(TopicAuthorizationException.class);
    }
  }

  @Test
  void aTopicThatNobodyMadeIsNotCreatedByWriting() {
    assertThatThrownBy(() -> produce(service("svc-cdc"), "t.acme.typo.v1", "lost"))
        .isInstanceOf(Exception.class);
  }

  @Test
  void ensuringAgainChangesNothing() throws Exception {
    try (var admin = Admin.create(broker.admin().properties())) {
      Set<AclBinding> before = Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get());

      KafkaPrincipals.ensure(broker.admin(), config(), secrets);

      assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get())
          .containsExactlyInAnyOrderElementsOf(before);
      assertThat(admin.listTopics().names().get())
          .contains(Topics.control(CELL), Topics.alarms(CELL));
    }
  }

  @Test
  void recordsAndUsersSurviveARestart() throws Exception {
    produce(service("svc-cdc"), "t.globex.step-commands.v1", "before");

    broker.close();
    broker = start();

    assertThat(consume(worker("globex"), "t.globex.step-commands.v1", "t.globex.again"))
        .contains("before");
  }

  private static Properties config() {
    Properties config = new Properties();
    config.setProperty("cell.id", CELL);
    config.setProperty("kafka.bootstrap.servers", broker.bootstrapServers());
    config.setProperty("kafka.security.protocol", KafkaLogin.PROTOCOL);
    config.setProperty("kafka.sasl.mechanism", KafkaLogin.MECHANISM);
    config.setProperty("kafka.partitions", "1");
    config.setProperty("kafka.replication.factor", "1");
    return config;
  }

  private static Broker start() {
    return Broker.start(
        data.resolve("kafka"), ports.of("kafka"), ports.of("kafka.controller"), secrets);
  }

  /// As the provisioner does it: topics, the worker's user and exactly its ACLs.
  private static void provision(Admin admin, String tenant) throws Exception {
    String user = "tenant-" + tenant + "-worker";
    String commands = "t." + tenant + ".step-commands.v1";
    admin
        .createTopics(
            List.of(
                topic(commands),
                topic("t." + tenant + ".events.v1"),
                topic("t." + tenant + ".ledger.v1")))
        .all()
        .get();
    var scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
    admin
        .alterUserScramCredentials(
            List.of(new UserScramCredentialUpsertion(user, scram, secrets.of(user))))
        .all()
        .get();
    var group = new ResourcePattern(ResourceType.GROUP, "t." + tenant + ".", PatternType.PREFIXED);
    Set<AclBinding> acls =
        Set.of(allow(user, ResourceType.TOPIC, commands), new AclBinding(group, read(user)));
    admin.createAcls(acls).all().get();
    assertThat(
            Wait.until(
                POLL,
                () -> {
                  try {
                    return admin.describeUserScramCredentials().all().get().containsKey(user);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }))
        .isTrue();
  }

  private static AclBinding allow(String user, ResourceType type, String name) {
    return new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL), read(user));
  }

  private static AccessControlEntry read(String user) {
    return new AccessControlEntry("User:" + user, "*", AclOperation.READ, AclPermissionType.ALLOW);
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, 1, (short) 1);
  }

  private KafkaLogin service(String principal) {
    return new KafkaLogin(
        broker.bootstrapServers(), principal, secrets.of(Broker.passwordKey(principal)));
  }

  private KafkaLogin worker(String tenant) {
    String user = "tenant-" + tenant + "-worker";
    return new KafkaLogin(broker.bootstrapServers(), user, secrets.of(user));
  }

  private static void produce(KafkaLogin login, String topic, String value) throws Exception {
    Map<String, Object> properties = new HashMap<>(login.properties());
    properties.put("max.block.ms", "5000");
    try (var producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  private static List<String> consume(KafkaLogin login, String topic, String group) {
    Map<String, Object> properties = new HashMap<>(login.properties());
    properties.put("group.id", group);
    properties.put("auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      var values = new ArrayList<String>();
      long deadline = System.nanoTime() + POLL.toNanos();
      while (values.isEmpty() && System.nanoTime() - deadline < 0) {
        for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofMillis(200))) {
          values.add(found.value());
        }
      }
      return values;
    }
  }
}
