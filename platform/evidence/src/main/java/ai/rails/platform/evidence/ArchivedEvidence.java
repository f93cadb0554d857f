package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.Guest;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.TrustDomain;
import ai.rails.attestation.verdict.Verdict;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.worker.AttestedEvidence;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.CollateralArchived;

/// Judges archived evidence again: the verifier of today, the bytes and the time of then. A verdict
/// that does not come out as it was recorded is refused. One thread.
final class ArchivedEvidence {
  private static final int MOST_SETS = 256;

  private final Map<String, Collateral> sets = new HashMap<>();

  void keep(CollateralArchived archived) {
    if (sets.size() >= MOST_SETS) {
      throw new Refused("", "more than %d sets of collateral".formatted(MOST_SETS));
    }
    Collateral collateral = collateral(archived);
    Refused.unless(
        collateral.sha256().hex().equals(archived.collateralSha256()),
        "collateral " + archived.collateralSha256(),
        "its parts have another digest");
    sets.put(archived.collateralSha256(), collateral);
  }

  /// @throws Refused if the evidence is not accepted, or says anything but what was recorded
  void verify(Leaf leaf, Header header, AttestationVerified recorded) {
    String where = EntriesCheck.where(leaf);
    AttestedEvidence said = recorded.attested().orElseThrow();
    Collateral collateral =
        Optional.ofNullable(sets.get(said.collateralSha256()))
            .orElseThrow(() ->
                new Refused(where, "the collateral that it was judged with is not in the bundle"));
    Evidence evidence = new Evidence(tee(where, said.tee()), bytes(where, said.evidence()));
    Verdict verdict =
        Verifier.verify(evidence, collateral, roots(where, said, evidence), said.verifiedAt());
    switch (verdict) {
      case Verdict.Rejected no ->
          throw new Refused(
              where,
              "the worker's evidence is not accepted: %s, %s"
                  .formatted(no.reason().name(), no.detail()));
      case Verdict.Accepted yes -> compare(where, header, recorded, said, yes);
    }
  }

  private static void compare(
      String where,
      Header header,
      AttestationVerified recorded,
      AttestedEvidence said,
      Verdict.Accepted yes) {
    Guest guest = Guest.of(yes.claims());
    boolean vendors = yes.domain() == TrustDomain.PRODUCTION;
    String status = yes.tcb().map(tcb -> tcb.status().label()).orElse("NotPublished");
    boolean same =
        yes.evidenceSha256().hex().equals(recorded.evidenceSha256())
            && guest.image().equals(recorded.measurement())
            && recorded.verdict().equals(vendors ? "VERIFIED" : "SIMULATED")
            && yes.domain().name().equals(said.trustDomain())
            && yes.rootSha256().hex().equals(said.rootSha256())
            && status.equals(said.tcbStatus())
            && guest.platform().equals(said.platform())
            && guest.attributes().equals(said.attributes());
    Refused.unless(same, where, "the worker's evidence says something else than was recorded");
    Refused.unless(
        binding(where, header, recorded.worker(), said)
            .reportData()
            .equals(yes.claims().reportData()),
        where,
        "the evidence is not bound to this worker, key, nonce and workflow version");
    Refused.unless(
        guest.isLaunchedFor(
            header.tenant(), header.environment().orElse(""), said.artifactDigest()),
        where,
        "the guest was launched for another tenant, environment or workflow version");
  }

  private static WorkerBinding binding(
      String where, Header header, String worker, AttestedEvidence said) {
    return new WorkerBinding(
        said.audience(),
        header.tenant(),
        header.environment().orElse(""),
        worker,
        said.artifactDigest(),
        bytes(where, said.nonce()),
        bytes(where, said.hpkePublicKey()),
        hex(where, said.tlsKeySha256()),
        said.runtime(),
        said.policySha256().orElse(""));
  }

  /// The vendors' roots; for evidence that says of itself that it is of a development root, its
  /// own: then it can be consistent, and proves nothing.
  private static TrustRoots roots(String where, AttestedEvidence said, Evidence evidence) {
    if (!said.trustDomain().equals(TrustDomain.DEVELOPMENT.name())) {
      return TrustRoots.vendors();
    }
    try {
      return TrustRoots.of(
          List.of(
              Verifier.ownRoot(evidence)
                  .orElseThrow(() -> new Refused(where, "the evidence names no root"))));
    } catch (Malformed e) {
      throw new Refused(where, "the evidence's root is no certificate of a CA");
    }
  }

  private static Collateral collateral(CollateralArchived archived) {
    String where = "collateral " + archived.collateralSha256();
    List<Bytes> parts = new ArrayList<>();
    archived.parts().forEach(part -> parts.add(bytes(where, part)));
    try {
      return Collateral.of(tee(where, archived.tee()), parts);
    } catch (Malformed e) {
      throw new Refused(where, String.valueOf(e.getMessage()));
    }
  }

  private static Tee tee(String where, String label) {
    return switch (label) {
      case "TDX" -> Tee.TDX;
      case "SEV-SNP" -> Tee.SEV_SNP;
      default -> throw new Refused(where, "evidence of a kind that is not known");
    };
  }

  private static Bytes bytes(String where, String base64) {
    try {
      return Bytes.copyOf(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new Refused(where, "bytes that are not base64");
    }
  }

  private static Bytes hex(String where, String text) {
    try {
      return Bytes.copyOf(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new Refused(where, "bytes that are not hex");
    }
  }
}
