package ai.rails.stream.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// How the cell's brokers are reached, by whichever service principal. Immutable; never prints a
/// password.
public final class KafkaAccess {
  private final Properties config;

  /// @param config `kafka.*` and `tls.ca.file` of the effective configuration
  public KafkaAccess(Properties config) {
    this.config = new Properties();
    this.config.putAll(config);
    required("kafka.bootstrap.servers");
  }

  /// The connection settings of any Kafka client.
  ///
  /// @param principal for example `svc-cdc`
  /// @throws IllegalStateException if the configuration has no password for it
  public Map<String, Object> client(String principal) {
    String protocol = protocol();
    var client = new HashMap<String, Object>();
    client.put("bootstrap.servers", required("kafka.bootstrap.servers"));
    client.put("security.protocol", protocol);
    if (protocol.startsWith("SASL")) {
      client.put("sasl.mechanism", mechanism());
      client.put(
          "sasl.jaas.config", jaas(principal, required("kafka.user." + principal + ".password")));
    }
    if (protocol.endsWith("SSL")) {
      client.put("ssl.truststore.type", "PEM");
      client.put("ssl.truststore.location", required("tls.ca.file"));
    }
    return client;
  }

  /// The settings of a principal whose password is not in this configuration, as a properties
  /// file's content.
  public Map<String, String> clientOf(String principal, String password) {
    var client = new HashMap<String, String>();
    client.put("bootstrap.servers", required("kafka.bootstrap.servers"));
    client.put("security.protocol", protocol());
    client.put("sasl.mechanism", mechanism());
    client.put("sasl.jaas.config", jaas(principal, password));
    optional("tls.ca.file")
        .filter(file -> protocol().endsWith("SSL"))
        .ifPresent(file -> {
          client.put("ssl.truststore.type", "PEM");
          client.put("ssl.truststore.location", file);
        });
    return client;
  }

  /// One partition count for all topics of the cell: tasks of the ledger are shared by tenants.
  public int partitions() {
    return positive("kafka.partitions");
  }

  public short replicationFactor() {
    return (short) positive("kafka.replication.factor");
  }

  /// How many replicas must have a record before it counts as stored.
  public String minInSyncReplicas() {
    return replicationFactor() > 2 ? "2" : "1";
  }

  private String protocol() {
    return optional("kafka.security.protocol").orElse("PLAINTEXT");
  }

  private String mechanism() {
    return optional("kafka.sasl.mechanism").orElse("SCRAM-SHA-512");
  }

  private static String jaas(String principal, String password) {
    if (password.indexOf('"') >= 0 || password.indexOf('\\') >= 0) {
      throw new IllegalStateException(
          "the password of %s holds a quote or backslash; give it another".formatted(principal));
    }
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(principal, password);
  }

  private int positive(String key) {
    int value = Integer.parseInt(required(key));
    if (value < 1 || value > 1_000) {
      throw new IllegalStateException("%s is %d; it must be 1 to 1000".formatted(key, value));
    }
    return value;
  }

  private String required(String key) {
    return optional(key)
        .orElseThrow(() -> new IllegalStateException(key + " is not configured; add it"));
  }

  private Optional<String> optional(String key) {
    return Optional.ofNullable(config.getProperty(key)).filter(value -> !value.isBlank());
  }
}
