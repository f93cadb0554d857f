package ai.rails.app.embedded;

import java.util.Map;

/// Who logs in to the broker, and where.
public record KafkaLogin(String bootstrapServers, String user, String password) {
  public static final String PROTOCOL = "SASL_PLAINTEXT";
  public static final String MECHANISM = "SCRAM-SHA-512";

  /// A user of the installation's own.
  public static KafkaLogin of(EffectiveProperties effective, String user) {
    return new KafkaLogin(
        effective.require("kafka.bootstrap.servers"),
        user,
        effective.require("kafka.user.%s.password".formatted(user)));
  }

  /// The client properties every producer, consumer and admin of this user starts from.
  public Map<String, Object> properties() {
    return Map.of(
        "bootstrap.servers",
        bootstrapServers,
        "security.protocol",
        PROTOCOL,
        "sasl.mechanism",
        MECHANISM,
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password));
  }

  /// Without the password: records print their components otherwise.
  @Override
  public String toString() {
    return user + "@" + bootstrapServers;
  }
}
