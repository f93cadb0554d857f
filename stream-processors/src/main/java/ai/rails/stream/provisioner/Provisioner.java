package ai.rails.stream.provisioner;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;
import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;

/// Makes a new tenant's topics, principal and limits, then tells command-services, which opens the
/// tenant. It reads the cell's control topic from its start at every start: all it does can be
/// repeated, so it remembers nothing.
///
/// One thread reads; each tenant is made by a virtual thread of its own, tried again until it is
/// done, so that one tenant's trouble is not another's.
public final class Provisioner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Provisioner.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration RETRY_FIRST = Duration.ofMillis(200);
  private static final Duration RETRY_LAST = Duration.ofSeconds(10);
  private static final int AT_ONCE = 4;

  private final EventCodec events = new EventCodec();
  private final KafkaConsumer<byte[], byte[]> control;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Admin admin;
  private final TenantSetup setup;
  private final TenantProvisioned provisioned;
  private final TopicPartition partition;
  private final String cell;
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final Set<String> provisionedTenants = ConcurrentHashMap.newKeySet();
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread reader;
  private volatile @Nullable Throwable failure;

  private Provisioner(
      Properties config,
      WorkerCredentials credentials,
      TenantProvisioned provisioned,
      RandomGenerator random) {
    var kafka = new KafkaAccess(config);
    Map<String, Object> client = kafka.client("svc-provisioner");
    this.cell = config.getProperty("cell.id");
    this.partition = new TopicPartition(Topics.control(cell), 0);
    this.provisioned = provisioned;
    this.admin = Admin.create(client);
    this.setup = new TenantSetup(admin, kafka, credentials, random);
    this.control =
        new KafkaConsumer<>(
            with(client, Map.of("isolation.level", "read_committed", "enable.auto.commit", false)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.producer =
        new KafkaProducer<>(
            with(client, Map.of("acks", "all", "enable.idempotence", true)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.reader = Thread.ofPlatform().name("provisioner").daemon(true).unstarted(this::read);
  }

  /// @param credentials where the workers' passwords go
  /// @param provisioned whom to tell
  /// @param random cryptographically strong
  public static Provisioner start(
      Properties config,
      WorkerCredentials credentials,
      TenantProvisioned provisioned,
      RandomGenerator random) {
    var provisioner = new Provisioner(config, credentials, provisioned, random);
    provisioner.reader.start();
    return provisioner;
  }

  /// With the embedded default's credentials in `data.dir`, telling `command.url`.
  ///
  /// @param token gives a service token at each call
  public static Provisioner start(
      Properties config, Supplier<String> token, RandomGenerator random) {
    return start(
        config,
        new FileWorkerCredentials(Path.of(config.getProperty("data.dir"))),
        new HttpTenantProvisioned(URI.create(config.getProperty("command.url")), token),
        random);
  }

  public boolean up() {
    return reader.isAlive() && failure == null;
  }

  /// `UP`, or what made it stop.
  public String state() {
    Throwable failed = failure;
    return failed != null
        ? "FAILED " + failed.getClass().getSimpleName()
        : reader.isAlive() ? "UP" : "STOPPED";
  }

  /// How many tenants it has made, or found made, since it started.
  public int provisioned() {
    return provisionedTenants.size();
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      reader.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(5));
    admin.close(Duration.ofSeconds(5));
    if (provisioned instanceof HttpTenantProvisioned http) {
      http.close();
    }
  }

  private void read() {
    try (control) {
      control.assign(List.of(partition));
      control.seekToBeginning(List.of(partition));
      while (stop.getCount() > 0) {
        control.poll(POLL).forEach(this::begin);
      }
    } catch (KafkaException e) {
      failure = e;
      LOG.error("the provisioner stopped; new tenants wait until it is started again", e);
    }
  }

  private void begin(ConsumerRecord<byte[], byte[]> message) {
    Optional<String> created = tenant(message);
    if (created.isEmpty()) {
      LOG.error("no new tenant of this cell; passed over, control offset={}", message.offset());
      return;
    }
    String tenant = created.get();
    if (begun.add(tenant)) {
      Thread.ofVirtual().name("provision-" + tenant).start(() -> untilDone(tenant, message));
    }
  }

  private Optional<String> tenant(ConsumerRecord<byte[], byte[]> message) {
    try {
      Recorded recorded = events.decode(message.value());
      return recorded.event() instanceof TenantCreated created
              && created.tenant().equals(recorded.header().tenant())
              && created.cell().equals(cell)
          ? Optional.of(Topics.requireTenant(created.tenant()))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      LOG.error("unreadable control message; offset={}", message.offset(), e);
      return Optional.empty();
    }
  }

  private void untilDone(String tenant, ConsumerRecord<byte[], byte[]> message) {
    Duration pause = RETRY_FIRST;
    try {
      while (stop.getCount() > 0 && !attempt(tenant, message)) {
        boolean _ = stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(RETRY_LAST) < 0 ? doubled : RETRY_LAST;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean attempt(String tenant, ConsumerRecord<byte[], byte[]> message)
      throws InterruptedException {
    slots.acquire();
    try {
      setup.topics(tenant);
      setup.signer(tenant);
      setup.worker(tenant);
      forward(tenant, message);
      provisioned.report(tenant);
      provisionedTenants.add(tenant);
      LOG.info("tenant provisioned; tenant={}", tenant);
      return true;
    } catch (ExecutionException | IOException | KafkaException | IllegalStateException e) {
      LOG.warn("tenant not provisioned yet, trying again; tenant={}", tenant, e);
      return false;
    } finally {
      slots.release();
    }
  }

  /// The event that made the tenant is the first of its log, but had no topic to go to: it follows
  /// now, unchanged. The ledger drops it by its position if it has it already.
  private void forward(String tenant, ConsumerRecord<byte[], byte[]> message)
      throws ExecutionException, InterruptedException {
    producer
        .send(
            new ProducerRecord<>(
                Topics.events(tenant),
                null,
                message.timestamp(),
                message.key(),
                message.value(),
                message.headers()))
        .get();
  }

  private static Map<String, Object> with(Map<String, Object> client, Map<String, Object> more) {
    var settings = new HashMap<>(client);
    settings.putAll(more);
    return settings;
  }
}
