package ai.rails.command.key;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.Guest;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.TcbStanding;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.TrustDomain;
import ai.rails.attestation.verdict.Verdict;
import ai.rails.command.collateral.CollateralSource;
import ai.rails.command.collateral.CollateralUnavailable;
import ai.rails.domain.worker.AttestedEvidence;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.AttestedKey;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;

/// Judges a worker's evidence: genuine, about exactly this request, and from a guest that was
/// launched for this tenant and workflow version. What is good enough to get keys is policy.
/// Thread-safe.
///
/// @param gpus judges GPUs
/// @param audience names this service in what evidence is bound to
public record EvidenceCheck(
    TrustRoots roots, CollateralSource collateral, GpuEvidence gpus, String audience) {
  static final String BINDING = "REPORT_DATA_MISMATCH";
  static final String LAUNCHED_FOR_ANOTHER = "LAUNCHED_FOR_ANOTHER";
  static final String NO_COLLATERAL = "COLLATERAL_UNAVAILABLE";

  private static final int EVIDENCE_BYTES_MAX = 64 << 10;
  private static final int RUNTIME_MAX = 64;
  private static final int NONCE_BYTES = 32;

  /// What came of it.
  sealed interface Outcome {
    String evidenceSha256();
  }

  /// Genuine evidence of this worker for this request.
  ///
  /// @param kind as policy names it: `TDX`, `SEV_SNP`, `SIMULATOR`
  /// @param verdict `VERIFIED`, or `SIMULATED`
  /// @param parts of the collateral, base64
  /// @param gpu what its GPU proved
  /// @param outlook what Intel will soon say of the platform, where that is worse
  record Proved(
      String kind,
      String verdict,
      String measurement,
      String evidenceSha256,
      AttestedEvidence evidence,
      List<String> parts,
      GpuEvidence.Standing gpu,
      Optional<Outlook> outlook,
      Verdict.Accepted accepted)
      implements Outcome {}

  /// Evidence that proves nothing about this worker.
  ///
  /// @param code the verifier's reason, or what did not fit the request
  /// @param detail a sentence for the operator's log
  record Unproved(String code, String detail, String evidenceSha256, Optional<String> measurement)
      implements Outcome {}

  /// @param tlsKeySha256 of the key that the worker showed in TLS, lower-case hex
  /// @throws Problem with 422 if the request is malformed
  Outcome check(WorkerIdentity worker, String tlsKeySha256, ReleaseRequest asked, Instant at) {
    Evidence evidence = evidence(asked);
    Collateral judgedWith;
    try {
      judgedWith = collateral.of(evidence, asked.certificates().map(EvidenceCheck::certificates));
    } catch (CollateralUnavailable e) {
      return Verifier.signatures(evidence, roots)
          .<Outcome>map(EvidenceCheck::rejected)
          .orElseGet(() ->
              new Unproved(
                  NO_COLLATERAL,
                  String.valueOf(e.getMessage()),
                  evidence.content().sha256().hex(),
                  Optional.empty()));
    }
    return switch (Verifier.verify(evidence, judgedWith, roots, at)) {
      case Verdict.Rejected no -> rejected(no);
      case Verdict.Accepted yes ->
          about(worker, tlsKeySha256, asked, at, evidence, judgedWith, yes);
    };
  }

  private Outcome about(
      WorkerIdentity worker,
      String tlsKeySha256,
      ReleaseRequest asked,
      Instant at,
      Evidence shown,
      Collateral judgedWith,
      Verdict.Accepted yes) {
    Guest guest = Guest.of(yes.claims());
    AttestedEvidence evidence = evidence(worker, tlsKeySha256, asked, at, shown, yes, guest);
    String code = "";
    if (!isBound(binding(worker, tlsKeySha256, asked), yes.claims())) {
      code = BINDING;
    } else if (!guest.isLaunchedFor(
        worker.tenant(), worker.environment(), worker.artifactDigest())) {
      code = LAUNCHED_FOR_ANOTHER;
    }
    if (!code.isEmpty()) {
      return new Unproved(
          code,
          "genuine evidence, but of another request, worker or workflow version",
          yes.evidenceSha256().hex(),
          Optional.of(guest.image()));
    }
    boolean vendors = yes.domain() == TrustDomain.PRODUCTION;
    return new Proved(
        vendors ? yes.tee().name() : "SIMULATOR",
        vendors ? "VERIFIED" : "SIMULATED",
        guest.image(),
        yes.evidenceSha256().hex(),
        evidence,
        judgedWith.parts().stream().map(EvidenceCheck::base64).toList(),
        gpus.judge(
            asked
                .gpuEvidence()
                .map(text -> Bytes.copyOf(bytes("gpuEvidence", text, EVIDENCE_BYTES_MAX))),
            Bytes.copyOf(bytes("nonce", asked.nonce(), NONCE_BYTES)),
            at),
        outlook(shown, at, yes),
        yes);
  }

  /// The same evidence by the set that will be standard next: a platform that is current by the one
  /// and not by the other has the time between them to be updated.
  private Optional<Outlook> outlook(Evidence shown, Instant at, Verdict.Accepted yes) {
    Optional<TcbStanding> now = yes.tcb();
    if (now.isEmpty()) {
      return Optional.empty();
    }
    return collateral
        .early(shown)
        .map(early -> Verifier.verify(shown, early, roots, at))
        .flatMap(verdict -> Outlook.of(now.get(), verdict));
  }

  /// What is coming for a platform, judged by nothing but its evidence.
  Optional<Outlook> outlook(Evidence shown, Instant at) throws CollateralUnavailable {
    return Verifier.verify(shown, collateral.of(shown, Optional.empty()), roots, at)
            instanceof Verdict.Accepted yes
        ? outlook(shown, at, yes)
        : Optional.empty();
  }

  private static Unproved rejected(Verdict.Rejected no) {
    return new Unproved(
        no.reason().name(),
        no.detail(),
        no.evidenceSha256().hex(),
        no.unproven().map(claims -> Guest.of(claims).image()));
  }

  /// Compared in constant time, over everything that both sides know.
  private static boolean isBound(WorkerBinding binding, Claims claims) {
    return MessageDigest.isEqual(binding.reportData().toArray(), claims.reportData().toArray());
  }

  /// What evidence for a request has to be bound to.
  WorkerBinding binding(WorkerIdentity worker, String tlsKeySha256, ReleaseRequest asked) {
    return new WorkerBinding(
        audience,
        worker.tenant(),
        worker.environment(),
        worker.worker(),
        worker.artifactDigest(),
        Bytes.copyOf(bytes("nonce", asked.nonce(), NONCE_BYTES)),
        Bytes.copyOf(bytes("hpkePublicKey", asked.hpkePublicKey(), AttestedKey.PUBLIC_BYTES)),
        Bytes.copyOf(HexFormat.of().parseHex(tlsKeySha256)),
        asked.runtime(),
        asked.policySha256().orElse(""));
  }

  private AttestedEvidence evidence(
      WorkerIdentity worker,
      String tlsKeySha256,
      ReleaseRequest asked,
      Instant at,
      Evidence shown,
      Verdict.Accepted yes,
      Guest guest) {
    Optional<TcbStanding> tcb = yes.tcb();
    return new AttestedEvidence(
        yes.tee().label(),
        yes.domain().name(),
        yes.rootSha256().hex(),
        tcb.map(each -> each.status().label()).orElse("NotPublished"),
        tcb.map(each -> List.copyOf(each.advisories())).orElse(List.of()),
        tcb.map(TcbStanding::tcbDate),
        tcb.map(TcbStanding::evaluationDataNumber).orElse(0),
        guest.platform(),
        guest.attributes(),
        yes.collateralSha256().hex(),
        at,
        yes.validity().to(),
        audience,
        asked.nonce(),
        asked.hpkePublicKey(),
        tlsKeySha256,
        worker.artifactDigest(),
        asked.runtime(),
        asked.policySha256(),
        base64(shown.content()));
  }

  private static Evidence evidence(ReleaseRequest asked) {
    Tee tee =
        switch (asked.tee()) {
          case "TDX" -> Tee.TDX;
          case "SEV-SNP" -> Tee.SEV_SNP;
          default -> throw Problem.invalid("tee is TDX or SEV-SNP");
        };
    byte[] content = bytes("evidence", asked.evidence(), EVIDENCE_BYTES_MAX);
    if (bytes("hpkePublicKey", asked.hpkePublicKey(), AttestedKey.PUBLIC_BYTES).length
            != AttestedKey.PUBLIC_BYTES
        || bytes("nonce", asked.nonce(), NONCE_BYTES).length != NONCE_BYTES) {
      throw Problem.invalid("nonce and hpkePublicKey have 32 bytes each");
    }
    if (asked.runtime().length() > RUNTIME_MAX
        || asked.policySha256().map(String::length).orElse(0) > RUNTIME_MAX) {
      throw Problem.invalid(
          "runtime and policySha256 have at most %d characters".formatted(RUNTIME_MAX));
    }
    return new Evidence(tee, Bytes.copyOf(content));
  }

  private static Bytes certificates(String table) {
    return Bytes.copyOf(bytes("certificates", table, EVIDENCE_BYTES_MAX));
  }

  private static byte[] bytes(String member, String base64, int most) {
    if (base64.length() > (most + 2) / 3 * 4) {
      throw Problem.invalid("%s has at most %d bytes".formatted(member, most));
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(member + " is not base64");
    }
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }
}
