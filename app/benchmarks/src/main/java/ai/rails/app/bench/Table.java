package ai.rails.app.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import ai.rails.app.bench.policy.FailClosedFigures;

/// The figures for people, governed beside ungoverned.
final class Table {
  private static final String NONE = "-";
  private static final double BYTES_PER_MEBIBYTE = 1024.0 * 1024;

  private final PrintStream out;

  Table(PrintStream out) {
    this.out = out;
  }

  void print(Report report) {
    machine(report);
    trials(report);
    GovernedFigures governed = report.governed();
    if (governed != null) {
      governed(governed);
    }
    TriageFigures triage = report.triage();
    if (triage != null) {
      triage(triage);
    }
    LedgerFigures ledger = report.ledger();
    if (ledger != null) {
      new LedgerTable(out).print(ledger);
    }
    FailClosedFigures failClosed = report.failClosed();
    if (failClosed != null) {
      failClosed(failClosed);
    }
    AttestationFigures attestation = report.attestation();
    if (attestation != null) {
      attestation(attestation);
    }
    out.flush();
  }

  private void machine(Report report) {
    Machine machine = report.machine();
    line(
        "machine",
        String.format(
            Locale.ROOT,
            "%s, %d processors, %d MB",
            machine.cpu(),
            machine.processors(),
            machine.memoryMegabytes()));
    line("system", String.format(Locale.ROOT, "%s, %s", machine.operatingSystem(), machine.java()));
    line("disk", String.format(Locale.ROOT, "%s", machine.fileSystem()));
    line("load before", String.format(Locale.ROOT, "%.1f", machine.loadAverageBefore()));
    new TreeMap<>(report.versions())
        .forEach((name, version) -> line(name, String.format(Locale.ROOT, "%s", version)));
    PostgresMeter.Settings postgres = report.postgres();
    if (postgres != null) {
      line(
          "durability",
          String.format(
              Locale.ROOT,
              "fsync=%s synchronous_commit=%s full_page_writes=%s wal_level=%s shared_buffers=%s",
              postgres.fsync(),
              postgres.synchronousCommit(),
              postgres.fullPageWrites(),
              postgres.walLevel(),
              postgres.sharedBuffers()));
    }
  }

  private void trials(Report report) {
    GovernedFigures all = report.governed();
    Trial governed = all == null ? null : all.trial();
    Trial peer = report.peer();
    if (governed == null && peer == null) {
      return;
    }
    out.printf("%n%-44s %14s %14s %10s%n", "", "governed", "DBOS", "ratio");
    Sustained ours = governed == null ? null : governed.loaded();
    Sustained theirs = peer == null ? null : peer.loaded();
    row(
        "runs/s sustained",
        value(ours, Sustained::runsPerSecond),
        value(theirs, Sustained::runsPerSecond));
    row(
        "runs at the same time",
        value(ours, Sustained::concurrency),
        value(theirs, Sustained::concurrency));
    row("runs measured", value(ours, Sustained::runs), value(theirs, Sustained::runs));
    row(
        "step overhead loaded, p50 ms",
        value(ours, s -> s.stepOverhead().p50Ms()),
        value(theirs, s -> s.stepOverhead().p50Ms()));
    row(
        "step overhead loaded, p99 ms",
        value(ours, s -> s.stepOverhead().p99Ms()),
        value(theirs, s -> s.stepOverhead().p99Ms()));
    Sustained oursAlone = governed == null ? null : governed.alone();
    Sustained theirsAlone = peer == null ? null : peer.alone();
    row(
        "step overhead of a run alone, p50 ms",
        value(oursAlone, s -> s.stepOverhead().p50Ms()),
        value(theirsAlone, s -> s.stepOverhead().p50Ms()));
    row(
        "step overhead of a run alone, p99 ms",
        value(oursAlone, s -> s.stepOverhead().p99Ms()),
        value(theirsAlone, s -> s.stepOverhead().p99Ms()));
    row(
        "write transactions a run",
        value(ours, Sustained::writeTransactionsPerRun),
        value(theirs, Sustained::writeTransactionsPerRun));
    row(
        "transactions a run",
        value(ours, Sustained::commitsPerRun),
        value(theirs, Sustained::commitsPerRun));
    row(
        "WAL bytes a run",
        value(ours, Sustained::walBytesPerRun),
        value(theirs, Sustained::walBytesPerRun));
    row("CPU seconds a run", value(ours, Table::cpu), value(theirs, Table::cpu));
  }

  private static @Nullable Double cpu(Sustained sustained) {
    return sustained.cpuSecondsPerRun();
  }

  private interface Figure {
    @Nullable Number of(Sustained sustained);
  }

  private static @Nullable Double value(@Nullable Sustained sustained, Figure figure) {
    Number number = sustained == null ? null : figure.of(sustained);
    return number == null ? null : number.doubleValue();
  }

  private void row(String name, @Nullable Double governed, @Nullable Double peer) {
    String ratio = governed == null || peer == null || peer == 0 ? NONE : number(governed / peer);
    out.printf("%-44s %14s %14s %10s%n", name, text(governed), text(peer), ratio);
  }

