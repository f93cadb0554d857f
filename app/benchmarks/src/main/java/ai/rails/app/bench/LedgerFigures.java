package ai.rails.app.bench;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// What the ledger costs.
///
/// @param append of a CPU second of one thread, without Kafka
/// @param verify of a CPU second of one thread
/// @param proofs in logs that grow tenfold
/// @param bundles of a run in such logs
/// @param streams through Kafka Streams, by offered load
/// @param tessera the same append by Tessera's POSIX log, or why there is no figure
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LedgerFigures(
    Append append,
    Verify verify,
    List<Proof> proofs,
    List<Bundle> bundles,
    List<Streamed> streams,
    Tessera tessera) {
  public LedgerFigures {
    proofs = List.copyOf(proofs);
    bundles = List.copyOf(bundles);
    streams = List.copyOf(streams);
  }

  /// @param leavesPerSecond leaf, chain, strands, tree and tiles; the events were encoded before
  /// @param eventBytes of an event, on average
  /// @param leafBytes of a leaf, on average
  /// @param sha256PerSecond how often the same bytes (event and leaf) are hashed by plain SHA-256
  ///   in the same run
  /// @param ratio of the first to the second: 1 would be the physical limit
  public record Append(
      long entries,
      double leavesPerSecond,
      double eventBytes,
      double leafBytes,
      double sha256PerSecond,
      double ratio) {}

  /// @param entriesPerSecond chain, strands, event hash and tree
  public record Verify(long entries, double entriesPerSecond) {}

  /// @param runEntries how many inclusion proofs one run took
  /// @param runMicros p50 of the CPU time for these, from tiles, each proof verified
  /// @param hashes in a proof, at most
  public record Proof(long entries, int runEntries, double runMicros, int hashes) {}

  /// @param runEntries of the run whose bundle was fetched; they lie all over the log
  /// @param made from the request to the bundle's last byte, without time stamps
  public record Bundle(long entries, int runEntries, Latency made, long bytes) {}

  /// @param offered events/s that were to be written
  /// @param reached events/s that were written to the events topic
  /// @param cpuMicrosPerEvent CPU time of the ledger's stream threads for one event
  /// @param eventToLeaf from the event's send to the reader of the ledger topic
  /// @param eventToCheckpoint until a cosigned checkpoint that covers it is read
  /// @param storedBytesPerEvent log segments of ledger, tiles, heads, checkpoints and changelogs,
  ///   before compaction
  public record Streamed(
      int offered,
      double reached,
      long entries,
      double cpuMicrosPerEvent,
      Latency eventToLeaf,
      Latency eventToCheckpoint,
      Stored storedBytesPerEvent) {}

  /// Bytes of log segments for one event.
  public record Stored(
      double ledger,
      double tiles,
      double treeheads,
      double checkpoints,
      double changelogs,
      double events) {}

  /// @param said how it was measured, or why there is no figure
  /// @param streams its own server for such logs, by offered load
  public record Tessera(
      @Nullable Double leavesPerSecond, String said, List<TesseraStreamed> streams) {
    public Tessera {
      streams = List.copyOf(streams);
    }
  }

  /// @param offered entries/s that were to be added
  /// @param reached entries/s that were added
  /// @param toIndex until the server said which place the entry has
  /// @param toCheckpoint until a published checkpoint covered it; nobody cosigns it
  /// @param storedBytesPerEntry of its directory
  public record TesseraStreamed(
      int offered,
      double reached,
      long entries,
      Latency toIndex,
      Latency toCheckpoint,
      double storedBytesPerEntry) {}
}
