package ai.rails.app.conformance;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.conformance.Case.Expectation;
import ai.rails.app.conformance.Case.Outcome;
import ai.rails.platform.evidence.Dsse;

/// DSSE: the pre-authentication encoding, and ECDSA P-256 signatures over it. Objects with
/// `payload`, `payloadType` and `pae`, with or without a key (`X`, `Y`) and a `sig`.
final class DsseSuite implements Suite {
  private static final int RAW_BYTES = 64;

  @Override
  public String name() {
    return "dsse";
  }

  @Override
  public String about() {
    return "pre-authentication encoding and signatures (secure-systems-lab/dsse)";
  }

  @Override
  public Stream<Case> cases(Path directory) throws IOException {
    return Vectors.objects(directory)
        .filter(vector -> vector.object().has("payload") && vector.object().has("payloadType"))
        .flatMap(vector -> cases(vector).stream());
  }

  private static List<Case> cases(Vectors.Named vector) {
    JsonNode object = vector.object();
    var cases = new ArrayList<Case>();
    if (object.has("pae")) {
      cases.add(
          new Case(
              vector.name() + ": PAE",
              good(object),
              () ->
                  Outcome.of(
                      new String(pae(object, ""), StandardCharsets.UTF_8)
                          .equals(object.get("pae").asText()),
                      "other bytes")));
    }
    object
        .properties()
        .forEach(member -> {
          JsonNode signed = member.getValue();
          if (signed.has("X") && signed.has("Y") && signed.has("sig")) {
            String name = vector.name() + ": " + member.getKey();
            cases.add(signature(name, good(object), object, signed, "", 0));
            cases.add(
                signature(
                    name + " of another payload", Expectation.REJECT, object, signed, "!", 0));
            cases.add(
                signature(name + " with a flipped bit", Expectation.REJECT, object, signed, "", 1));
          }
        });
    return cases;
  }

  private static Expectation good(JsonNode object) {
    boolean bad = object.path("wantErr").asBoolean(false) || !object.path("ok").asBoolean(true);
    return bad ? Expectation.REJECT : Expectation.ACCEPT;
  }

  private static Case signature(
      String name, Expectation expect, JsonNode object, JsonNode signed, String more, int flip) {
    return new Case(
        name,
        expect,
        () -> {
          byte[] signature = Base64.getDecoder().decode(signed.get("sig").asText());
          signature[signature.length - 1] ^= (byte) flip;
          return Outcome.of(
              verifies(key(signed), pae(object, more), signature), "the signature does not verify");
        });
  }

  private static byte[] pae(JsonNode object, String more) {
    byte[] payload = (object.get("payload").asText() + more).getBytes(StandardCharsets.UTF_8);
    return Dsse.pae(object.get("payloadType").asText(), payload);
  }

  private static PublicKey key(JsonNode signed) throws GeneralSecurityException {
    AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp256r1"));
    return KeyFactory.getInstance("EC")
        .generatePublic(
            new ECPublicKeySpec(
                new ECPoint(
                    new BigInteger(signed.get("X").asText()),
                    new BigInteger(signed.get("Y").asText())),
                curve.getParameterSpec(ECParameterSpec.class)));
  }

  /// Signatures are two numbers of 32 bytes, or their DER.
  private static boolean verifies(PublicKey key, byte[] message, byte[] signature) {
    try {
      Signature verification =
          Signature.getInstance(
              signature.length == RAW_BYTES ? "SHA256withECDSAinP1363Format" : "SHA256withECDSA");
      verification.initVerify(key);
      verification.update(message);
      return verification.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
