package ai.rails.platform.evidence;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/// A signed statement in the form that Sigstore's tools read: bundle v0.3 with one DSSE signature
/// by a key that they are given. It has one way to be written, and is refused in any other.
///
/// @param payload the in-toto statement
/// @param signature ECDSA in DER over the payload's pre-authentication encoding
/// @param keyId names the key, proves nothing
@SuppressWarnings("ArrayRecordComponent") // bytes on their way; never compared
record SigstoreBundle(byte[] payload, byte[] signature, String keyId) {
  /// Largest, in bytes: a statement with as many subjects as it may have.
  static final int BYTES_MAX = 16 << 20;

  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  static SigstoreBundle sign(byte[] payload, EvidenceSigner signer) {
    return new SigstoreBundle(
        payload, signer.sign(Dsse.pae(Dsse.IN_TOTO, payload)), PublicKeys.id(signer.publicKey()));
  }

  byte[] json() {
    var envelope = new LinkedHashMap<String, Object>();
    envelope.put("payload", Base64.getEncoder().encodeToString(payload));
    envelope.put("payloadType", Dsse.IN_TOTO);
    var entry = new LinkedHashMap<String, Object>();
    entry.put("sig", Base64.getEncoder().encodeToString(signature));
    entry.put("keyid", keyId);
    envelope.put("signatures", List.of(entry));
    var material = new LinkedHashMap<String, Object>();
    material.put("publicKey", Map.of("hint", keyId));
    material.put("tlogEntries", List.of());
    var bundle = new LinkedHashMap<String, Object>();
    bundle.put("mediaType", MEDIA_TYPE);
    bundle.put("verificationMaterial", material);
    bundle.put("dsseEnvelope", envelope);
    return StrictJson.write(bundle);
  }

  /// @throws IllegalArgumentException saying what is wrong with the form
  static SigstoreBundle parse(byte[] json) {
    JsonNode bundle = StrictJson.read(json, BYTES_MAX);
    JsonNode envelope = bundle.path("dsseEnvelope");
    if (!bundle.path("mediaType").asText().equals(MEDIA_TYPE)) {
      throw new IllegalArgumentException("the media type is not " + MEDIA_TYPE);
    }
    if (!envelope.path("payloadType").asText().equals(Dsse.IN_TOTO)) {
      throw new IllegalArgumentException("the payload type is not " + Dsse.IN_TOTO);
    }
    JsonNode signatures = envelope.path("signatures");
    if (signatures.size() != 1) {
      throw new IllegalArgumentException(
          "there are %d DSSE signatures; a bundle has one".formatted(signatures.size()));
    }
    var parsed =
        new SigstoreBundle(
            Base64.getDecoder().decode(envelope.path("payload").asText()),
            Base64.getDecoder().decode(signatures.path(0).path("sig").asText()),
            signatures.path(0).path("keyid").asText());
    if (!Arrays.equals(parsed.json(), json)) {
      throw new IllegalArgumentException(
          "the document has members, an order or spaces that no such document has");
    }
    return parsed;
  }
}
