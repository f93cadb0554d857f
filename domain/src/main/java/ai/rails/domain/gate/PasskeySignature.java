package ai.rails.domain.gate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a passkey signed when its owner approved calls: enough to judge the approval years later
/// without a server, a network or a CBOR parser.
///
/// The challenge is no random number but the SHA-256 of what is approved, by whom, and of a nonce
/// that makes it single use: so the assertion says yes to exactly these calls. Client data is
/// compared with the one serialization that WebAuthn level 2 fixes (5.8.1.2), so that no parser can
/// be talked into another reading. Whose key it is must be known from elsewhere.
///
/// @param credential the credential's id, base64url
/// @param publicKey SubjectPublicKeyInfo, base64url: P-256 or Ed25519
/// @param relyingParty for example `rails.example.com`
/// @param origin that the browser saw
/// @param nonce 32 bytes, base64url
/// @param digests of the calls that were approved with it, in the order shown
/// @param authenticatorData base64url
/// @param clientData base64url of its JSON
/// @param signature base64url
public record PasskeySignature(
    String credential,
    String publicKey,
    String relyingParty,
    String origin,
    String nonce,
    List<String> digests,
    String authenticatorData,
    String clientData,
    String signature) {
  /// Most calls that one signature approves.
  public static final int MAX_DIGESTS = 20;

  private static final int RELYING_PARTY_HASH = 32;
  private static final int LEAST_AUTHENTICATOR_DATA = 37;
  private static final int USER_PRESENT = 0x01;
  private static final int USER_VERIFIED = 0x04;
  private static final Pattern ORIGIN =
      Pattern.compile("(https?)://([a-z0-9.-]{1,253})(?::[0-9]{1,5})?");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  public PasskeySignature {
    digests = List.copyOf(digests);
  }

  /// What a passkey is asked to sign.
  ///
  /// @param approver who approves, not whose say it is
  public static byte[] challenge(
      String tenant, String approver, String nonce, List<String> digests) {
    String text =
        "airails/approval/1\nAPPROVE\n%s\n%s\n%s\n%s\n"
            .formatted(tenant, approver, nonce, String.join("\n", digests));
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What is wrong with this as the signature of `approver` over the call of `digest`; empty if
  /// nothing is.
  ///
  /// @return for example `DIGEST_NOT_SIGNED`
  public Optional<String> fault(String tenant, String approver, String digest) {
    boolean listed =
        digests.contains(digest)
            && digests.size() <= MAX_DIGESTS
            && new HashSet<>(digests).size() == digests.size();
    if (!listed) {
      return Optional.of("DIGEST_NOT_SIGNED");
    }
    try {
      return fault(challenge(tenant, approver, nonce, digests));
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      return Optional.of("SIGNATURE_MALFORMED");
    }
  }

  private Optional<String> fault(byte[] challenge) throws GeneralSecurityException {
    byte[] client = decoded(clientData);
    byte[] data = decoded(authenticatorData);
    if (!clientDataFits(new String(client, StandardCharsets.UTF_8), challenge)) {
      return Optional.of("CHALLENGE_DIFFERS");
    }
    if (!originFits()) {
      return Optional.of("ORIGIN_DIFFERS");
    }
    if (data.length < LEAST_AUTHENTICATOR_DATA
        || !Arrays.equals(
            Arrays.copyOf(data, RELYING_PARTY_HASH),
            sha256(relyingParty.getBytes(StandardCharsets.UTF_8)))) {
      return Optional.of("RELYING_PARTY_DIFFERS");
    }
    int flags = data[RELYING_PARTY_HASH];
    if ((flags & USER_PRESENT) == 0 || (flags & USER_VERIFIED) == 0) {
      return Optional.of("USER_NOT_VERIFIED");
    }
    return signed(data, client) ? Optional.empty() : Optional.of("SIGNATURE_INVALID");
  }

  private boolean clientDataFits(String json, byte[] challenge) {
    String fixed =
        "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false"
            .formatted(BASE64.encodeToString(challenge), origin);
    return json.startsWith(fixed)
        && (json.equals(fixed + "}") || (json.startsWith(fixed + ",") && json.endsWith("}")));
  }

  /// An origin is of a relying party if its host is the party's or ends in it. Only a machine
  /// itself may be reached without TLS.
  private boolean originFits() {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      return false;
    }
    String host = parts.group(2);
    boolean ours = host.equals(relyingParty) || host.endsWith("." + relyingParty);
    return ours && (parts.group(1).equals("https") || host.equals("localhost"));
  }

  private boolean signed(byte[] data, byte[] client) throws GeneralSecurityException {
    byte[] spki = decoded(publicKey);
    PublicKey key = key(spki);
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "Ed25519";
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(data);
    verifier.update(sha256(client));
    return verifier.verify(decoded(signature));
  }

  /// Only the two curves that we register are taken, told by the length of their encodings.
  private static PublicKey key(byte[] spki) throws GeneralSecurityException {
    String algorithm =
        switch (spki.length) {
          case 91 -> "EC";
          case 44 -> "Ed25519";
          default -> throw new GeneralSecurityException("a passkey's key is P-256 or Ed25519");
        };
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
  }

  private static byte[] decoded(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
