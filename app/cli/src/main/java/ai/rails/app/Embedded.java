package ai.rails.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.app.demo.World;
import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.KafkaPrincipals;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.PostgresRoles;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.SignerDatabase;
import ai.rails.app.embedded.Unavailable;
import ai.rails.command.workflow.ArtifactSigning;
import ai.rails.standin.StandIns;

/// What one data directory fixes once and for all: ports, secrets, the development CA, and the
/// properties that follow from them.
record Embedded(
    DataDirectory data, Ports ports, Secrets secrets, DevelopmentCa ca, Elsewhere elsewhere) {
  private static final String CELL = "dev";
  private static final String CELL_DOMAIN = "dev.airails.internal";
  private static final int COMMAND_PORT = 8080;

  /// One number for the whole cell, for ever: a tenant with more partitions than the first would
  /// stop the ledger.
  private static final int PARTITIONS = 4;

  static Embedded open(
      DataDirectory data, Elsewhere elsewhere, InstantSource clock, SecureRandom random) {
    Secrets secrets = Secrets.open(data.secrets(), random);
    return new Embedded(
        data,
        Ports.open(data.ports(), random),
        secrets,
        DevelopmentCa.open(data.tls(), secrets.of("tls.store.password"), clock, random),
        elsewhere);
  }

  /// Called when orphans have been ended, since a port they hold would be picked anew.
  EffectiveProperties properties() {
    var values = new TreeMap<String, String>();
    values.putAll(cell());
    values.putAll(kafka());
    if (!elsewhere.postgres()) {
      values.putAll(postgres());
    }
    values.putAll(tls());
    values.putAll(egress());
    values.putAll(logs());
    values.putAll(evidence());
    values.putAll(elsewhere.forComponents());
    return new EffectiveProperties(values);
  }

  private Map<String, String> cell() {
    int opa = ports.of("opa");
    int command = ports.of("command", COMMAND_PORT);
    int worker = ports.of("worker");
    var values = new TreeMap<String, String>();
    values.putAll(PlatformStage.properties(data.root(), ports.of("pccs")));
    values.put("cell.domain", CELL_DOMAIN);
    values.put("cell.id", CELL);
    values.put("command.port", String.valueOf(command));
    values.put("command.url", "http://127.0.0.1:" + command);
    values.put("connectors.dir", data.root().resolve("connectors").toString());
    values.put("console.url", new ConsoleEntrance(this).url(command));
    values.put("data.dir", data.root().toString());
    values.put("environment.kind", "development");
    values.put("launcher.port", String.valueOf(ports.of("launcher")));
    values.put("opa.port", String.valueOf(opa));
    values.put("opa.probe.token", secrets.of("opa.probe.token"));
    values.put("opa.token", secrets.of("opa.token"));
    values.put("opa.url", "http://127.0.0.1:" + opa);
    values.put("region", World.REGION);
    values.put("worker.port", String.valueOf(worker));
    values.put("worker.url", "https://127.0.0.1:" + worker);
    return values;
  }

  private Map<String, String> kafka() {
    var values = new TreeMap<String, String>();
    if (!elsewhere.kafka()) {
      int port = ports.of("kafka");
      values.put("kafka.port", String.valueOf(port));
      values.put("kafka.controller.port", String.valueOf(ports.of("kafka.controller")));
      values.put("kafka.bootstrap.servers", "127.0.0.1:" + port);
      int siem = ports.of("kafka.siem");
      values.put("kafka.siem.port", String.valueOf(siem));
      values.put("kafka.siem.bootstrap.servers", "127.0.0.1:" + siem);
    }
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
    values.putAll(SignerDatabase.properties(ports.of("postgres"), secrets));
    for (PostgresRoles role : PostgresRoles.values()) {
      values.put(role.userKey(), role.user());
      values.put(role.passwordKey(), secrets.of(role.passwordKey()));
    }
    return values;
  }

  /// The keys behind the logs, made at the first start.
  private Map<String, String> logs() {
    int port = ports.of("witness");
    var trust = new LogTrust(data.root(), CELL_DOMAIN);
    trust.ensure(port, InstantSource.system(), new SecureRandom());
    return trust.properties(port);
  }

  /// The key that signs bundles and the local time stamp authority, and whom to believe.
  private Map<String, String> evidence() {
    var files = new EvidenceFiles(data.root());
    files.ensure(new SecureRandom(), elsewhere.stampRoot());
    return files.properties(ports.of("tsa"));
  }

  private Map<String, String> egress() {
    byte[] key = ticketKeys().getPublicKey();
    return Map.of(
        "egress.port", String.valueOf(ports.of("egress")),
        "egress.proxyId", "egress-" + CELL,
        "egress.ticket.public", Base64.getEncoder().encodeToString(key),
        "worker.artifact.signing.public", Base64.getEncoder().encodeToString(signingKey()));
  }

  /// Where the egress proxy finds the outside world when that is not the outside world.
  String developmentHosts() {
    return elsewhere.world()
        ? elsewhere.values().getOrDefault("egress.development.allow", "")
        : World.developmentHosts(worldPorts());
  }

  /// The stand-ins' ports. To be asked before they start: a port in use is picked anew.
  StandIns.Ports worldPorts() {
    return new StandIns.Ports(
        ports.of("world.servicenow"),
        ports.of("world.slack"),
        ports.of("world.openai"),
        ports.of("world.azure"),
        ports.of("world.anthropic"),
        ports.of("world.stripe"),
        ports.of("world.zendesk"),
        ports.of("world.telegram"));
  }

  private byte[] signingKey() {
    try {
      return ArtifactSigning.open(data.root()).publicKey();
    } catch (IOException | GeneralSecurityException e) {
      throw new Unavailable("the artifact signing key can not be opened", e);
    }
  }

  /// The key pair of egress tickets; only the public half is in the properties.
  Ed25519Sign.KeyPair ticketKeys() {
    try {
      byte[] seed =
          MessageDigest.getInstance("SHA-256")
              .digest(secrets.of("egress.ticket").getBytes(StandardCharsets.UTF_8));
      return Ed25519Sign.KeyPair.newKeyPairFromSeed(seed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Map<String, String> tls() {
    var values = new TreeMap<String, String>();
    values.put("tls.ca.file", ca.certificateFile().toString());
    values.put("runner.ca.file", ca.certificateFile().toString());
    values.put("tls.trust.file", ca.trustStore().toString());
    values.put("tls.store.password", secrets.of("tls.store.password"));
    if (!elsewhere.world()) {
      values.put("worker.gateway.ca.file", ca.certificateFile().toString());
    }
    return values;
  }
}
