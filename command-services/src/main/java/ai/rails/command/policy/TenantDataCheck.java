package ai.rails.command.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import ai.rails.domain.Refused;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

/// Checks a tenant's policy data against its published schema before it is signed.
final class TenantDataCheck {
  private static final int LIMIT = 4 << 20;

  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(
              new String(
                  PlatformPolicy.resource("/policies/schemas/tenant-data.v1.json"),
                  StandardCharsets.UTF_8));

  /// @return the data's canonical form
  /// @throws Refused with INVALID
  byte[] requireValid(byte[] data) {
    if (data.length > LIMIT) {
      throw new Refused(Refused.Code.INVALID, "policy data is longer than 4 MiB");
    }
    String canonical = canonical(data);
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(canonical)) {
      throw new Refused(Refused.Code.INVALID, "policy data must have ASCII characters only");
    }
    List<Error> errors = schema.validate(canonical, InputFormat.JSON);
    if (!errors.isEmpty()) {
      throw new Refused(
          Refused.Code.INVALID,
          "policy data at %s: %s"
              .formatted(errors.getFirst().getInstanceLocation(), errors.getFirst().getMessage()));
    }
    return canonical.getBytes(StandardCharsets.US_ASCII);
  }

  private static String canonical(byte[] data) {
    try {
      JsonNode tree = StrictJson.read(data);
      return CanonicalJson.text(tree);
    } catch (IOException | IllegalArgumentException e) {
      throw new Refused(Refused.Code.INVALID, "policy data must be one JSON object");
    }
  }
}
