package ai.rails.platform.evidence;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.budget.Money;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.schema.EventCodec;

/// A workspace's log in memory, with the keys of its log and of one witness. Entry n is recorded n
/// seconds after [#START].
final class SyntheticLog implements NodeHashes {
  static final EventCodec CODEC = new EventCodec();
  static final long START = Instant.parse("2026-03-02T12:00:00Z").toEpochMilli();
  static final Origin ORIGIN = new Origin("c1.airails.example", "acme", "ops", 1);
  static final String WITNESS = "witness.example/w1";

  final NoteKey logKey = new NoteKey(ORIGIN.toString(), VerifierKey.Type.ED25519);
  final NoteKey witnessKey = new NoteKey(WITNESS, VerifierKey.Type.COSIGNATURE);
  final List<EvidenceEntry> entries = new ArrayList<>();
  private final Map<String, Strand> runs = new HashMap<>();
  private final Map<String, byte[]> nodes = new HashMap<>();
  private final List<byte[]> roots = new ArrayList<>();
  private final Frontier frontier = new Frontier();
  private LedgerHead head = LedgerHead.genesis(ORIGIN);

  SyntheticLog() {
    roots.add(Merkle.emptyRoot());
  }

  static String run(int number) {
    return "01900000-0000-7000-8000-%012d".formatted(number);
  }

  /// A worker that nothing vouches for.
  SyntheticLog worker() {
    return append(
        Optional.empty(),
        new WorkerEvent.AttestationVerified(
            run(9), "DEVELOPMENT", "0".repeat(64), "0".repeat(64), Optional.empty()));
  }

  SyntheticLog begin(int run) {
    return append(
        Optional.of(run(run)),
        new RunEvent.RunTriggered(
            run(run),
            "close-ticket",
            "1.0.0",
            "sha256:" + "a".repeat(64),
            "dev",
            "manual",
            "",
            "u-1",
            Map.of("ticket", "INC-" + run),
            List.of(),
            Optional.empty(),
            Optional.empty()));
  }

  SyntheticLog step(int run, int attempt) {
    return append(
        Optional.of(run(run)),
        new RunEvent.StepScheduled(
            run(run), "read", attempt, 1, RunEvent.Purpose.PERFORM, "NEEDS_MET", Optional.empty()));
  }

  SyntheticLog end(int run) {
    return append(
        Optional.of(run(run)), new RunEvent.RunCompleted(run(run), new Money("USD", 13_200_000)));
  }

  /// A run of so many entries, at least two.
  SyntheticLog whole(int run, int entriesOfRun) {
    begin(run);
    IntStream.range(1, entriesOfRun - 1).forEach(attempt -> step(run, attempt));
    return end(run);
  }

  private SyntheticLog append(Optional<String> run, Event event) {
    return append(run, new Actor(Actor.Kind.SERVICE, "engine"), event);
  }

  SyntheticLog append(Optional<String> run, Actor actor, Event event) {
    long position = head.next();
    long time = START + position * 1000;
    String eventId = "01900000-0000-7000-9000-%012d".formatted(position);
    var header =
        new Header(
            eventId,
            ORIGIN.tenant(),
            ORIGIN.workspace(),
            Optional.of("dev"),
            "Run",
            run.orElse("w-1"),
            position,
            actor,
            "c-1",
            "c-1",
            Optional.empty(),
            Instant.ofEpochMilli(time),
            run,
            Optional.empty());
    byte[] bytes = CODEC.encode(header, event);
    var row =
        new LedgerRow(
            position,
            time,
            bytes,
            eventId,
            event.entryType(),
            HexFormat.of().formatHex(CODEC.schemaFingerprintSha256(bytes)),
            run,
            Optional.empty());
    var strands =
        new LedgerStep.Strands(
            run.flatMap(id -> Optional.ofNullable(runs.get(id))), Optional.empty());
    LedgerStep.Appended appended = LedgerStep.append(ORIGIN, head, strands, row);
    head = appended.head();
    run.ifPresent(id ->
        appended
            .strands()
            .run()
            .ifPresentOrElse(strand -> runs.put(id, strand), () -> runs.remove(id)));
    entries.add(new EvidenceEntry(appended.bytes(), bytes));
    frontier.append(
        Merkle.leaf(appended.bytes()),
        (level, index, hash) -> nodes.put(level + "/" + index, hash));
    roots.add(frontier.root());
    return this;
  }

  @Override
  public byte[] node(int level, long index) {
    return Optional.ofNullable(nodes.get(level + "/" + index))
        .orElseThrow(() -> new MissingNode(level + "/" + index));
  }

  /// Leaves from one index to before another.
  List<byte[]> leaves(int from, int to) {
    return entries.subList(from, to).stream().map(EvidenceEntry::leaf).toList();
  }

  /// Signed by the log and cosigned by the witness.
  Note checkpoint(int size) {
    String text = new Checkpoint(ORIGIN.toString(), size, roots.get(size)).text();
    return new Note(text, List.of(logKey.sign(text)))
        .with(witnessKey.cosign(text, START / 1000 + size));
  }

  String policy() {
    return """
    log %s
    witness w1 %s
    quorum w1
    """
        .formatted(logKey.verifier(), witnessKey.verifier());
  }

  Source source(Scope scope, int size) {
    return new Source(this, scope, checkpoint(size), of(scope, size), List.of(), List.of());
  }

  Source ofRun(int run) {
    return source(new Scope.OfRun("acme", "ops", run(run)), entries.size());
  }

  private List<EvidenceEntry> of(Scope scope, int size) {
    List<EvidenceEntry> covered = entries.subList(0, size);
    return switch (scope) {
      case Scope.OfRun of -> ofRun(covered, of.run());
      case Scope.OfApproval of -> ofRun(covered, of.run());
      case Scope.OfPeriod of ->
          IntStream.range(0, size)
              .filter(
                  i -> START + (i + 1) * 1000L >= of.from() && START + (i + 1) * 1000L < of.to())
              .mapToObj(covered::get)
              .toList();
      case Scope.OfWorkspace _ -> covered;
    };
  }

  private static List<EvidenceEntry> ofRun(List<EvidenceEntry> covered, String run) {
    return covered.stream()
        .filter(e -> Leaf.parse(e.leaf()).run().filter(part -> part.run().equals(run)).isPresent())
        .toList();
  }

  /// What a bundle is made from; may be told to leave out, or to say something else.
  record Source(
      SyntheticLog log,
      Scope scope,
      Note checkpoint,
      List<EvidenceEntry> list,
      List<byte[]> leavesBefore,
      List<byte[]> leavesAfter)
      implements EvidenceSource {
    Source with(List<EvidenceEntry> others) {
      return new Source(log, scope, checkpoint, others, leavesBefore, leavesAfter);
    }

    Source between(List<byte[]> before, List<byte[]> after) {
      return new Source(log, scope, checkpoint, list, before, after);
    }

    @Override
    public Stream<EvidenceEntry> entries() {
      return list.stream();
    }

    @Override
    public NodeHashes nodes() {
      return log;
    }

    @Override
    public Optional<Note> since() {
      return Optional.empty();
    }

    @Override
    public Optional<byte[]> before() {
      return leavesBefore.stream().findFirst();
    }

    @Override
    public Stream<byte[]> after() {
      return leavesAfter.stream();
    }
  }
}
