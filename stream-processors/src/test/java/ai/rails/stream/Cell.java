package ai.rails.stream;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.WorkspaceCreated;
import ai.rails.platform.witness.Way;
import ai.rails.stream.kafka.KafkaAccess;
import ai.rails.stream.provisioner.CellSetup;

/// A cell to test with, over any brokers and any PostgreSQL.
///
/// @param config the effective configuration
record Cell(Properties config, Store store, CommandSide command) {
  private static final List<String> SERVICES =
      List.of("svc-provisioner", "svc-cdc", "svc-streams", "svc-signer", "svc-projection");

  /// Everything that is not the brokers' or the database's address.
  static Properties config(String bootstrap, String protocol, Path data) {
    var config = new Properties();
    config.put("cell.id", "c1");
    config.put("cell.domain", "c1.airails.internal");
    config.put("region", "eu");
    config.put("data.dir", data.toString());
    config.put("kafka.bootstrap.servers", bootstrap);
    config.put("kafka.security.protocol", protocol);
    config.put("kafka.sasl.mechanism", "SCRAM-SHA-512");
    config.put("kafka.partitions", "2");
    config.put("kafka.replication.factor", "1");
    config.put("kafka.user.admin.password", EmbeddedBroker.ADMIN_PASSWORD);
    SERVICES.forEach(service -> config.put("kafka.user." + service + ".password", service));
    config.put("postgres.cdc.user", "airails_cdc");
    config.put("postgres.cdc.password", "cdc-secret");
    return config;
  }

  /// Makes the store, the services' principals, the cell's topics and ACLs.
  static Cell prepare(Properties config, Store store) throws Exception {
    store.migrate(config);
    var command = new CommandSide(store);
    config.put("command.url", command.url());
    try (Admin admin = Admin.create(new KafkaAccess(config).client("admin"))) {
      List<UserScramCredentialAlteration> users =
          SERVICES.stream().<UserScramCredentialAlteration>map(Cell::user).toList();
      admin.alterUserScramCredentials(users).all().get();
    }
    CellSetup.ensure(config);
    CellSetup.ensure(config);
    return new Cell(config, store, command);
  }

  static StreamProcessors.Surroundings surroundings() {
    return new StreamProcessors.Surroundings(
        InstantSource.system(),
        new SecureRandom(),
        _ -> Way.direct(Duration.ofSeconds(5)),
        () -> CommandSide.TOKEN);
  }

  /// What the command side does for a new tenant; the rest is the stream side's.
  void createTenant(String tenant) throws Exception {
    store.addWorkspace(tenant, "_tenant");
    store.append(
        tenant, "_tenant", Optional.empty(), List.of(new TenantCreated(tenant, "eu", "c1")));
  }

  void createWorkspace(String tenant, String workspace) throws Exception {
    store.addWorkspace(tenant, workspace);
    store.append(
        tenant, "_tenant", Optional.empty(), List.of(new WorkspaceCreated(tenant, workspace)));
  }

  Map<String, Object> client(String principal, Map<String, Object> more) {
    var client = new HashMap<>(new KafkaAccess(config).client(principal));
    client.putAll(more);
    return client;
  }

  private static UserScramCredentialUpsertion user(String name) {
    return new UserScramCredentialUpsertion(
        name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096), name);
  }
}