  private void governed(GovernedFigures governed) {
    out.println();
    line(
        "READY",
        String.format(
            Locale.ROOT,
            "%.1f s cold, %.1f s again",
            governed.readyColdSeconds(),
            governed.readyAgainSeconds()));
    line("idle", String.format(Locale.ROOT, "%.2f processors busy", governed.idleProcessors()));
    line(
        "events",
        String.format(
            Locale.ROOT,
            "%.1f a run, %.1f/s sustained",
            governed.eventsPerRun(),
            governed.eventsPerSecond()));
    GovernedFigures.Commands commands = governed.commands();
    line(
        "commands",
        String.format(
            Locale.ROOT,
            "%.0f/s from %d callers, one workspace",
            commands.commandsPerSecond(),
            commands.callers()));
    new TreeMap<>(governed.lag())
        .forEach((stage, lag) ->
            line(
                "lag of " + stage,
                String.format(
                    Locale.ROOT,
                    "p50 %.0f ms, p99 %.0f ms, most %.0f ms",
                    lag.p50Ms(),
                    lag.p99Ms(),
                    lag.maxMs())));
    new TreeMap<>(governed.drain())
        .forEach((stage, drain) ->
            line(
                "drain of " + stage,
                String.format(
                    Locale.ROOT,
                    "%d events in %.1f s, %.0f/s",
                    drain.backlogEvents(),
                    drain.seconds(),
                    drain.eventsPerSecond())));
    new TreeMap<>(governed.memory())
        .forEach((process, memory) ->
            line(
                "memory of " + process,
                String.format(
                    Locale.ROOT,
                    "RSS %.0f MB, PSS %.0f MB, %d processes",
                    memory.rssMegabytes(),
                    memory.pssMegabytes(),
                    memory.processes())));
  }

  private void triage(TriageFigures triage) {
    out.println();
    line(
        "model",
        String.format(
            Locale.ROOT,
            "%s, from %d texts in %.1f s",
            triage.model(),
            triage.trainingTexts(),
            triage.trainingSeconds()));
    line(
        "correct",
        String.format(
            Locale.ROOT,
            "%d of %d, accuracy %.4f, macro F1 %.4f",
            triage.correct(),
            triage.total(),
            triage.accuracy(),
            triage.macroF1()));
    line(
        "baseline",
        String.format(Locale.ROOT, "%.4f, always the commonest category", triage.baseline()));
    line(
        "at 0.90 confidence",
        String.format(
            Locale.ROOT,
            "%.4f of the tickets, accuracy %.4f",
            triage.coverageAt90(),
            triage.accuracyAt90()));
    line("calibration error", String.format(Locale.ROOT, "%.4f", triage.calibrationError()));
    line(
        "time",
        String.format(
            Locale.ROOT,
            "%.1f s in all, %.3f ms a ticket",
            triage.seconds(),
            triage.millisecondsPerTicket()));
  }

  private void failClosed(FailClosedFigures figures) {
    figures
        .byFault()
        .forEach((fault, found) ->
            line(
                fault,
                "%s attempts, %s reached the sink, %s intents"
                    .formatted(found.attempts(), found.reachedSink(), found.intents())));
    line(
        "in all",
        "%s attempts, %s reached the sink; with 95 %% confidence fewer than %s of attempts do"
            .formatted(figures.attempts(), figures.reachedSink(), figures.bound95()));
    line(
        "healthy",
        "%s attempts, %s allowed, %s reached the sink"
            .formatted(
                figures.control().attempts(),
                figures.control().allowed(),
                figures.control().reachedSink()));
  }

  private void attestation(AttestationFigures figures) {
    out.printf(
        "%n%-10s %10s %9s %9s %12s %12s %8s%n",
        "", "verified/s", "p50 ms", "p99 ms", "signatures", "bare/s", "ratio");
    for (AttestationFigures.Kind kind : figures.kinds()) {
      out.printf(
          Locale.ROOT,
          "%-10s %10.0f %9.3f %9.3f %12d %12.0f %8.2f%n",
          kind.name(),
          kind.perSecond(),
          kind.latency().p50Ms(),
          kind.latency().p99Ms(),
          kind.signatures(),
          kind.barePerSecond(),
          kind.perSecond() / kind.barePerSecond());
    }
    MutationFigures mutations = figures.mutations();
    line(
        "changed evidence",
        String.format(
            Locale.ROOT,
            "%d verified, %.0f/s, %d accepted with other claims, %d crashes, at most %.1f MiB each",
            mutations.count(),
            mutations.perSecond(),
            mutations.acceptedChanged(),
            mutations.crashed(),
            mutations.mostBytes() / BYTES_PER_MEBIBYTE));
    line(
        "sealing of a step",
        String.format(
            Locale.ROOT, "%.1f microseconds, 4 KiB in and 4 KiB out", figures.sealedStepMicros()));
    line("attest to keys", "rails bench rotation, on the whole stack");
  }

  private void line(String name, String text) {
    out.printf(Locale.ROOT, "%-22s %s%n", name, text);
  }

  private static String text(@Nullable Double value) {
    return value == null ? NONE : number(value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%.3f", value);
  }
}
