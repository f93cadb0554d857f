package ai.rails.platform.evidence;

import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.platform.timestamp.TimestampCheck;

/// Who stands for a bundle. Keys come from the auditor; where he gives none, the copies in the
/// bundle show at most that it agrees with itself, and the finding stays unknown. One thread.
final class TrustCheck {
  private static final String OWN = "the keys were taken from the bundle itself";

  private final Bundle bundle;
  private final Trust trust;
  private final Findings findings;

  TrustCheck(Bundle bundle, Trust trust, Findings findings) {
    this.bundle = bundle;
    this.trust = trust;
    this.findings = findings;
  }

  /// The statement's signature, verified with a trusted key if there is one.
  Optional<SigstoreBundle> signature() {
    Optional<SigstoreBundle> signed =
        findings.make(
            Check.SIGNATURE,
            () -> {
              SigstoreBundle found =
                  SigstoreBundle.parse(bundle.read(BagNames.SIGSTORE, SigstoreBundle.BYTES_MAX));
              verify(found);
              return found;
            });
    if (signed.isEmpty()) {
      findings.unknown(Check.SIGNER, "there is no valid signature");
      return signed;
    }
    String key = "ECDSA P-256 key " + signed.get().keyId();
    findings.pass(Check.SIGNATURE, "the statement is signed with " + key);
    if (trust.evidence().isEmpty()) {
      unknown(Check.SIGNER, "who signed: no evidence key was given");
    } else {
      findings.pass(Check.SIGNER, "a trusted key signed: " + key);
    }
    return signed;
  }

  private void verify(SigstoreBundle signed) {
    List<ECPublicKey> keys =
        trust.evidence().isEmpty() ? Trust.copies(bundle).evidence() : trust.evidence();
    ECPublicKey key =
        keys.stream()
            .filter(candidate -> PublicKeys.named(candidate, signed.keyId()))
            .findFirst()
            .orElseThrow(() ->
                new Refused(
                    BagNames.SIGSTORE,
                    "it is signed with key %s, which is not a trusted one"
                        .formatted(signed.keyId())));
    Refused.unless(
        PublicKeys.verifies(key, Dsse.pae(Dsse.IN_TOTO, signed.payload()), signed.signature()),
        BagNames.SIGSTORE,
        "the signature does not verify");
  }

  /// Who signed the checkpoint. @return when witnesses saw it, Unix seconds
  Optional<Long> log(Note note) {
    findings
        .make(
            Check.LOG,
            () -> {
              requireLogSigned(note, BagNames.CHECKPOINT);
              return Checkpoint.parse(note.text());
            })
        .ifPresent(checkpoint -> {
          if (logs().isEmpty()) {
            unknown(Check.LOG, "whose log it is: no key of a log was given");
          } else {
            findings.pass(
                Check.LOG,
                "%s signed at %d entries".formatted(checkpoint.origin(), checkpoint.size()));
          }
        });
    return witnesses(note);
  }

  /// @throws Refused if no trusted log, or without any the bundle's own, signed the note
  void requireLogSigned(Note note, String where) {
    String origin = Checkpoint.parse(note.text()).origin();
    List<VerifierKey> keys = logs().isEmpty() ? logs(Trust.copies(bundle)) : logs();
    List<VerifierKey> named = keys.stream().flatMap(key -> of(key, origin)).toList();
    Refused.unless(!named.isEmpty(), where, "no trusted key belongs to log " + origin);
    Refused.unless(
        named.stream().anyMatch(note::verified),
        where,
        "the log's trusted key did not sign the checkpoint");
  }

  /// A cell signs all its logs with one key, each under its own name: a key that is trusted for
  /// `ledger.<cell>` speaks for the logs whose names begin so.
  private static Stream<VerifierKey> of(VerifierKey key, String origin) {
    if (key.name().equals(origin)) {
      return Stream.of(key);
    }
    return origin.startsWith(key.name() + "/")
        ? Stream.of(new VerifierKey(origin, key.type(), key.publicKey()))
        : Stream.empty();
  }

  private Optional<Long> witnesses(Note note) {
    Optional<TlogPolicy> policy =
        trust.policy().or(() -> findings.make(Check.WITNESSES, this::ownPolicy));
    if (policy.isEmpty()) {
      return Optional.empty();
    }
    TlogPolicy.Judgement judgement = policy.get().judge(note);
    if (!judgement.quorum()) {
      findings.fail(
          Check.WITNESSES,
          BagNames.CHECKPOINT,
          "the policy's quorum is missing: cosigned by %s, of %s"
              .formatted(judgement.cosigned(), policy.get().witnesses().keySet()));
    } else if (trust.policy().isEmpty()) {
      unknown(Check.WITNESSES, "who witnessed: no policy was given");
    } else {
      findings.pass(Check.WITNESSES, "cosigned by " + judgement.cosigned());
      if (judgement.cosigned().isEmpty()) {
        findings.warn("the policy asks for no witness: a log that forks would not be noticed");
      }
    }
    return judgement.newest();
  }

  private TlogPolicy ownPolicy() {
    return Trust.copies(bundle)
        .policy()
        .orElseThrow(() -> new Refused(BagNames.TRUST_POLICY, "the file is missing"));
  }

  /// When authorities saw the checkpoint and the signature.
  void time(Statement statement, SigstoreBundle signed, Note note) {
    if (statement.stamps().isEmpty()) {
      findings.notVerified("the time, by a time stamp authority: the bundle has no time stamp");
      findings.pass(Check.TIME, "no time stamps; the witnesses' times stand alone");
      return;
    }
    findings
        .make(
            Check.TIME,
            () -> {
              Refused.unless(
                  statement
                      .stamps()
                      .equals(List.of(BagNames.CHECKPOINT_STAMP, BagNames.EVIDENCE_STAMP)),
                  BagNames.SIGSTORE,
                  "the statement names time stamps that no bundle has");
              TimestampCheck.Stamp seen = stamp(BagNames.CHECKPOINT_STAMP, note.bytes());
              TimestampCheck.Stamp sealed = stamp(BagNames.EVIDENCE_STAMP, signed.signature());
              return "checkpoint by %s, signature by %s, says %s"
                  .formatted(seen.time(), sealed.time(), sealed.authority());
            })
        .ifPresent(detail -> {
          if (trust.stampRoots().isEmpty()) {
            unknown(Check.TIME, "the time: no root of a time stamp authority was given");
          } else {
            findings.pass(Check.TIME, detail);
            findings.notVerified("whether the authority's certificate was revoked");
          }
        });
  }

  private TimestampCheck.Stamp stamp(String path, byte[] data) {
    List<X509Certificate> roots =
        trust.stampRoots().isEmpty()
            ? Trust.copies(bundle).stampRoots().stream()
                .filter(each -> each.getBasicConstraints() >= 0)
                .toList()
            : trust.stampRoots();
    try {
      return TimestampCheck.verify(bundle.read(path, TimestampCheck.BYTES_MAX), data, roots);
    } catch (IllegalArgumentException e) {
      throw new Refused(path, String.valueOf(e.getMessage()));
    }
  }

  private List<VerifierKey> logs() {
    return logs(trust);
  }

  private static List<VerifierKey> logs(Trust trust) {
    Stream<VerifierKey> named =
        trust.policy().stream().flatMap(p -> p.logs().stream()).map(TlogPolicy.Party::key);
    return new ArrayList<>(Stream.concat(trust.logs().stream(), named).toList());
  }

  private void unknown(Check check, String what) {
    findings.unknown(check, OWN);
    findings.notVerified("%s; %s".formatted(what, OWN));
  }
}
