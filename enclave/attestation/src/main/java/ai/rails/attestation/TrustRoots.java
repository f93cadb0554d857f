package ai.rails.attestation;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.certificate.KnownRoots;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.TrustDomain;

/// The roots that verdicts rest on. Choose them by what a process is built for, never by a switch
/// at run time, and never from what comes with evidence.
public final class TrustRoots {
  private static final List<String> VENDORS =
      List.of("intel-sgx-root.der", "ark-milan.der", "ark-genoa.der", "ark-turin.der");

  private final List<Certificate> intel;
  private final List<Certificate> amd;

  private TrustRoots(List<Certificate> roots) {
    Predicate<Certificate> isAmd = root -> root.commonName().startsWith("ARK-");
    this.amd = roots.stream().filter(isAmd).toList();
    this.intel = roots.stream().filter(isAmd.negate()).toList();
  }

  /// Exactly these; AMD's are told by their name.
  ///
  /// @param roots DER each
  /// @throws Malformed when one of them is no certificate of a CA
  public static TrustRoots of(List<Bytes> roots) throws Malformed {
    List<Certificate> certificates = new ArrayList<>();
    for (Bytes each : roots) {
      Certificate root = Certificate.of(each);
      if (!root.isCa()) {
        throw new Malformed("not a CA: " + root.commonName());
      }
      certificates.add(root);
    }
    return new TrustRoots(certificates);
  }

  /// The roots of Intel and AMD, which come with this library; their fingerprints are checked.
  public static TrustRoots vendors() {
    List<Certificate> certificates = new ArrayList<>();
    for (String each : VENDORS) {
      Certificate root = resource(each);
      if (KnownRoots.domainOf(root) != TrustDomain.PRODUCTION) {
        throw new IllegalStateException(each + " is not the vendor's root: the library is damaged");
      }
      certificates.add(root);
    }
    return new TrustRoots(certificates);
  }

  /// Whether every root is a vendor's: what a production process demands at its start.
  public boolean areVendors() {
    return domain(intel) && domain(amd);
  }

  List<Certificate> intel() {
    return intel;
  }

  List<Certificate> amd() {
    return amd;
  }

  private static boolean domain(List<Certificate> roots) {
    return roots.stream().allMatch(root -> KnownRoots.domainOf(root) == TrustDomain.PRODUCTION);
  }

  private static Certificate resource(String name) {
    try (InputStream file = TrustRoots.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException(name + " is missing: the library is damaged");
      }
      return Certificate.of(Bytes.copyOf(file.readAllBytes()));
    } catch (IOException | Malformed e) {
      throw new IllegalStateException(name + " can not be read: the library is damaged", e);
    }
  }
}
