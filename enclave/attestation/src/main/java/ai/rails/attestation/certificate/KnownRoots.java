package ai.rails.attestation.certificate;

import java.util.Set;

import ai.rails.attestation.verdict.TrustDomain;

/// The fingerprints of the vendors' roots. They decide what a verdict calls production, whatever
/// roots are configured.
public final class KnownRoots {
  /// SHA-256 of the certificates: Intel SGX Root CA; ARK-Milan, ARK-Genoa, ARK-Turin.
  private static final Set<String> VENDORS =
      Set.of(
          "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
          "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
          "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
          "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a");

  private KnownRoots() {}

  public static TrustDomain domainOf(Certificate root) {
    return VENDORS.contains(root.sha256().hex()) ? TrustDomain.PRODUCTION : TrustDomain.DEVELOPMENT;
  }
}
