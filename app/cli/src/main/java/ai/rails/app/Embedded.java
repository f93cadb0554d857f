package ai.rails.app;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.KafkaPrincipals;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.PostgresRoles;
import ai.rails.app.embedded.Secrets;

/// What one data directory fixes once and for all: ports, secrets, the development CA, and the
/// properties that follow from them.
record Embedded(DataDirectory data, Ports ports, Secrets secrets, DevelopmentCa ca) {
  private static final String CELL = "dev";
  private static final int COMMAND_PORT = 8080;

  /// One number for the whole cell, for ever: a tenant with more partitions than the first would
  /// stop the ledger.
  private static final int PARTITIONS = 4;

  static Embedded open(DataDirectory data, InstantSource clock, SecureRandom random) {
    Secrets secrets = Secrets.open(data.secrets(), random);
    return new Embedded(
        data,
        Ports.open(data.ports(), random),
        secrets,
        DevelopmentCa.open(data.tls(), secrets.of("tls.store.password"), clock, random));
  }

  /// Called when orphans have been ended, since a port they hold would be picked anew.
  EffectiveProperties properties() {
    var values = new TreeMap<String, String>();
    values.putAll(cell());
    values.putAll(kafka());
    values.putAll(postgres());
    values.putAll(tls());
    return new EffectiveProperties(values);
  }

  private Map<String, String> cell() {
    int opa = ports.of("opa");
    return Map.of(
        "cell.id", CELL,
        "cell.domain", "localhost",
        "data.directory", data.root().toString(),
        "opa.port", String.valueOf(opa),
        "opa.url", "http://127.0.0.1:" + opa,
        "opa.token", secrets.of("opa.token"),
        "command.port", String.valueOf(ports.of("command", COMMAND_PORT)),
        "worker.port", String.valueOf(ports.of("worker")),
        "egress.port", String.valueOf(ports.of("egress")),
        "launcher.port", String.valueOf(ports.of("launcher")));
  }

  private Map<String, String> kafka() {
    int port = ports.of("kafka");
    var values = new TreeMap<String, String>();
    values.put("kafka.port", String.valueOf(port));
    values.put("kafka.controller.port", String.valueOf(ports.of("kafka.controller")));
    values.put("kafka.bootstrap.servers", "127.0.0.1:" + port);
    values.put("kafka.security.protocol", KafkaLogin.PROTOCOL);
    values.put("kafka.sasl.mechanism", KafkaLogin.MECHANISM);
    values.put("kafka.partitions", String.valueOf(PARTITIONS));
    values.put("kafka.replication.factor", "1");
    for (String principal : KafkaPrincipals.services()) {
      String key = Broker.passwordKey(principal);
      values.put(key, secrets.of(key));
    }
    return values;
  }

  private Map<String, String> postgres() {
    var values = new TreeMap<String, String>();
    values.put("postgres.host", "127.0.0.1");
    values.put("postgres.port", String.valueOf(ports.of("postgres")));
    values.put("postgres.database", Postgres.DATABASE);
    for (PostgresRoles role : PostgresRoles.values()) {
      values.put(role.userKey(), role.user());
      values.put(role.passwordKey(), secrets.of(role.passwordKey()));
    }
    return values;
  }

  private Map<String, String> tls() {
    return Map.of(
        "tls.ca.file", ca.certificateFile().toString(),
        "tls.trust.file", ca.trustStore().toString(),
        "tls.store.password", secrets.of("tls.store.password"));
  }
}
