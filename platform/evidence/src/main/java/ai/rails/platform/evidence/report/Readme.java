package ai.rails.platform.evidence.report;

import java.nio.charset.StandardCharsets;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.platform.evidence.Scope;

/// `README.txt`: what the bundle is and how to check it.
final class Readme {
  private Readme() {}

  static byte[] bytes(Scope scope, Checkpoint checkpoint) {
    String text =
        """
        AI Rails evidence bundle
        ========================

        Scope   %s
        Log     %s
        Size    %s entries under the checkpoint in data/ledger/checkpoint

        This is a BagIt bag (RFC 8493). data/report.html is for reading, data/summary.json for
        machines; both follow from data/ledger/entries.jsonl and data/events/ alone, by fixed rules
        (derivation %s), and a verifier makes them again.

        Check it
        --------
        Take the keys from somewhere else than this bundle: the copies in trust/ prove nothing by
        themselves.

        %s
        What is inside
        --------------
        data/ledger/entries.jsonl     the entries' leaves, exactly the bytes that were hashed
        data/ledger/checkpoint        signed note of the log, cosigned by witnesses
        data/ledger/proofs/           that each entry is in the log (C2SP tlog-proof)
        data/events/*.avro            the events, exactly the bytes that were stored
        data/schemas/                 the schemas they were written with
        %sattestations/                 in-toto statement in a Sigstore bundle, RFC 3161 time stamps
        trust/                        copies of public keys, for convenience

        There is no content in here: texts, parameters, prompts and answers lie sealed elsewhere and
        are named by the hash of their ciphertext.
        """
            .formatted(
                kind(scope),
                checkpoint.origin(),
                checkpoint.size(),
                Dossier.DERIVATION,
                Checking.commands(Checking.name(scope, checkpoint.size()))
                    .indent(2)
                    .replaceAll("(?m)^ +$", ""),
                perRun(scope));
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String kind(Scope scope) {
    return switch (scope) {
      case Scope.OfRun of -> "run %s of workspace %s".formatted(of.run(), of.workspace());
      case Scope.OfApproval of ->
          "approval %s in run %s of workspace %s".formatted(of.gate(), of.run(), of.workspace());
      case Scope.OfPeriod of ->
          "workspace %s from %s to before %s"
              .formatted(of.workspace(), Written.time(of.from()), Written.time(of.to()));
      case Scope.OfWorkspace of -> "workspace %s, its whole log".formatted(of.workspace());
    };
  }

  private static String perRun(Scope scope) {
    return switch (scope) {
      case Scope.OfRun _, Scope.OfApproval _ ->
          """
          data/events/*.json            the same events, decoded
          data/policy/                  what policy was asked and said, and by which revision
          data/approvals/               gates: what was asked, who said what
          data/calls/transcript.json    calls: intent, outcome, evidence, cost; no content
          data/attestation/             workers, their verdicts and keys
          data/lineage.json             what triggered the run, and where its content lies
          data/cost.json                reserved and settled
          """;
      case Scope.OfPeriod _, Scope.OfWorkspace _ -> "";
    };
  }
}
