package ai.rails.attestation.snp;

import java.util.Optional;
import java.util.OptionalInt;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Der;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Claims.Endorsement;
import ai.rails.attestation.verdict.Claims.TcbParts;

/// AMD's extensions of VCEK and VLEK certificates.
final class EndorsementExtensions {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final int WIDE_ID = 64;
  private static final int NARROW_ID = 8;

  private EndorsementExtensions() {}

  static Endorsement of(Certificate key) throws Malformed {
    Optional<Bytes> firmwareManagement = key.extension(ARC + "3.9");
    Optional<Bytes> provider = key.extension(ARC + "5");
    return new Endorsement(
        number(key, "1"),
        Der.of(required(key, "2")).ascii(),
        new TcbParts(
            firmwareManagement.isPresent()
                ? OptionalInt.of(Der.of(firmwareManagement.get()).number(0xFF))
                : OptionalInt.empty(),
            number(key, "3.1"),
            number(key, "3.2"),
            number(key, "3.3"),
            number(key, "3.8")),
        hardwareId(key),
        provider.isPresent() ? Optional.of(Der.of(provider.get()).ascii()) : Optional.empty());
  }

  private static int number(Certificate key, String suffix) throws Malformed {
    return Der.of(required(key, suffix)).number(0xFF);
  }

  private static Bytes required(Certificate key, String suffix) throws Malformed {
    return key.extension(ARC + suffix)
        .orElseThrow(() -> new Malformed("the endorsement key lacks extension " + suffix));
  }

  /// The id stands there as it is, without a DER type of its own.
  private static Optional<Bytes> hardwareId(Certificate key) throws Malformed {
    Optional<Bytes> id = key.extension(ARC + "4");
    if (id.isPresent() && id.get().length() != WIDE_ID && id.get().length() != NARROW_ID) {
      throw new Malformed("a hardware id of %d bytes".formatted(id.get().length()));
    }
    return id;
  }
}
