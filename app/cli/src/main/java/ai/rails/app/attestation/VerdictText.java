package ai.rails.app.attestation;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Table;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Check;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.TcbStanding;
import ai.rails.attestation.verdict.TcbStatus;
import ai.rails.attestation.verdict.TrustDomain;
import ai.rails.attestation.verdict.Verdict;

/// A verdict for a person: what it is, what it was measured as, how current it is, each check.
final class VerdictText {
  private VerdictText() {}

  static String of(String name, Verdict verdict, Palette palette) {
    return palette.heading(heading(name, verdict))
        + System.lineSeparator()
        + facts(verdict).text()
        + System.lineSeparator()
        + checks(verdict.checks(), palette);
  }

  private static String heading(String name, Verdict verdict) {
    return switch (verdict) {
      case Verdict.Accepted accepted ->
          "%s: ACCEPTED, genuine %s evidence%s"
              .formatted(
                  name,
                  accepted.tee().label(),
                  accepted.tcb().map(tcb -> ", " + tcb.status().label()).orElse(""));
      case Verdict.Rejected rejected ->
          "%s: REJECTED, %s: %s".formatted(name, rejected.reason(), rejected.detail());
    };
  }

  private static Facts facts(Verdict verdict) {
    Facts facts = new Facts();
    switch (verdict) {
      case Verdict.Accepted accepted -> {
        add(facts, accepted.claims(), "");
        accepted.tcb().ifPresent(tcb -> add(facts, tcb));
        facts.add("valid", accepted.validity().from() + " to " + accepted.validity().to());
        facts.add("root", root(accepted));
        facts.add("collateral", "sha256 " + accepted.collateralSha256());
      }
      case Verdict.Rejected rejected ->
          rejected.unproven().ifPresent(claims -> add(facts, claims, " (unproven)"));
    }
    return facts.add("evidence", "sha256 " + verdict.evidenceSha256());
  }

  private static String root(Verdict.Accepted accepted) {
    return accepted.domain() == TrustDomain.PRODUCTION
        ? "of the vendor"
        : "DEVELOPMENT, sha256 %s: proves nothing about hardware".formatted(accepted.rootSha256());
  }

  private static void add(Facts facts, Claims claims, String suffix) {
    switch (claims) {
      case Claims.Tdx tdx -> add(facts, tdx, suffix);
      case Claims.Snp snp -> add(facts, snp, suffix);
    }
    facts.add("report data" + suffix, readable(claims.reportData()));
  }

  private static void add(Facts facts, Claims.Tdx claims, String suffix) {
    facts.add("kind", "TDX quote version " + claims.version());
    facts.add("MRTD" + suffix, claims.measurement().hex());
    List<Bytes> registers = claims.report().rtMr();
    for (int i = 0; i < registers.size(); i++) {
      facts.add("RTMR" + i + suffix, readable(registers.get(i)));
    }
    facts.add("config id" + suffix, readable(claims.report().mrConfigId()));
    facts.add("attributes" + suffix, claims.report().tdAttributes().hex());
    facts.add("TEE TCB SVN" + suffix, claims.report().teeTcbSvn().hex());
    claims
        .report()
        .mrServiceTd()
        .filter(hash -> !hash.isZero())
        .ifPresent(hash -> facts.add("service TD" + suffix, hash.hex()));
    claims.pck().ifPresent(pck -> facts.add("platform", "FMSPC " + pck.fmspc()));
  }

  private static void add(Facts facts, Claims.Snp claims, String suffix) {
    facts.add(
        "kind",
        "SEV-SNP report version %d, signed by %s".formatted(claims.version(), claims.signingKey()));
    facts.add("measurement" + suffix, claims.measurement().hex());
    facts.add("host data" + suffix, readable(claims.hostData()));
    facts.add("policy" + suffix, HexFormat.of().toHexDigits(claims.policy()));
    facts.add("VMPL" + suffix, String.valueOf(claims.vmpl()));
    facts.add("product", claims.product().orElse(""));
    facts.add("reported TCB" + suffix, claims.reportedTcb().hex());
    facts.add("chip" + suffix, readable(claims.chipId()));
  }

  private static void add(Facts facts, TcbStanding tcb) {
    facts.add(
        "TCB status",
        "%s (platform %s, module %s, quoting enclave %s%s)"
            .formatted(
                tcb.status().label(),
                tcb.platform().label(),
                label(tcb.module()),
                tcb.quotingEnclave().label(),
                tcb.current().map(now -> ", running now " + now.label()).orElse("")));
    facts.add("TCB date", tcb.tcbDate().toString());
    facts.add("evaluation", "number " + tcb.evaluationDataNumber());
    facts.add("advisories", String.join(" ", tcb.advisories()));
  }

  private static String label(Optional<TcbStatus> module) {
    return module.map(TcbStatus::label).orElse("of before 1.5");
  }

  private static String checks(List<Check> checks, Palette palette) {
    Table table = Table.of("CHECK", "OF", "WHAT");
    for (Check check : checks) {
      table.row(
          check.outcome(),
          check.component().label(),
          check.detail().isEmpty() ? check.what() : check.what() + " (" + check.detail() + ")");
    }
    return table.text(palette);
  }

  /// Registers that nobody extended are more readable as a word.
  private static String readable(Bytes bytes) {
    return bytes.isZero() ? "zero" : bytes.hex();
  }
}
