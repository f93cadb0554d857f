package ai.rails.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The benchmark of the ledger: the append path alone, verification, proofs in growing logs, and
/// the task in Kafka Streams.
final class LedgerBench {
  private static final List<Integer> LOADS = List.of(1_000, 5_000);
  private static final List<Integer> LOGS = List.of(10_000, 100_000, 1_000_000);
  private static final int ENTRIES = 100_000;

  private final Path data;
  private final Map<String, String> environment;
  private final Duration limit;
  private final Consumer<String> progress;

  /// @param data a new directory is made inside and removed at the end
  /// @param limit of each measured load
  LedgerBench(
      Path data, Map<String, String> environment, Duration limit, Consumer<String> progress) {
    this.data = data;
    this.environment = Map.copyOf(environment);
    this.limit = limit;
    this.progress = progress;
  }

  Report measure() throws IOException {
    Files.createDirectories(data);
    Path directory = Files.createTempDirectory(data.toAbsolutePath(), "bench-");
    try {
      Machine machine = Machine.of(directory);
      var events = new BenchEvents("t", "w");
      progress.accept("appending %d entries on one core".formatted(ENTRIES));
      LedgerFigures.Append append = LedgerAppend.append(events, ENTRIES);
      LedgerFigures.Verify verify = LedgerAppend.verify(events, ENTRIES);
      progress.accept("making proofs in logs of up to a million entries");
      List<LedgerFigures.Proof> proofs = LOGS.stream().map(LedgerAppend::proofs).toList();
      List<LedgerFigures.Bundle> bundles = bundles(directory);
      List<LedgerFigures.Streamed> streams = streams(directory);
      LedgerFigures.Tessera tessera =
          new TesseraPosix(environment, progress).measure(directory, LOADS, limit);
      return Report.of(
          "ledger",
          machine,
          Map.of("java", Runtime.version().toString()),
          new LedgerFigures(append, verify, proofs, bundles, streams, tessera));
    } finally {
      Spine.remove(directory);
    }
  }

  private List<LedgerFigures.Bundle> bundles(Path directory) throws IOException {
    var figures = new ArrayList<LedgerFigures.Bundle>();
    try (var times = new BundleTimes(directory)) {
      for (int entries : LOGS) {
        figures.add(times.measure(entries, progress));
      }
    }
    return figures;
  }

  private List<LedgerFigures.Streamed> streams(Path directory) throws IOException {
    var figures = new ArrayList<LedgerFigures.Streamed>();
    progress.accept("starting Kafka and the ledger");
    try (LedgerStreams streams = LedgerStreams.start(directory, LOADS, progress)) {
      for (int load : LOADS) {
        figures.add(streams.measure(load, limit));
      }
    }
    return figures;
  }
}
