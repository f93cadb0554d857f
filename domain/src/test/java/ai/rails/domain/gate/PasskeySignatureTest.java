package ai.rails.domain.gate;

import java.util.Base64;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PasskeySignatureTest {
  private static final String CALL = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final String NONCE = "n".repeat(43);

  private final SoftPasskey passkey = SoftPasskey.of("secp256r1");

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "Ed25519"})
  void approvesEachCallOfItsListAndNoOther(String curve) {
    PasskeySignature signature =
        SoftPasskey.of(curve).approve("t1", "dana", NONCE, List.of(CALL, OTHER));

    assertThat(signature.fault("t1", "dana", CALL)).isEmpty();
    assertThat(signature.fault("t1", "dana", OTHER)).isEmpty();
    assertThat(signature.fault("t1", "dana", "c".repeat(64))).contains("DIGEST_NOT_SIGNED");
  }

  @Test
  void isOfNobodyElseAndOfNoOtherTenant() {
    PasskeySignature signature = passkey.approve("t1", "dana", NONCE, List.of(CALL));

    assertThat(signature.fault("t1", "omar", CALL)).contains("CHALLENGE_DIFFERS");
    assertThat(signature.fault("t2", "dana", CALL)).contains("CHALLENGE_DIFFERS");
  }

  @Test
  void aDigestCanNotBePutIntoASignedList() {
    PasskeySignature one = passkey.approve("t1", "dana", NONCE, List.of(CALL));
    PasskeySignature forged = with(one, NONCE, List.of(CALL, OTHER));

    assertThat(forged.fault("t1", "dana", OTHER)).contains("CHALLENGE_DIFFERS");
    assertThat(with(one, "m".repeat(43), List.of(CALL)).fault("t1", "dana", CALL))
        .contains("CHALLENGE_DIFFERS");
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.test, ORIGIN_DIFFERS",
    "https://evilrails.test, ORIGIN_DIFFERS",
    "https://rails.test.evil.test, ORIGIN_DIFFERS",
    "https://evil.test#.rails.test, ORIGIN_DIFFERS",
    "https://evil.test/.rails.test, ORIGIN_DIFFERS",
    "http://console.rails.test, ORIGIN_DIFFERS",
    "https://rails.test,",
    "https://console.rails.test:8443,"
  })
  void theOriginIsOfTheRelyingParty(String origin, String fault) {
    PasskeySignature signature = passkey.at(origin).approve("t1", "dana", NONCE, List.of(CALL));

    assertThat(signature.fault("t1", "dana", CALL).orElse(null)).isEqualTo(fault);
  }

  @ParameterizedTest
  @CsvSource({"0, USER_NOT_VERIFIED", "1, USER_NOT_VERIFIED", "4, USER_NOT_VERIFIED", "5,"})
  void theUserWasThereAndVerified(int flags, String fault) {
    PasskeySignature signature =
        passkey.of("rails.test", flags).approve("t1", "dana", NONCE, List.of(CALL));

    assertThat(signature.fault("t1", "dana", CALL).orElse(null)).isEqualTo(fault);
  }

  @Test
  void anAssertionForAnotherRelyingPartyIsRefused() {
    PasskeySignature other = passkey.of("evil.test", 5).approve("t1", "dana", NONCE, List.of(CALL));
    PasskeySignature renamed =
        new PasskeySignature(
            other.credential(),
            other.publicKey(),
            "rails.test",
            other.origin(),
            other.nonce(),
            other.digests(),
            other.authenticatorData(),
            other.clientData(),
            other.signature());

    assertThat(renamed.fault("t1", "dana", CALL)).contains("RELYING_PARTY_DIFFERS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"webauthn.create\",\"challenge\":\"%1$s\",\"origin\":\"%2$s\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"%1$s\",\"origin\":\"%2$s\",\"crossOrigin\":true}",
        "{\"x\":1,\"type\":\"webauthn.get\",\"challenge\":\"%1$s\",\"origin\":\"%2$s\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"other\",\"origin\":\"%2$s\",\"crossOrigin\":false,\"challenge\":\"%1$s\"}"
      })
  void clientDataHasOneReading(String template) {
    byte[] challenge = PasskeySignature.challenge("t1", "dana", NONCE, List.of(CALL));
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(challenge);

    PasskeySignature signature =
        passkey.signed(template.formatted(text, passkey.origin()), NONCE, List.of(CALL));

    assertThat(signature.fault("t1", "dana", CALL)).contains("CHALLENGE_DIFFERS");
  }

  @Test
  void everyChangedBitOfWhatWasSignedIsNoticed() {
    PasskeySignature good = passkey.approve("t1", "dana", NONCE, List.of(CALL));
    PasskeySignature foreign =
        SoftPasskey.of("secp256r1").approve("t1", "dana", NONCE, List.of(CALL));

    assertThat(keyed(good, foreign.publicKey()).fault("t1", "dana", CALL))
        .contains("SIGNATURE_INVALID");
    assertThat(keyed(good, "AAAA").fault("t1", "dana", CALL)).contains("SIGNATURE_MALFORMED");
    byte[] data = Base64.getUrlDecoder().decode(good.authenticatorData());
    for (int i = 0; i < data.length; i++) {
      byte[] changed = data.clone();
      changed[i] ^= 0x10;
      assertThat(withData(good, changed).fault("t1", "dana", CALL)).as("byte %s", i).isPresent();
    }
  }

  @Test
  void aListIsBoundedAndNamesNothingTwice() {
    List<String> many = Collections.nCopies(21, CALL);

    assertThat(passkey.approve("t1", "dana", NONCE, many).fault("t1", "dana", CALL))
        .contains("DIGEST_NOT_SIGNED");
    assertThat(passkey.approve("t1", "dana", NONCE, List.of(CALL, CALL)).fault("t1", "dana", CALL))
        .contains("DIGEST_NOT_SIGNED");
  }

  private static PasskeySignature with(PasskeySignature s, String nonce, List<String> digests) {
    return new PasskeySignature(
        s.credential(),
        s.publicKey(),
        s.relyingParty(),
        s.origin(),
        nonce,
        digests,
        s.authenticatorData(),
        s.clientData(),
        s.signature());
  }

  private static PasskeySignature keyed(PasskeySignature s, String key) {
    return new PasskeySignature(
        s.credential(),
        key,
        s.relyingParty(),
        s.origin(),
        s.nonce(),
        s.digests(),
        s.authenticatorData(),
        s.clientData(),
        s.signature());
  }

  private static PasskeySignature withData(PasskeySignature s, byte[] data) {
    return new PasskeySignature(
        s.credential(),
        s.publicKey(),
        s.relyingParty(),
        s.origin(),
        s.nonce(),
        s.digests(),
        Base64.getUrlEncoder().withoutPadding().encodeToString(data),
        s.clientData(),
        s.signature());
  }
}
