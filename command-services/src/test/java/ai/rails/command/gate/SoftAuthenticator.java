package ai.rails.command.gate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.webauthn4j.converter.AttestationObjectConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.attestation.AttestationObject;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.authenticator.EC2COSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.extension.authenticator.RegistrationExtensionAuthenticatorOutput;

import ai.rails.platform.http.Json;

/// A browser and its authenticator in memory. It does what it is told: also with the wrong origin,
/// for another relying party, without verifying its user, or with a counter that goes back.
final class SoftAuthenticator {
  static final String ORIGIN = "https://console.rails.test";
  private static final int PRESENT_AND_VERIFIED = 0x05;
  private static final int HAS_CREDENTIAL = 0x40;

  private final KeyPair keys;
  private final byte[] credential;
  String origin = ORIGIN;
  String relyingParty = "rails.test";
  int flags = PRESENT_AND_VERIFIED;
  int counter = 1;

  SoftAuthenticator(String name) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    this.keys = generator.generateKeyPair();
    this.credential = name.getBytes(StandardCharsets.UTF_8);
  }

  /// The body of a registration.
  String create(JsonNode options) throws Exception {
    var attested =
        new AttestedCredentialData(
            AAGUID.ZERO,
            credential,
            EC2COSEKey.create((ECPublicKey) keys.getPublic(), COSEAlgorithmIdentifier.ES256));
    var data =
        new AuthenticatorData<RegistrationExtensionAuthenticatorOutput>(
            sha256(relyingParty.getBytes(StandardCharsets.UTF_8)),
            (byte) (flags | HAS_CREDENTIAL),
            counter,
            attested);
    byte[] object =
        new AttestationObjectConverter(new ObjectConverter())
            .convertToBytes(new AttestationObject(data, new NoneAttestationStatement()));
    return text(
        Map.of(
            "challenge", options.path("id").asText(),
            "label", "test key",
            "attestationObject", Base64Url.of(object),
            "clientDataJson",
                Base64Url.of(client("webauthn.create", options.path("challenge").asText()))));
  }

  /// An assertion, as a member of a decision.
  String get(JsonNode challenge) throws Exception {
    byte[] client = client("webauthn.get", challenge.path("challenge").asText());
    byte[] data =
        ByteBuffer.allocate(37)
            .put(sha256(relyingParty.getBytes(StandardCharsets.UTF_8)))
            .put((byte) flags)
            .putInt(counter)
            .array();
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    signer.update(data);
    signer.update(sha256(client));
    return text(
        Map.of(
            "challenge", challenge.path("id").asText(),
            "credential", Base64Url.of(credential),
            "authenticatorData", Base64Url.of(data),
            "clientDataJson", Base64Url.of(client),
            "signature", Base64Url.of(signer.sign())));
  }

  private byte[] client(String type, String challenge) {
    return "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
        .formatted(type, challenge, origin)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Map<String, Object> json) {
    return new String(Json.write(new TreeMap<>(json)), StandardCharsets.UTF_8);
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
