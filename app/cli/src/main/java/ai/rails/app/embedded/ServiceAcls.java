package ai.rails.app.embedded;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

import static org.apache.kafka.common.acl.AclOperation.ALL;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

/// What each service may do in Kafka: this list and nothing else. Nobody but the provisioner
/// creates a tenant's topic, nobody at all deletes one.
///
/// Kafka has no wildcard in the middle of a name, so a service that serves every tenant holds the
/// prefix `t.`; that a record stays with its tenant is checked again by whoever reads it.
final class ServiceAcls {
  static final String PROVISIONER = "svc-provisioner";
  static final String CDC = "svc-cdc";
  static final String STREAMS = "svc-streams";
  static final String PROJECTION = "svc-projection";
  static final String SIGNER = "svc-signer";
  static final List<String> PRINCIPALS = List.of(PROVISIONER, CDC, STREAMS, PROJECTION, SIGNER);

  private static final String TENANTS = "t.";
  private static final String LEDGER_APPLICATION = "rails-ledger";

  private final Set<AclBinding> bindings = new HashSet<>();
  private final CellTopics cell;

  private ServiceAcls(CellTopics cell) {
    this.cell = cell;
  }

  static Set<AclBinding> of(CellTopics cell) {
    var acls = new ServiceAcls(cell);
    acls.provisioner();
    acls.cdc();
    acls.streams();
    acls.projection();
    acls.signer();
    return Set.copyOf(acls.bindings);
  }

  /// `ALTER` on the cluster makes principals and ACLs, `ALTER_CONFIGS` quotas.
  private void provisioner() {
    allow(PROVISIONER, TOPIC, PREFIXED, TENANTS, CREATE, ALTER, ALTER_CONFIGS, DESCRIBE);
    allow(PROVISIONER, TOPIC, LITERAL, cell.control(), READ);
    allow(PROVISIONER, TOPIC, LITERAL, cell.alarms(), WRITE);
    allow(PROVISIONER, CLUSTER, LITERAL, Resource.CLUSTER_NAME, ALTER, ALTER_CONFIGS, DESCRIBE);
  }

  private void cdc() {
    allow(CDC, TOPIC, PREFIXED, TENANTS, WRITE);
    allow(CDC, TOPIC, LITERAL, cell.control(), WRITE);
    allow(CDC, TOPIC, LITERAL, cell.alarms(), WRITE);
    allow(CDC, TOPIC, LITERAL, cell.relayOffsets(), READ, WRITE, DESCRIBE_CONFIGS);
    allow(CDC, TOPIC, LITERAL, CellTopics.HEARTBEAT, WRITE);
    allow(CDC, TRANSACTIONAL_ID, PREFIXED, "cdc-", WRITE, DESCRIBE);
  }

  /// Kafka Streams names its group, transactional ids and internal topics after the application.
  private void streams() {
    allow(STREAMS, TOPIC, PREFIXED, TENANTS, READ, WRITE);
    allow(STREAMS, TOPIC, PREFIXED, LEDGER_APPLICATION, ALL);
    allow(STREAMS, TOPIC, LITERAL, cell.alarms(), WRITE);
    allow(STREAMS, GROUP, PREFIXED, LEDGER_APPLICATION, READ);
    allow(STREAMS, GROUP, PREFIXED, "streams-", READ);
    allow(STREAMS, TRANSACTIONAL_ID, PREFIXED, LEDGER_APPLICATION, WRITE, DESCRIBE);
  }

  private void projection() {
    allow(PROJECTION, TOPIC, PREFIXED, TENANTS, READ);
    allow(PROJECTION, TOPIC, LITERAL, cell.alarms(), READ);
    allow(PROJECTION, GROUP, PREFIXED, "proj-", READ);
  }

  private void signer() {
    allow(SIGNER, TOPIC, PREFIXED, TENANTS, READ, WRITE);
    allow(SIGNER, TOPIC, LITERAL, cell.alarms(), WRITE);
    allow(SIGNER, GROUP, PREFIXED, "signer-", READ);
    allow(SIGNER, TRANSACTIONAL_ID, PREFIXED, "signer-", WRITE, DESCRIBE);
  }

  private void allow(
      String principal,
      ResourceType type,
      PatternType kind,
      String name,
      AclOperation... operations) {
    var resource = new ResourcePattern(type, name, kind);
    for (AclOperation operation : operations) {
      bindings.add(
          new AclBinding(
              resource,
              new AccessControlEntry(user(principal), "*", operation, AclPermissionType.ALLOW)));
    }
  }

  static String user(String principal) {
    return "User:" + principal;
  }
}
