package ai.rails.stream.provisioner;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;

import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;
import ai.rails.stream.provisioner.Brokers.Resource;

/// Makes what a tenant needs of Kafka. Everything can be repeated: after a crash it is done again.
public final class TenantSetup {
  private static final int PASSWORD_BYTES = 32;
  private static final Duration WEEK = Duration.ofDays(7);

  /// How long a SIEM may be away and miss nothing: more than the promised week, because records
  /// bear the time of their event and not that of their writing.
  private static final Duration FORTNIGHT = Duration.ofDays(14);

  /// What Kafka takes for no limit.
  private static final Duration FOR_EVER = Duration.ofMillis(-1);

  private static final ScramCredentialInfo SCRAM =
      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8_192);

  /// Per second, or percent of a request thread, for all clients of one principal together.
  private static final Map<String, Double> QUOTAS =
      Map.of(
          "producer_byte_rate", 1_048_576.0,
          "consumer_byte_rate", 4_194_304.0,
          "request_percentage", 10.0,
          "controller_mutation_rate", 1.0);

  private final Admin admin;
  private final Brokers brokers;
  private final KafkaAccess kafka;
  private final WorkerCredentials credentials;
  private final RandomGenerator random;

  /// @param random for passwords: cryptographically strong
  public TenantSetup(
      Admin admin, KafkaAccess kafka, WorkerCredentials credentials, RandomGenerator random) {
    this.admin = admin;
    this.brokers = new Brokers(admin);
    this.kafka = kafka;
    this.credentials = credentials;
    this.random = random;
  }

  /// Outputs before inputs: the ledger's one thread waits a minute for an output topic that is
  /// missing, and every tenant with it.
  public void topics(String tenant) throws ExecutionException, InterruptedException {
    brokers.ensure(
        List.of(
            topic(Topics.ocsf(tenant), FORTNIGHT),
            topic(Topics.checkpoints(tenant), FOR_EVER),
            topic(Topics.stepCommands(tenant), WEEK)));
    brokers.ensure(
        List.of(
            topic(Topics.ledger(tenant), FOR_EVER),
            compacted(Topics.tiles(tenant)),
            topic(Topics.treeHeads(tenant), FOR_EVER)));
    brokers.ensure(List.of(topic(Topics.events(tenant), WEEK)));
  }

  /// Lets the cell's signer read the tenant's tiles and heads, and read and write its checkpoints:
  /// nothing else of the tenant.
  public void signer(String tenant) throws ExecutionException, InterruptedException {
    for (String read : List.of(Topics.tiles(tenant), Topics.treeHeads(tenant))) {
      brokers.allow(
          CellSetup.SIGNER, Resource.topic(read), AclOperation.READ, AclOperation.DESCRIBE);
    }
    brokers.allow(
        CellSetup.SIGNER,
        Resource.topic(Topics.checkpoints(tenant)),
        AclOperation.READ,
        AclOperation.WRITE,
        AclOperation.DESCRIBE);
  }

  /// The principal of the tenant's workers: it reads the step commands and nothing else.
  void worker(String tenant) throws ExecutionException, InterruptedException, IOException {
    String principal = "tenant-%s-worker".formatted(tenant);
    Optional<Map<String, String>> known = credentials.find(tenant);
    if (known.isEmpty()) {
      String password = password();
      admin
          .alterUserScramCredentials(
              List.of(new UserScramCredentialUpsertion(principal, SCRAM, password)))
          .all()
          .get();
      credentials.store(tenant, kafka.clientOf(principal, password));
    }
    brokers.allow(
        principal,
        Resource.topic(Topics.stepCommands(tenant)),
        AclOperation.READ,
        AclOperation.DESCRIBE);
    brokers.allow(principal, Resource.groups("t.%s.".formatted(tenant)), AclOperation.READ);
    limit(principal);
  }

  private void limit(String principal) throws ExecutionException, InterruptedException {
    var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, principal));
    List<ClientQuotaAlteration.Op> limits =
        QUOTAS.entrySet().stream()
            .map(quota -> new ClientQuotaAlteration.Op(quota.getKey(), quota.getValue()))
            .toList();
    admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, limits))).all().get();
  }

  private NewTopic topic(String name, Duration retention) {
    return topic(name, "retention.ms", Long.toString(retention.toMillis()));
  }

  /// Of each key the newest value stays.
  private NewTopic compacted(String name) {
    return topic(name, "cleanup.policy", "compact");
  }

  private NewTopic topic(String name, String key, String value) {
    return new NewTopic(name, kafka.partitions(), kafka.replicationFactor())
        .configs(Map.of(key, value, "min.insync.replicas", kafka.minInSyncReplicas()));
  }

  private String password() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
