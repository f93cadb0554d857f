package ai.rails.app.gate;

import java.security.GeneralSecurityException;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.http.Declined;
import ai.rails.app.verb.Client;
import ai.rails.platform.keys.HpkeKeyPair;

/// Seals what a person says of a gate to the key of the run's workflow version: the control plane
/// stores it and can not read it.
final class SealedFor {
  private SealedFor() {}

  /// A text of the gate's thread.
  static String comment(Client client, Inbox.Found found, byte[] text) {
    return sealed(
        client,
        found,
        text,
        "airails|1|comment|%s|%s|%s"
            .formatted(
                client.tenant(),
                found.run().path("run").asText(),
                found.gate().path("gate").asText()));
  }

  /// @param info what it is bound to
  /// @return base64
  static String sealed(Client client, Inbox.Found found, byte[] plain, String info) {
    JsonNode artifact =
        client.get("/v1/artifacts/" + Client.encoded(found.run().path("artifactDigest").asText()));
    byte[] key = Base64.getDecoder().decode(artifact.path("ingestPublicKey").asText());
    try {
      return Base64.getEncoder().encodeToString(HpkeKeyPair.seal(key, plain, info));
    } catch (GeneralSecurityException e) {
      throw new Declined("the version's key is none that can be sealed to");
    }
  }
}
