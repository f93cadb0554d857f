package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.platform.evidence.EvidenceEntry;
import ai.rails.platform.evidence.Scope;
import ai.rails.schema.EventCodec;

/// The documents of a bundle that follow from its entries. A pure function: no clock, no place, no
/// language of the machine, so that a verifier makes them again and compares byte by byte.
///
/// Of a run there is a document for each thing an auditor asks for; they hold the run's entries in
/// memory, which a run's limits bound. Of a period or a whole log there is a summary, made in one
/// pass in bounded memory.
public final class Dossier {
  /// Which rules made the documents. It changes when the same entries give other bytes, and stands
  /// in `data/summary.json`.
  public static final int DERIVATION = 1;

  /// Entries of one run; more are refused.
  public static final int RUN_ENTRIES_MAX = 100_000;

  /// Reading all schemas takes longer than reading a run.
  private static final class Codec {
    static final EventCodec SHARED = new EventCodec();
  }

  private Dossier() {}

  /// @param entries may be asked for more than once; each stream is closed
  /// @return bytes by path, each path under `data/`
  /// @throws IllegalArgumentException if an entry is not what it should be, or there is none
  public static Map<String, byte[]> files(
      Scope scope, Checkpoint checkpoint, Supplier<Stream<EvidenceEntry>> entries) {
    EventCodec codec = Codec.SHARED;
    var files = new TreeMap<String, byte[]>();
    switch (scope) {
      case Scope.OfRun _, Scope.OfApproval _ -> ofRun(scope, checkpoint, codec, entries, files);
      case Scope.OfPeriod _, Scope.OfWorkspace _ -> ofLog(scope, checkpoint, codec, entries, files);
    }
    files.put("data/README.txt", Readme.bytes(scope, checkpoint));
    return files;
  }

  private static void ofRun(
      Scope scope,
      Checkpoint checkpoint,
      EventCodec codec,
      Supplier<Stream<EvidenceEntry>> entries,
      SortedMap<String, byte[]> files) {
    List<Fact> facts;
    try (Stream<EvidenceEntry> stream = entries.get()) {
      facts = stream.limit(RUN_ENTRIES_MAX + 1L).map(entry -> Fact.read(codec, entry)).toList();
    }
    if (facts.isEmpty() || facts.size() > RUN_ENTRIES_MAX) {
      throw new IllegalArgumentException(
          "a run has 1 to %s entries, this one %s; is it the right run?"
              .formatted(RUN_ENTRIES_MAX, facts.isEmpty() ? "none" : "more"));
    }
    var story = new RunStory(facts);
    files.putAll(new RunDocuments(story).files());
    files.put("data/summary.json", JsonText.pretty(new Summary(scope, checkpoint).ofRun(story)));
    files.put("data/report.html", new RunReport(scope, checkpoint, story).bytes());
  }

  private static void ofLog(
      Scope scope,
      Checkpoint checkpoint,
      EventCodec codec,
      Supplier<Stream<EvidenceEntry>> entries,
      SortedMap<String, byte[]> files) {
    var story = new LogStory();
    try (Stream<EvidenceEntry> stream = entries.get()) {
      stream.forEachOrdered(entry -> story.add(Fact.read(codec, entry)));
    }
    files.put("data/summary.json", JsonText.pretty(new Summary(scope, checkpoint).ofLog(story)));
    files.put("data/report.html", new LogReport(scope, checkpoint, story).bytes());
  }
}
