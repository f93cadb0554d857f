package ai.rails.enclave.worker;

import ai.rails.platform.http.WorkerIdentity;

/// What this worker is bound to by its certificate; it works on nothing else.
record Ours(String tenant, String environment, String artifactDigest) {
  static Ours of(WorkerIdentity identity) {
    return new Ours(identity.tenant(), identity.environment(), identity.artifactDigest());
  }

  boolean is(String otherTenant, String otherEnvironment, String otherDigest) {
    return otherTenant.equals(tenant)
        && otherEnvironment.equals(environment)
        && otherDigest.equals(artifactDigest);
  }
}
