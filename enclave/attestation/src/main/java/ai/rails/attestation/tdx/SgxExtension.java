package ai.rails.attestation.tdx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Der;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.PckIdentity;

/// Intel's extension of PCK certificates: a sequence of pairs, looked up by object identifier since
/// their order is not fixed.
final class SgxExtension {
  private static final String OID = "1.2.840.113741.1.13.1";
  private static final int COMPONENTS = 16;

  private SgxExtension() {}

  static PckIdentity of(Certificate leaf) throws Malformed {
    Bytes extension = leaf.extension(OID).orElseThrow(() -> new Malformed("no SGX extension"));
    Map<String, Der> values = values(Der.of(extension));
    Map<String, Der> tcb = values(value(values, ".2"));
    Der instance = values.get(OID + ".6");
    return new PckIdentity(
        value(values, ".1").octets(16),
        value(values, ".4").octets(6),
        value(values, ".3").octets(2),
        components(tcb),
        value(tcb, ".2.17").number(0xFFFF),
        value(tcb, ".2.18").octets(16),
        value(values, ".5").number(2),
        instance == null ? Optional.empty() : Optional.of(instance.octets(16)),
        Certificate.commonName(leaf.issuer()),
        leaf.serial().toString(16),
        leaf.notBefore(),
        leaf.notAfter());
  }

  private static List<Integer> components(Map<String, Der> tcb) throws Malformed {
    List<Integer> versions = new ArrayList<>();
    for (int i = 1; i <= COMPONENTS; i++) {
      versions.add(value(tcb, ".2." + i).number(0xFF));
    }
    return versions;
  }

  private static Der value(Map<String, Der> values, String suffix) throws Malformed {
    Der value = values.get(OID + suffix);
    if (value == null) {
      throw new Malformed("the SGX extension lacks " + suffix);
    }
    return value;
  }

  private static Map<String, Der> values(Der sequence) throws Malformed {
    Map<String, Der> values = new HashMap<>();
    for (Der each : sequence.sequence()) {
      List<Der> pair = each.sequence();
      if (pair.size() != 2 || values.put(pair.getFirst().oid(), pair.getLast()) != null) {
        throw new Malformed("the SGX extension is no list of pairs, or names one twice");
      }
    }
    return values;
  }
}
