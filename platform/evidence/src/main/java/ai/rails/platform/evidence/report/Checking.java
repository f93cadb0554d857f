package ai.rails.platform.evidence.report;

import java.util.Base64;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.platform.evidence.Scope;

/// How to check a bundle without believing this page, and what no check of it shows.
final class Checking {
  private Checking() {}

  /// The bundle's name without its ending.
  static String name(Scope scope, long size) {
    return switch (scope) {
      case Scope.OfRun of -> "evidence-" + of.run();
      case Scope.OfApproval of -> "evidence-%s-%s".formatted(of.run(), of.gate());
      case Scope.OfPeriod of -> "evidence-%s-%s-%s".formatted(of.workspace(), of.from(), of.to());
      case Scope.OfWorkspace of -> "evidence-%s-%s".formatted(of.workspace(), size);
    };
  }

  /// The commands, one string for page and README.
  static String commands(String name) {
    return """
    # everything at once, offline
    rails evidence verify %1$s.zip

    # or with other people's tools
    unzip %1$s.zip && cd %1$s
    sha256sum -c --strict manifest-sha256.txt tagmanifest-sha256.txt
    cosign verify-blob-attestation --key evidence.pub --insecure-ignore-tlog \\
      --type https://airails.dev/attestation/evidence-bundle/v1 \\
      --bundle attestations/evidence.sigstore.json tagmanifest-sha256.txt
    openssl ts -verify -data data/ledger/checkpoint \\
      -in attestations/checkpoint.tsr -CAfile tsa-root.pem

    # the chain: SHA-256 of a NUL byte and a line is "prev" of the log's next line
    (printf '\\0'; printf '%%s' "$line") | sha256sum
    # an event: its hash is "event_sha256" of its line
    sha256sum data/events/*.avro
    """
        .formatted(name);
  }

  static void write(Html html, Scope scope, Checkpoint checkpoint) {
    html.open(
        "check",
        "How to check",
        "Take the keys (evidence.pub, tsa-root.pem, log and witness keys) from somewhere else than"
            + " this bundle: the copies in trust/ prove nothing by themselves.");
    html.raw("<dl class=\"facts\">\n");
    html.hash("Log", checkpoint.origin());
    html.fact("Entries under the checkpoint", Long.toString(checkpoint.size()));
    html.hash("Root, base64", Base64.getEncoder().encodeToString(checkpoint.root()));
    html.raw("</dl>\n<h3>Commands</h3>\n<pre>");
    html.text(commands(name(scope, checkpoint.size()))).raw("</pre>\n");
    html.close();
    html.open(
        "limits",
        "What this does not prove",
        "A verified bundle shows that these entries were recorded then, in this order, unchanged"
            + " and without gaps. It does not show:");
    html.raw("<ul class=\"plain\">\n");
    html.element("li", "that an entry was true when it was written: the log keeps what was said");
    html.element(
        "li",
        "what the other side did with a call, beyond its answer and the read-back named here");
    html.element(
        "li",
        "who a person is: approvers are opaque ids, their names lie in a table of the tenant");
    html.element("li", "what the content said: it is sealed, and erased when it must be");
    html.element(
        "li",
        "that a worker was what it says, where its verdict is DEVELOPMENT, simulated or not"
            + " recorded");
    html.element(
        "li",
        "that the log showed the same history to everybody, beyond the witnesses whose keys you"
            + " trust");
    html.raw("</ul>\n");
    html.close();
  }
}
