package ai.rails.app.siem;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.KafkaLogin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
final class SiemIsolationTest {
  private static final String OWN = "t.acme.ocsf.v1";
  private static final String FOREIGN = "t.globex.ocsf.v1";

  @TempDir private static Path data;
  private static SiemBroker broker;
  private static KafkaLogin acme;

  @BeforeAll
  static void open() throws Exception {
    broker = new SiemBroker(data);
    acme = broker.grant("acme", "splunk", 1);
    try (var producer = broker.producer(broker.admin().properties(), Map.of())) {
      for (String topic : List.of(OWN, FOREIGN, "t.acme.checkpoints.v1", "t.acme-b.ocsf.v1")) {
        producer.send(new ProducerRecord<>(topic, "w1", "record of " + topic)).get();
      }
    }
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Test
  void readsItsTwoTopicsInItsGroups() {
    try (var consumer = broker.consumer(acme, "siem.acme.splunk-1")) {
      consumer.subscribe(List.of(OWN, "t.acme.checkpoints.v1"));
      Set<String> seen = new java.util.HashSet<>();
      SiemBroker.until(() -> {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> seen.add(record.topic()));
        return seen.size() == 2;
      });
      consumer.commitSync();
    }
  }

  @Test
  void seesNoTopicButItsTwo() throws Exception {
    try (var admin = Admin.create(broker.client(acme));
        var consumer = broker.consumer(acme, "siem.acme.x")) {
      assertThat(admin.listTopics().names().get())
          .containsExactlyInAnyOrder(OWN, "t.acme.checkpoints.v1");
      assertThat(consumer.listTopics()).containsOnlyKeys(OWN, "t.acme.checkpoints.v1");
      for (String topic :
          List.of(FOREIGN, "t.acme-b.ocsf.v1", "t.acme.ledger.v1", "t.acme.events.v1")) {
        assertThatThrownBy(() -> admin.describeTopics(List.of(topic)).allTopicNames().get())
            .hasCauseInstanceOf(TopicAuthorizationException.class);
      }
    }
  }

  @Test
  void readsNothingElse() {
    for (String topic :
        List.of(
            FOREIGN,
            "t.globex.checkpoints.v1",
            "t.acme-b.ocsf.v1",
            "t.acme.ledger.v1",
            "t.acme.events.v1",
            "t.acme.step-commands.v1",
            "cell.dev.alarms.v1",
            "cell.dev.control.v1",
            "__consumer_offsets")) {
      assertThatThrownBy(() -> poll(acme, topic, "siem.acme.y"))
          .as(topic)
          .isInstanceOf(TopicAuthorizationException.class);
    }
  }

  @Test
  void joinsNoOtherGroup() {
    for (String group :
        List.of("siem.globex.splunk-1", "siem.acme-b.x", "t.acme.workers", "proj-1", "siem.acme")) {
      assertThatThrownBy(() -> poll(acme, OWN, group))
          .as(group)
          .isInstanceOf(GroupAuthorizationException.class);
    }
  }

  @Test
  void seesNoOtherGroup() throws Exception {
    poll(broker.grant("globex", "elastic", 1), FOREIGN, "siem.globex.elastic-1");

    try (var admin = Admin.create(broker.client(acme))) {
      assertThat(admin.listGroups().all().get())
          .allSatisfy(group -> assertThat(group.groupId()).startsWith("siem.acme."));
      assertThatThrownBy(() -> admin.listConsumerGroupOffsets("siem.globex.elastic-1").all().get())
          .hasCauseInstanceOf(GroupAuthorizationException.class);
    }
  }

