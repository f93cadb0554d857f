package ai.rails.app.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The broker's configuration: one node, small buffers, deny by default.
final class BrokerSettings {
  private static final int MIB = 1 << 20;

  private BrokerSettings() {}

  static Map<String, String> of(
      Path directory,
      int clientPort,
      int controllerPort,
      String password,
      Optional<SiemListener> siem) {
    var settings = new HashMap<String, String>();
    settings.putAll(node(directory, clientPort, controllerPort));
    settings.putAll(security(password));
    settings.putAll(singleNode());
    settings.putAll(smallMachine());
    siem.ifPresent(listener -> open(listener, settings));
    return settings;
  }

  /// For subscribers from outside: TLS, SCRAM, and a session that ends, so that a changed password
  /// is asked for within minutes.
  private static void open(SiemListener siem, Map<String, String> settings) {
    String at = ",SIEM://127.0.0.1:" + siem.port();
    settings.merge("listeners", at, String::concat);
    settings.merge("advertised.listeners", at, String::concat);
    settings.merge("listener.security.protocol.map", ",SIEM:SASL_SSL", String::concat);
    String prefix = "listener.name.siem.";
    settings.put(prefix + "ssl.keystore.type", "PKCS12");
    settings.put(prefix + "ssl.keystore.location", siem.keyStore().toString());
    settings.put(prefix + "ssl.keystore.password", siem.keyStorePassword());
    settings.put(prefix + "ssl.key.password", siem.keyStorePassword());
    settings.put(prefix + "ssl.client.auth", "none");
    settings.put(prefix + "ssl.enabled.protocols", "TLSv1.3,TLSv1.2");
    settings.put(
        prefix + "scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    settings.put(
        prefix + "scram-sha-512.connections.max.reauth.ms",
        Long.toString(SiemListener.SESSION.toMillis()));
  }

  private static Map<String, String> node(Path directory, int clientPort, int controllerPort) {
    return Map.of(
        "process.roles", "broker,controller",
        "node.id", "1",
        "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
        "listeners",
            "CLIENT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(clientPort, controllerPort),
        "advertised.listeners", "CLIENT://127.0.0.1:" + clientPort,
        "controller.listener.names", "CONTROLLER",
        "inter.broker.listener.name", "CLIENT",
        "log.dirs", directory.toString(),
        "auto.create.topics.enable", "false");
  }

  /// The controller listener speaks PLAIN because SCRAM credentials live in the metadata that the
  /// controller is about to load.
  private static Map<String, String> security(String password) {
    return Map.of(
        "listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms", KafkaLogin.MECHANISM,
        "sasl.mechanism.inter.broker.protocol", KafkaLogin.MECHANISM,
        "sasl.mechanism.controller.protocol", "PLAIN",
        "listener.name.client.scram-sha-512.sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"broker\" password=\"%s\";"
                .formatted(password),
        "listener.name.controller.sasl.enabled.mechanisms", "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"%1$s\" user_broker=\"%1$s\";"
                .formatted(password),
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found", "false",
        "super.users", "User:broker;User:admin");
  }

  /// Below a session of 2 s the registration of a killed predecessor expires sooner, but a busy
  /// machine then loses its own.
  private static Map<String, String> singleNode() {
    return Map.of(
        "offsets.topic.replication.factor", "1",
        "offsets.topic.num.partitions", "1",
        "transaction.state.log.replication.factor", "1",
        "transaction.state.log.min.isr", "1",
        "transaction.state.log.num.partitions", "1",
        "share.coordinator.state.topic.replication.factor", "1",
        "share.coordinator.state.topic.min.isr", "1",
        "group.initial.rebalance.delay.ms", "0",
        "broker.session.timeout.ms", "2000",
        "broker.heartbeat.interval.ms", "500");
  }

  private static Map<String, String> smallMachine() {
    return Map.of(
        "num.network.threads", "2",
        "num.io.threads", "4",
        "num.replica.fetchers", "1",
        "background.threads", "2",
        "num.recovery.threads.per.data.dir", "2",
        "log.cleaner.dedupe.buffer.size", String.valueOf(16 * MIB),
        "log.index.size.max.bytes", String.valueOf(MIB));
  }
}
