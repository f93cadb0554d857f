package ai.rails.stream.provisioner;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.resource.ResourcePatternFilter;

import ai.rails.schema.Topics;
import ai.rails.stream.provisioner.Brokers.Resource;

/// A SIEM subscriber at the brokers: a SCRAM credential, four permissions, two quotas. All of it
/// can be repeated; what is repeated sets another password, and only the last one counts.
final class SiemPrincipals {
  private static final int PASSWORD_BYTES = 32;
  private static final ScramCredentialInfo SCRAM =
      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8_192);

  /// Bytes per second, and percent of a request thread, for all clients of one subscriber together.
  /// A SIEM that has been away for a day catches up; it can not take the brokers from the ledger.
  private static final Map<String, Double> QUOTAS =
      Map.of("consumer_byte_rate", 8_388_608.0, "request_percentage", 10.0);

  private final Admin admin;
  private final Brokers brokers;
  private final RandomGenerator random;

  /// @param random for passwords: cryptographically strong
  SiemPrincipals(Admin admin, RandomGenerator random) {
    this.admin = admin;
    this.brokers = new Brokers(admin);
    this.random = random;
  }

  /// Makes the principal, or gives it another password.
  ///
  /// @return the password, ASCII, which nobody else has; the brokers keep a salted hash
  byte[] set(String tenant, String principal) throws ExecutionException, InterruptedException {
    for (String topic : List.of(Topics.ocsf(tenant), Topics.checkpoints(tenant))) {
      brokers.allow(principal, Resource.topic(topic), AclOperation.READ, AclOperation.DESCRIBE);
    }
    brokers.allow(principal, Resource.groups(group(tenant)), AclOperation.READ);
    limit(principal, true);
    String password = password();
    admin
        .alterUserScramCredentials(
            List.of(new UserScramCredentialUpsertion(principal, SCRAM, password)))
        .all()
        .get();
    return password.getBytes(StandardCharsets.US_ASCII);
  }

  /// Permissions first: they are asked for at every fetch, so that open connections get nothing any
  /// more either.
  void remove(String principal) throws ExecutionException, InterruptedException {
    var ofPrincipal =
        new AclBindingFilter(
            ResourcePatternFilter.ANY,
            new AccessControlEntryFilter(
                "User:" + principal, null, AclOperation.ANY, AclPermissionType.ANY));
    admin.deleteAcls(List.of(ofPrincipal)).all().get();
    try {
      admin
          .alterUserScramCredentials(
              List.of(new UserScramCredentialDeletion(principal, ScramMechanism.SCRAM_SHA_512)))
          .all()
          .get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ResourceNotFoundException)) {
        throw e;
      }
    }
    limit(principal, false);
  }

  /// What names of consumer groups begin with. No tenant's is the beginning of another's, because
  /// ids have no dot.
  static String group(String tenant) {
    return "siem.%s.".formatted(Topics.requireTenant(tenant));
  }

  private void limit(String principal, boolean limited)
      throws ExecutionException, InterruptedException {
    var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, principal));
    List<ClientQuotaAlteration.Op> limits =
        QUOTAS.entrySet().stream()
            .map(quota ->
                new ClientQuotaAlteration.Op(quota.getKey(), limited ? quota.getValue() : null))
            .toList();
    admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, limits))).all().get();
  }

  private String password() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
