package ai.rails.app.siem;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.KafkaPrincipals;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.SiemListener;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.stream.provisioner.SiemDesk;
import ai.rails.stream.provisioner.SiemProvisioner;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// A real broker with its SIEM door, two tenants, and the provisioner behind a desk in memory.
final class SiemBroker implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Broker broker;
  private final Secrets secrets;
  private final Path ca;
  private final Path data;
  private final int siemPort;
  private final Desk desk = new Desk();
  private final SiemProvisioner provisioner;
  private final HpkeKeyPair key;

  SiemBroker(Path data) throws Exception {
    this.data = data;
    this.secrets = Secrets.open(data.resolve("secrets.properties"), new SecureRandom());
    Ports ports = Ports.open(data.resolve("ports.properties"), new SecureRandom());
    String store = secrets.of("tls.store.password");
    DevelopmentCa authority =
        DevelopmentCa.open(data.resolve("tls"), store, InstantSource.system(), new SecureRandom());
    this.ca = authority.certificateFile();
    this.siemPort = ports.of("kafka.siem");
    var door =
        new SiemListener(siemPort, authority.server("kafka-siem", List.of()).pkcs12(), store);
    this.broker =
        Broker.start(
            data.resolve("kafka"),
            ports.of("kafka"),
            ports.of("kafka.controller"),
            secrets,
            Optional.of(door));
    KafkaPrincipals.ensure(broker.admin(), config(), secrets);
    try (var admin = Admin.create(broker.admin().properties())) {
      var topics = new ArrayList<NewTopic>();
      for (String tenant : List.of("acme", "acme-b", "globex")) {
        for (String stream : List.of("events", "step-commands", "ledger", "ocsf", "checkpoints")) {
          topics.add(new NewTopic("t.%s.%s.v1".formatted(tenant, stream), 2, (short) 1));
        }
      }
      admin.createTopics(topics).all().get();
    }
    this.key = HpkeKeyPair.generate();
    this.provisioner =
        SiemProvisioner.start(
            Admin.create(service("svc-provisioner").properties()), desk, new SecureRandom());
  }

  Properties config() {
    var config = new Properties();
    config.setProperty("cell.id", "dev");
    config.setProperty("cell.domain", "dev.airails.internal");
    config.setProperty("data.dir", data.toString());
    config.setProperty("kafka.bootstrap.servers", broker.bootstrapServers());
    config.setProperty("kafka.security.protocol", KafkaLogin.PROTOCOL);
    config.setProperty("kafka.sasl.mechanism", KafkaLogin.MECHANISM);
    config.setProperty("kafka.partitions", "2");
    config.setProperty("kafka.replication.factor", "1");
    for (String each : KafkaPrincipals.services()) {
      config.setProperty(Broker.passwordKey(each), secrets.of(Broker.passwordKey(each)));
    }
    return config;
  }

  KafkaLogin service(String name) {
    return new KafkaLogin(broker.bootstrapServers(), name, secrets.of(Broker.passwordKey(name)));
  }

  KafkaLogin admin() {
    return broker.admin();
  }

  /// Gives a subscriber its first or another password.
  KafkaLogin grant(String tenant, String name, int generation) throws Exception {
    String act = generation == 1 ? "GRANT" : "ROTATE";
    String recipient = Base64.getEncoder().encodeToString(key.publicKey());
    var work = new SiemDesk.Work(tenant, name, act, generation, recipient);
    desk.open.put(tenant + "/" + name, work);
    until(() -> desk.sealed.containsKey(work));
    byte[] password = key.open(Objects.requireNonNull(desk.sealed.get(work)), work.purpose());
    return new KafkaLogin(
        "127.0.0.1:" + siemPort, work.principal(), new String(password, US_ASCII));
  }

  void revoke(String tenant, String name, int generation) {
    var work = new SiemDesk.Work(tenant, name, "REVOKE", generation, "");
    desk.open.put(tenant + "/" + name, work);
    until(() -> desk.sealed.containsKey(work));
  }

  /// A subscriber's client, over TLS.
  Map<String, Object> client(KafkaLogin subscriber) {
    return TailVerb.secured(subscriber, ca);
  }

  KafkaConsumer<String, String> consumer(KafkaLogin subscriber, String group) {
    Map<String, Object> settings = new HashMap<>(client(subscriber));
    settings.put("group.id", group);
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    settings.put("default.api.timeout.ms", 15_000);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  KafkaProducer<String, String> producer(Map<String, Object> client, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("max.block.ms", 10_000);
    settings.putAll(more);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  /// For subscribers of `acme`: everything in a topic until there are `count` records that count.
  List<ConsumerRecord<String, String>> read(
      KafkaLogin subscriber, String topic, int count, String counts) {
    var found = new ArrayList<ConsumerRecord<String, String>>();
    try (var consumer = consumer(subscriber, "siem.acme.read")) {
      List<TopicPartition> partitions =
          List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      until(() -> {
        consumer.poll(Duration.ofMillis(200)).forEach(found::add);
        return found.stream().filter(r -> r.value().contains(counts)).count() >= count;
      });
    }
    return found;
  }

  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Override
  public void close() {
    provisioner.close();
    broker.close();
  }

  /// Where the administrators' acts lie.
  private static final class Desk implements SiemDesk {
    private final Map<String, Work> open = new ConcurrentHashMap<>();
    private final Map<Work, byte[]> sealed = new ConcurrentHashMap<>();

    @Override
    public List<Work> open() {
      return open.values().stream().filter(work -> !sealed.containsKey(work)).toList();
    }

    @Override
    public void done(Work work, byte[] password) {
      sealed.put(work, password);
    }
  }
}
