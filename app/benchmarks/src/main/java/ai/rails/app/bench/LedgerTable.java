package ai.rails.app.bench;

import java.io.PrintStream;
import java.util.Locale;

/// The ledger's figures for people.
final class LedgerTable {
  private final PrintStream out;

  LedgerTable(PrintStream out) {
    this.out = out;
  }

  void print(LedgerFigures figures) {
    out.println();
    LedgerFigures.Append append = figures.append();
    line(
        "append, a CPU second",
        "%,.0f leaves/s of %,d; events of %.0f bytes, leaves of %.0f",
        append.leavesPerSecond(),
        append.entries(),
        append.eventBytes(),
        append.leafBytes());
    line(
        "SHA-256 of the same",
        "%,.0f/s; the append is %.2f of that",
        append.sha256PerSecond(),
        append.ratio());
    line(
        "verified, a CPU second",
        "%,.0f entries/s of %,d",
        figures.verify().entriesPerSecond(),
        figures.verify().entries());
    figures
        .proofs()
        .forEach(proof ->
            line(
                "proofs",
                "%.1f ms for %d entries in a log of %,d, at most %d hashes each",
                proof.runMicros() / 1e3,
                proof.runEntries(),
                proof.entries(),
                proof.hashes()));
    figures
        .bundles()
        .forEach(bundle ->
            line(
                "bundle",
                "p50 %.0f ms for a run of %d entries in a log of %,d, %,.0f kB",
                bundle.made().p50Ms(),
                bundle.runEntries(),
                bundle.entries(),
                bundle.bytes() / 1e3));
    figures.streams().forEach(this::streamed);
    Double tessera = figures.tessera().leavesPerSecond();
    line(
        "Tessera POSIX",
        "%s (%s)",
        tessera == null ? "-" : String.format(Locale.ROOT, "%,.0f entries/s", tessera),
        figures.tessera().said());
    figures.tessera().streams().forEach(this::tessera);
  }

  private void tessera(LedgerFigures.TesseraStreamed streamed) {
    line(
        "Tessera's server",
        "to its place p50 %.0f ms, p99 %.0f ms; to a checkpoint, which nobody cosigns, p50 %.0f ms,"
            + " p99 %.0f ms, at %,d/s offered, %,.0f reached; %.0f bytes an entry",
        streamed.toIndex().p50Ms(),
        streamed.toIndex().p99Ms(),
        streamed.toCheckpoint().p50Ms(),
        streamed.toCheckpoint().p99Ms(),
        streamed.offered(),
        streamed.reached(),
        streamed.storedBytesPerEntry());
  }

  private void streamed(LedgerFigures.Streamed streamed) {
    line(
        "event to leaf",
        "p50 %.0f ms, p99 %.0f ms at %,d events/s offered, %,.0f reached",
        streamed.eventToLeaf().p50Ms(),
        streamed.eventToLeaf().p99Ms(),
        streamed.offered(),
        streamed.reached());
    line(
        "event to checkpoint",
        "cosigned: p50 %.0f ms, p99 %.0f ms",
        streamed.eventToCheckpoint().p50Ms(),
        streamed.eventToCheckpoint().p99Ms());
    line(
        "CPU of the ledger",
        "%.0f microseconds of its stream threads an event",
        streamed.cpuMicrosPerEvent());
    LedgerFigures.Stored stored = streamed.storedBytesPerEvent();
    line(
        "stored an event",
        "ledger %.0f, tiles %.0f, heads %.0f, checkpoints %.0f, changelogs %.0f bytes (events topic %.0f)",
        stored.ledger(),
        stored.tiles(),
        stored.treeheads(),
        stored.checkpoints(),
        stored.changelogs(),
        stored.events());
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would need a run-time library
  private void line(String name, String form, Object... values) {
    out.printf(Locale.ROOT, "%-22s %s%n", name, String.format(Locale.ROOT, form, values));
  }
}
