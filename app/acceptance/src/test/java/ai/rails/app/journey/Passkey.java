package ai.rails.app.journey;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.http.Api;

/// A person's browser and authenticator: registers a passkey and signs approvals with it, over the
/// public API.
final class Passkey {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String PARTY = "localhost";
  private static final String ORIGIN = "http://localhost:8080";
  private static final int PRESENT_AND_VERIFIED = 0x05;
  private static final int HAS_CREDENTIAL = 0x40;
  private static final int COORDINATE_BYTES = 32;

  private final Triage triage;
  private final String person;
  private final byte[] credential;
  private final KeyPair keys;

  private Passkey(Triage triage, String person, KeyPair keys) {
    this.triage = triage;
    this.person = person;
    this.credential = ("key of " + person).getBytes(StandardCharsets.UTF_8);
    this.keys = keys;
  }

  /// A new one of a person, who has it registered.
  static Passkey registered(Triage triage, String person) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    var passkey = new Passkey(triage, person, generator.generateKeyPair());
    passkey.register();
    return passkey;
  }

  private void register() throws GeneralSecurityException {
    JsonNode options = api().post(token(), "/v1/passkey-challenges", Map.of()).ok();
    byte[] client = client("webauthn.create", options.path("challenge").asText());
    api()
        .post(
            token(),
            "/v1/passkeys",
            Map.of(
                "challenge", options.path("id").asText(),
                "attestationObject", BASE64.encodeToString(attestation()),
                "clientDataJson", BASE64.encodeToString(client)))
        .ok();
  }

  /// Approves the call of a gate with a signature over its digest.
  Api.Answer approve(JsonNode gate) throws GeneralSecurityException {
    String run = gate.path("run").asText();
    String name = gate.path("gate").asText();
    String digest = gate.path("callDigest").asText();
    JsonNode challenge =
        api()
            .post(
                token(),
                "/v1/gate-challenges",
                Map.of("items", List.of(Map.of("run", run, "gate", name, "callDigest", digest))))
            .ok();
    return api()
        .post(
            token(),
            "/v1/runs/%s/gates/%s/decisions".formatted(run, name),
            Map.of("verdict", "APPROVE", "callDigest", digest, "assertion", signed(challenge)));
  }

  /// @return position of the removal in the tenant's log
  long remove() {
    String id =
        api()
            .get(token(), "/access/v1/passkeys")
            .ok()
            .path("items")
            .path(0)
            .path("passkey")
            .asText();
    return api().delete(token(), "/v1/passkeys/" + id).ok().path("position").asLong();
  }

  private Map<String, String> signed(JsonNode challenge) throws GeneralSecurityException {
    byte[] client = client("webauthn.get", challenge.path("challenge").asText());
    byte[] data = data(PRESENT_AND_VERIFIED);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    signer.update(data);
    signer.update(sha256(client));
    return Map.of(
        "challenge", challenge.path("id").asText(),
        "credential", BASE64.encodeToString(credential),
        "authenticatorData", BASE64.encodeToString(data),
        "clientDataJson", BASE64.encodeToString(client),
        "signature", BASE64.encodeToString(signer.sign()));
  }

  private static byte[] client(String type, String challenge) {
    return "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
        .formatted(type, challenge, ORIGIN)
        .getBytes(StandardCharsets.UTF_8);
  }

  /// CBOR by hand: `{fmt: none, attStmt: {}, authData}` with the key as COSE has it.
  private byte[] attestation() throws GeneralSecurityException {
    var data = new ByteArrayOutputStream();
    data.writeBytes(data(PRESENT_AND_VERIFIED | HAS_CREDENTIAL));
    data.writeBytes(new byte[16]);
    data.write(0);
    data.write(credential.length);
    data.writeBytes(credential);
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    data.writeBytes(new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20});
    data.writeBytes(coordinate(key.getW().getAffineX().toByteArray()));
    data.writeBytes(new byte[] {0x22, 0x58, 0x20});
    data.writeBytes(coordinate(key.getW().getAffineY().toByteArray()));
    var object = new ByteArrayOutputStream();
    object.write(0xa3);
    text(object, "fmt");
    text(object, "none");
    text(object, "attStmt");
    object.write(0xa0);
    text(object, "authData");
    object.write(0x58);
    object.write(data.size());
    object.writeBytes(data.toByteArray());
    return object.toByteArray();
  }

  private static void text(ByteArrayOutputStream cbor, String word) {
    cbor.write(0x60 | word.length());
    cbor.writeBytes(word.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] coordinate(byte[] number) {
    byte[] whole = new byte[COORDINATE_BYTES];
    int bytes = Math.min(number.length, COORDINATE_BYTES);
    System.arraycopy(number, number.length - bytes, whole, COORDINATE_BYTES - bytes, bytes);
    return whole;
  }

  private static byte[] data(int flags) throws GeneralSecurityException {
    return ByteBuffer.allocate(37)
        .put(sha256(PARTY.getBytes(StandardCharsets.UTF_8)))
        .put((byte) flags)
        .putInt(0)
        .array();
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private Api api() {
    return triage.flagship().api();
  }

  private String token() {
    return triage.flagship().people().approver(triage.tenant(), person);
  }
}
