package ai.rails.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;

/// Servers that somebody else started, from a file of `key=value` lines. What it names the launcher
/// does not start: Kafka by `kafka.bootstrap.servers`, PostgreSQL by `postgres.host` (and the
/// signer's database by `signer.postgres.host`), the witness by `evidence.policy.file`, which names
/// others, the time stamp authority by `tsa.url`, and the outside world, in the place of the
/// stand-ins, by `egress.development.allow`. `calls.*` limits calls. `identity.<name>.*` registers
/// an identity provider, for people in the place of development tokens. `otel.endpoint` is where an
/// OpenTelemetry collector takes OTLP over HTTP.
record Elsewhere(SortedMap<String, String> values) {
  static final Elsewhere NOTHING = new Elsewhere(new TreeMap<>());

  private static final String ADMIN = "kafka.user.admin.password";
  private static final String BROKERS = "kafka.bootstrap.servers";
  private static final String DATABASE = "postgres.host";
  private static final String WORLD = "egress.development.allow";
  private static final String WORLD_CA = "worker.gateway.ca.file";
  private static final String COLLECTOR = "otel.endpoint";
  private static final String POLICY = "evidence.policy.file";
  private static final String SIGNER_DATABASE = "signer.postgres.";
  private static final String IDENTITY = "identity.";
  private static final String CALLS = "calls.";
  private static final String STAMPS = "tsa.url";
  private static final String STAMPS_CHAIN = "tsa.chain.file";
  private static final String STAMPS_ROOT = "tsa.root.file";
  private static final Set<String> SINGLE =
      Set.of(WORLD, WORLD_CA, COLLECTOR, POLICY, STAMPS, STAMPS_CHAIN, STAMPS_ROOT);

  Elsewhere {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    for (String key : values.keySet()) {
      if (!key.startsWith("kafka.")
          && !key.startsWith("postgres.")
          && !key.startsWith(SIGNER_DATABASE)
          && !key.startsWith(IDENTITY)
          && !key.startsWith(CALLS)
          && !SINGLE.contains(key)) {
        throw new Unavailable(
            "%s says nothing about a server; --servers takes kafka.*, postgres.*, %s*, %s*, %s* and %s"
                .formatted(key, SIGNER_DATABASE, IDENTITY, CALLS, SINGLE));
      }
    }
    if (values.containsKey(DATABASE) && !values.containsKey(SIGNER_DATABASE + "host")) {
      throw new Unavailable(
          "the signer's own database is missing; add signer.postgres.host, .port, .database, .user"
              + " and .password (docs/operating.md)");
    }
    if (values.containsKey(STAMPS)
        && !(values.containsKey(STAMPS_CHAIN) && values.containsKey(STAMPS_ROOT))) {
      throw new Unavailable(
          "%s names an authority; add %s, its certificates, and %s, whom verifiers believe (PEM)"
              .formatted(STAMPS, STAMPS_CHAIN, STAMPS_ROOT));
    }
  }

  static Elsewhere read(Path file) {
    if (!Files.isReadable(file)) {
      throw new Unavailable("%s can not be read; write it, or leave --servers out".formatted(file));
    }
    return new Elsewhere(EffectiveProperties.load(file).values());
  }

  boolean kafka() {
    return values.containsKey(BROKERS);
  }

  boolean postgres() {
    return values.containsKey(DATABASE);
  }

  /// Whether somebody else's witnesses cosign, in the place of ours.
  boolean witnesses() {
    return values.containsKey(POLICY);
  }

  /// The root of somebody else's time stamp authority, which takes the place of ours.
  Optional<Path> stampRoot() {
    return Optional.ofNullable(values.get(STAMPS_ROOT)).map(Path::of);
  }

  boolean world() {
    return values.containsKey(WORLD);
  }

  /// Who may make users, topics and ACLs; without it they must be there.
  Optional<String> kafkaAdmin() {
    return Optional.ofNullable(values.get(ADMIN));
  }

  /// What components are told, which is all but the administrator's password.
  Map<String, String> forComponents() {
    Map<String, String> told = new TreeMap<>(values);
    told.remove(ADMIN);
    return told;
  }

  /// Without the passwords: records print their components otherwise.
  @Override
  public String toString() {
    return "Elsewhere" + values.keySet();
  }
}
