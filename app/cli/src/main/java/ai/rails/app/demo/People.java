package ai.rails.app.demo;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Set;

import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.Role;

/// The demo's people and services, with development tokens.
public final class People {
  /// Opaque ids; nobody's names.
  public static final String ADMIN = "p-admin";

  /// Without whom nothing that takes two administrators could be seen.
  public static final String SECOND_ADMIN = "p-admin-2";

  public static final String BUILDER = "p-builder";
  public static final String OPERATOR = "p-operator";
  public static final String APPROVER = "p-approver-1";
  public static final String SECOND_APPROVER = "p-approver-2";
  public static final String AUDITOR = "p-auditor";

  private static final Duration LIFETIME = Duration.ofHours(1);

  private final DevelopmentIssuer issuer;

  public People(DevelopmentIssuer issuer) {
    this.issuer = issuer;
  }

  public String platform() {
    return token("platform", "p-platform", Role.PLATFORM);
  }

  public String service(String tenant) {
    return token(tenant, "svc-provisioner", Role.SERVICE);
  }

  public String admin(String tenant) {
    return token(tenant, ADMIN, Role.ADMIN);
  }

  /// Accepts what the first administrator drew up.
  public String secondAdmin(String tenant) {
    return token(tenant, SECOND_ADMIN, Role.ADMIN);
  }

  public String builder(String tenant) {
    return token(tenant, BUILDER, Role.BUILDER);
  }

  public String operator(String tenant) {
    return token(tenant, OPERATOR, Role.OPERATOR);
  }

  public String approver(String tenant, String subject) {
    return token(tenant, subject, Role.APPROVER);
  }

  private String token(String tenant, String subject, Role role) {
    try {
      return issuer.issue(tenant, subject, Set.of(role), LIFETIME);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the development issuer can not sign", e);
    }
  }
}
