package ai.rails.platform.evidence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.Actor;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;

import static org.assertj.core.api.Assertions.assertThat;

/// Signed approvals in bundles whose log, statement and hashes are all genuine: what a control
/// plane could write that has no passkey of its approvers.
class PasskeyBundleTest {
  private static final String CALL = "sha256:" + "a".repeat(64);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  @TempDir private Path scratch;

  private Verdict verdict(String digestSigned, String signer, boolean signed) throws Exception {
    String run = SyntheticLog.run(1);
    SyntheticLog log = new SyntheticLog().begin(1);
    log.append(
        Optional.of(run),
        new Actor(Actor.Kind.SERVICE, "engine"),
        new HumanGateRequested(
            run,
            "ask",
            "write",
            "c1",
            CALL,
            List.of(),
            Map.of(),
            "approver",
            1,
            "rita",
            "dana",
            Instant.ofEpochMilli(SyntheticLog.START + 9_000_000),
            true,
            List.of(),
            List.of()));
    log.append(
        Optional.of(run),
        new Actor(Actor.Kind.USER, "omar"),
        new HumanGateDecisioned(
            run,
            "ask",
            ai.rails.domain.run.RunEvent.Verdict.APPROVE,
            "omar",
            "API",
            CALL,
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            signed ? Optional.of(signature(signer, digestSigned)) : Optional.empty(),
            Optional.empty()));
    log.end(1);
    Bench bench = Bench.over(log, scratch);
    return bench.verify(bench.write(log.ofRun(1)), bench.trust());
  }

  private static PasskeySignature signature(String approver, String digest) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    byte[] challenge = PasskeySignature.challenge("acme", approver, "nonce", List.of(digest));
    byte[] client =
        "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
            .formatted(BASE64.encodeToString(challenge), "https://rails.test")
            .getBytes(StandardCharsets.UTF_8);
    byte[] data =
        ByteBuffer.allocate(37)
            .put(sha256("rails.test".getBytes(StandardCharsets.UTF_8)))
            .put((byte) 5)
            .putInt(1)
            .array();
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    signer.update(data);
    signer.update(sha256(client));
    return new PasskeySignature(
        "Y3JlZGVudGlhbA",
        BASE64.encodeToString(keys.getPublic().getEncoded()),
        "rails.test",
        "https://rails.test",
        "nonce",
        List.of(digest),
        BASE64.encodeToString(data),
        BASE64.encodeToString(client),
        BASE64.encodeToString(signer.sign()));
  }

  private static byte[] sha256(byte[] bytes) {
    return HexFormat.of().parseHex(Sha256.hex(bytes));
  }

  @Test
  void aSignedApprovalIsCheckedOfflineOverItsCall() throws Exception {
    Verdict verdict = verdict(CALL, "omar", true);

    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.checks())
        .filteredOn(finding -> finding.check() == Check.PASSKEYS)
        .singleElement()
        .satisfies(finding -> assertThat(finding.outcome()).isEqualTo(Verdict.Outcome.PASS));
  }

  @Test
  void anApprovalOfAnotherCallOrPersonOrNoneFailsTheBundle() throws Exception {
    String other = "sha256:" + "b".repeat(64);

    assertThat(verdict(other, "omar", true).failures())
        .anySatisfy(f -> assertThat(f.reason()).contains("DIGEST_NOT_SIGNED"));
    assertThat(verdict(CALL, "mia", true).failures())
        .anySatisfy(f -> assertThat(f.reason()).contains("CHALLENGE_DIFFERS"));
    assertThat(verdict(CALL, "omar", false).failures())
        .anySatisfy(f -> assertThat(f.reason()).contains("takes signed approvals"));
  }
}
