package ai.rails.stream.provisioner;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;

import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;
import ai.rails.stream.provisioner.Brokers.Resource;
import ai.rails.stream.siem.Siem;

/// Makes what a cell needs before its first tenant: its own topics, and what each service may do.
/// Runs as `admin`, once for a new cell; repeating it changes nothing.
public final class CellSetup {
  /// Debezium writes heartbeats whether one wants them or not.
  private static final String HEARTBEAT = "__debezium-heartbeat.rails";

  private static final String LEDGER = "rails-ledger";
  static final String SIGNER = "svc-signer";

  private CellSetup() {}

  /// @param config `cell.id` and `kafka.*` with the password of `admin`
  /// @throws ExecutionException if the brokers refuse something
  public static void ensure(Properties config) throws ExecutionException, InterruptedException {
    var kafka = new KafkaAccess(config);
    String cell = config.getProperty("cell.id");
    try (Admin admin = Admin.create(kafka.client("admin"))) {
      var brokers = new Brokers(admin);
      brokers.ensure(topics(cell, kafka));
      allowRelay(brokers, cell);
      allowLedger(brokers, cell);
      allowSigner(brokers, cell);
      allowProvisioner(brokers, cell);
      allowProjection(brokers);
    }
  }

  private static List<NewTopic> topics(String cell, KafkaAccess kafka) {
    return List.of(
        topic(Topics.control(cell), kafka, "retention.ms", "-1"),
        topic(Topics.alarms(cell), kafka, "retention.ms", "-1"),
        topic(HEARTBEAT, kafka, "retention.ms", "3600000"));
  }

  private static NewTopic topic(String name, KafkaAccess kafka, String key, String value) {
    return new NewTopic(name, 1, kafka.replicationFactor())
        .configs(Map.of(key, value, "min.insync.replicas", kafka.minInSyncReplicas()));
  }

  private static void allowRelay(Brokers brokers, String cell)
      throws ExecutionException, InterruptedException {
    String relay = "svc-cdc";
    brokers.allow(relay, Resource.topics("t."), AclOperation.WRITE, AclOperation.DESCRIBE);
    brokers.allow(
        relay, Resource.topic(Topics.control(cell)), AclOperation.WRITE, AclOperation.DESCRIBE);
    brokers.allow(relay, Resource.topic(HEARTBEAT), AclOperation.WRITE, AclOperation.DESCRIBE);
  }

  private static void allowLedger(Brokers brokers, String cell)
      throws ExecutionException, InterruptedException {
    String streams = "svc-streams";
    brokers.allow(
        streams,
        Resource.topics("t."),
        AclOperation.READ,
        AclOperation.WRITE,
        AclOperation.DESCRIBE);
    brokers.allow(
        streams, Resource.topic(Topics.alarms(cell)), AclOperation.WRITE, AclOperation.DESCRIBE);
    allowApplication(brokers, streams, LEDGER);
    brokers.allow(streams, Resource.topic(Topics.alarms(cell)), AclOperation.READ);
    allowApplication(brokers, streams, Siem.APPLICATION);
  }

  /// What Kafka Streams needs to run one application: internal topics, group, transactions.
  private static void allowApplication(Brokers brokers, String principal, String application)
      throws ExecutionException, InterruptedException {
    brokers.allow(principal, Resource.topics(application + "-"), AclOperation.ALL);
    brokers.allow(principal, Resource.group(application), AclOperation.READ, AclOperation.DESCRIBE);
    brokers.allow(
        principal, Resource.transactions(application), AclOperation.WRITE, AclOperation.DESCRIBE);
  }

  /// What it does with tenants' topics is allowed with each tenant, topic by topic.
  private static void allowSigner(Brokers brokers, String cell)
      throws ExecutionException, InterruptedException {
    brokers.allow(
        SIGNER, Resource.topic(Topics.alarms(cell)), AclOperation.WRITE, AclOperation.DESCRIBE);
    brokers.allow(SIGNER, Resource.group("rails-signer"), AclOperation.READ, AclOperation.DESCRIBE);
  }

  private static void allowProvisioner(Brokers brokers, String cell)
      throws ExecutionException, InterruptedException {
    String provisioner = "svc-provisioner";
    brokers.allow(
        provisioner,
        Resource.topics("t."),
        AclOperation.CREATE,
        AclOperation.DESCRIBE,
        AclOperation.WRITE);
    brokers.allow(
        provisioner,
        Resource.topic(Topics.control(cell)),
        AclOperation.READ,
        AclOperation.DESCRIBE);
    brokers.allow(
        provisioner,
        Resource.cluster(),
        AclOperation.ALTER,
        AclOperation.DESCRIBE,
        AclOperation.ALTER_CONFIGS,
        AclOperation.DESCRIBE_CONFIGS);
  }

  private static void allowProjection(Brokers brokers)
      throws ExecutionException, InterruptedException {
    String projection = "svc-projection";
    brokers.allow(projection, Resource.topics("t."), AclOperation.READ, AclOperation.DESCRIBE);
    brokers.allow(projection, Resource.groups("proj-"), AclOperation.READ, AclOperation.DESCRIBE);
  }
}
