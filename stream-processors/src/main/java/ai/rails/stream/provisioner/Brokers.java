package ai.rails.stream.provisioner;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// What is asked of the brokers to make a cell or a tenant; each request can be repeated.
final class Brokers {
  private static final int LEADER_ATTEMPTS = 300;
  private static final long LEADER_PAUSE_MILLIS = 20;

  private final Admin admin;

  Brokers(Admin admin) {
    this.admin = admin;
  }

  /// Makes the topics that do not exist and returns when every partition has a leader: producing to
  /// a topic without one ends, for an idempotent producer, in endless retries.
  ///
  /// @throws IllegalStateException if a topic exists with another partition count: tasks of the
  ///   ledger are shared by tenants, and a larger count stops all of them
  void ensure(List<NewTopic> topics) throws ExecutionException, InterruptedException {
    for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
      try {
        created.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    awaitLeaders(topics);
    requirePartitions(topics);
  }

  /// Lets a principal do some things with the resources of that name, or whose names begin so.
  void allow(String principal, Resource resource, AclOperation... operations)
      throws ExecutionException, InterruptedException {
    var pattern = new ResourcePattern(resource.type(), resource.name(), resource.match());
    List<AclBinding> bindings =
        Arrays.stream(operations)
            .map(operation ->
                new AclBinding(
                    pattern,
                    new AccessControlEntry(
                        "User:" + principal, "*", operation, AclPermissionType.ALLOW)))
            .toList();
    admin.createAcls(bindings).all().get();
  }

  private void awaitLeaders(Collection<NewTopic> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> partitions = partitions(topics);
    for (int attempt = 1; ; attempt++) {
      try {
        admin.listOffsets(partitions).all().get();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || attempt == LEADER_ATTEMPTS) {
          throw e;
        }
        boolean _ = new Semaphore(0).tryAcquire(LEADER_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void requirePartitions(Collection<NewTopic> topics)
      throws ExecutionException, InterruptedException {
    var found =
        admin.describeTopics(topics.stream().map(NewTopic::name).toList()).allTopicNames().get();
    for (NewTopic topic : topics) {
      int partitions =
          Objects.requireNonNull(found.get(topic.name()), topic.name()).partitions().size();
      if (partitions != topic.numPartitions()) {
        throw new IllegalStateException(
            "topic %s has %d partitions, the cell has %d; the count of a cell never changes"
                .formatted(topic.name(), partitions, topic.numPartitions()));
      }
    }
  }

  private static Map<TopicPartition, OffsetSpec> partitions(Collection<NewTopic> topics) {
    var partitions = new HashMap<TopicPartition, OffsetSpec>();
    for (NewTopic topic : topics) {
      for (int i = 0; i < topic.numPartitions(); i++) {
        partitions.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
      }
    }
    return partitions;
  }

  /// What a permission is about.
  record Resource(ResourceType type, String name, PatternType match) {
    static Resource topic(String name) {
      return new Resource(ResourceType.TOPIC, name, PatternType.LITERAL);
    }

    static Resource topics(String prefix) {
      return new Resource(ResourceType.TOPIC, prefix, PatternType.PREFIXED);
    }

    static Resource group(String name) {
      return new Resource(ResourceType.GROUP, name, PatternType.LITERAL);
    }

    static Resource groups(String prefix) {
      return new Resource(ResourceType.GROUP, prefix, PatternType.PREFIXED);
    }

    static Resource transactions(String prefix) {
      return new Resource(ResourceType.TRANSACTIONAL_ID, prefix, PatternType.PREFIXED);
    }

    static Resource cluster() {
      return new Resource(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL);
    }
  }
}
