package ai.rails.attestation.snp;

import java.util.Arrays;
import java.util.Optional;

/// A line of AMD processors with a root of its own. Steppings are ignored: AMD's own names of them
/// disagree.
enum Product {
  MILAN("Milan"),
  GENOA("Genoa"),
  TURIN("Turin");

  private static final int ZEN_3_AND_4 = 0x19;
  private static final int ZEN_5 = 0x1A;

  private final String label;

  Product(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /// From version 3 on, a report says which processor made it.
  static Optional<Product> of(int family, int model) {
    return switch (family) {
      case ZEN_3_AND_4 ->
          switch (model >> 4) {
            case 0x0 -> Optional.of(MILAN);
            case 0x1, 0xA -> Optional.of(GENOA);
            default -> Optional.empty();
          };
      case ZEN_5 -> Optional.of(TURIN);
      default -> Optional.empty();
    };
  }

  /// By the end of a certificate's name, such as `SEV-VLEK-Milan`.
  static Optional<Product> of(String commonName) {
    return Arrays.stream(values())
        .filter(each -> commonName.endsWith("-" + each.label))
        .findFirst();
  }

  String rootName() {
    return "ARK-" + label;
  }
}