  @Test
  void writesAndMakesNothing() throws Exception {
    try (KafkaProducer<String, String> producer =
            broker.producer(broker.client(acme), Map.of("enable.idempotence", false));
        var admin = Admin.create(broker.client(acme))) {
      for (String topic : List.of(OWN, "t.acme.checkpoints.v1", FOREIGN)) {
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, "forged")).get())
            .hasCauseInstanceOf(AuthorizationException.class);
      }
      assertThatThrownBy(() ->
              admin.createTopics(List.of(new NewTopic("t.acme.mine.v1", 1, (short) 1))).all().get())
          .hasCauseInstanceOf(AuthorizationException.class);
      assertThatThrownBy(() -> admin.deleteTopics(List.of(OWN)).all().get())
          .hasCauseInstanceOf(AuthorizationException.class);
      assertThatThrownBy(() -> admin.describeAcls(AclBindingFilter.ANY).values().get())
          .hasCauseInstanceOf(AuthorizationException.class);
      assertThatThrownBy(() -> admin.describeUserScramCredentials().all().get())
          .hasCauseInstanceOf(AuthorizationException.class);
    }
  }

  @Test
  void hasExactlyFivePermissionsAndTwoQuotas() throws Exception {
    try (var admin = Admin.create(broker.admin().properties())) {
      List<String> permissions =
          admin.describeAcls(AclBindingFilter.ANY).values().get().stream()
              .filter(acl -> acl.entry().principal().equals("User:siem-acme-splunk"))
              .map(SiemIsolationTest::text)
              .sorted()
              .toList();

      assertThat(permissions)
          .containsExactly(
              "GROUP PREFIXED siem.acme. READ",
              "TOPIC LITERAL t.acme.checkpoints.v1 DESCRIBE",
              "TOPIC LITERAL t.acme.checkpoints.v1 READ",
              "TOPIC LITERAL t.acme.ocsf.v1 DESCRIBE",
              "TOPIC LITERAL t.acme.ocsf.v1 READ");
      assertThat(quotas(admin, "siem-acme-splunk"))
          .containsOnlyKeys("consumer_byte_rate", "request_percentage");
    }
  }

  @Test
  void keepsTheTenantsOfLikeNamesApart() throws Exception {
    KafkaLogin other = broker.grant("acme-b", "splunk", 1);

    assertThat(other.user()).isEqualTo("siem-acme-b-splunk");
    assertThatThrownBy(() -> poll(other, OWN, "siem.acme-b.x"))
        .isInstanceOf(TopicAuthorizationException.class);
    assertThatThrownBy(() -> poll(other, "t.acme-b.ocsf.v1", "siem.acme.x"))
        .isInstanceOf(GroupAuthorizationException.class);
  }

  @Test
  void rotationRefusesTheOldPassword() throws Exception {
    KafkaLogin before = broker.grant("acme", "rotated", 1);
    poll(before, OWN, "siem.acme.rotated");

    KafkaLogin after = broker.grant("acme", "rotated", 2);

    assertThat(after.password()).isNotEqualTo(before.password()).hasSize(43);
    SiemBroker.until(() -> refused(before));
    poll(after, OWN, "siem.acme.rotated-2");
  }

  @Test
  void revocationTakesEffectOnOpenConnectionsToo() throws Exception {
    KafkaLogin gone = broker.grant("acme", "gone", 1);
    try (var consumer = broker.consumer(gone, "siem.acme.gone")) {
      consumer.subscribe(List.of(OWN));
      SiemBroker.until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());

      broker.revoke("acme", "gone", 1);

      assertThatThrownBy(() ->
              SiemBroker.until(() -> {
                consumer.poll(Duration.ofMillis(200));
                return false;
              }))
          .isInstanceOf(AuthorizationException.class);
    }
    SiemBroker.until(() -> refused(gone));
    try (var admin = Admin.create(broker.admin().properties())) {
      assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get())
          .noneMatch(acl -> acl.entry().principal().equals("User:siem-acme-gone"));
      assertThat(quotas(admin, "siem-acme-gone")).isEmpty();
    }
  }

  @Test
  void speaksTlsOnly() {
    Map<String, Object> plain = acme.properties();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            with(plain, Map.of("default.api.timeout.ms", 5_000)),
            new org.apache.kafka.common.serialization.StringDeserializer(),
            new org.apache.kafka.common.serialization.StringDeserializer())) {
      assertThatThrownBy(() -> consumer.partitionsFor(OWN))
          .isInstanceOf(org.apache.kafka.common.KafkaException.class);
    }
  }

  private static void poll(KafkaLogin subscriber, String topic, String group) {
    try (var consumer = broker.consumer(subscriber, group)) {
      consumer.subscribe(List.of(topic));
      SiemBroker.until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
    }
  }

  private static boolean refused(KafkaLogin subscriber) {
    try (var consumer = broker.consumer(subscriber, "siem.acme.refused")) {
      consumer.partitionsFor(OWN);
      return false;
    } catch (SaslAuthenticationException e) {
      return true;
    }
  }

  private static Map<String, Object> with(Map<String, Object> one, Map<String, Object> more) {
    var all = new java.util.HashMap<>(one);
    all.putAll(more);
    return all;
  }

  private static Map<String, Double> quotas(Admin admin, String principal) throws Exception {
    var of = ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.USER, principal);
    return admin
        .describeClientQuotas(ClientQuotaFilter.contains(List.of(of)))
        .entities()
        .get()
        .values()
        .stream()
        .findFirst()
        .orElse(Map.of());
  }

  private static String text(AclBinding acl) {
    assertThat(acl.entry().operation()).isIn(AclOperation.READ, AclOperation.DESCRIBE);
    return "%s %s %s %s"
        .formatted(
            acl.pattern().resourceType(),
            acl.pattern().patternType(),
            acl.pattern().name(),
            acl.entry().operation());
  }
}
