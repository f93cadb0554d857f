package ai.rails.projection;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.runner.RunnerEvent;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.workflow.WorkflowEvent;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;

/// One workspace's log, with the leaves that the ledger task would make. Position 1 is recorded one
/// second after noon, position 2 two seconds after, and so on.
public final class TestLog {
  public static final EventCodec EVENTS = new EventCodec();
  public static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final LedgerRecordCodec RECORDS = new LedgerRecordCodec();

  private final String tenant;
  private final String workspace;
  private final Origin origin;
  private final Map<String, Strand> runs = new HashMap<>();
  private final Map<String, Strand> workflows = new HashMap<>();
  private final Map<String, Long> streams = new HashMap<>();
  private final List<byte[]> leafHashes = new ArrayList<>();
  private final List<LedgerRow> rows = new ArrayList<>();
  private LedgerHead head;

  public TestLog(String tenant, String workspace) {
    this.tenant = tenant;
    this.workspace = workspace;
    this.origin = new Origin("c1.airails.test", tenant, workspace, 1);
    this.head = LedgerHead.genesis(origin);
  }

  private TestLog(TestLog abandoned, long last) {
    this.tenant = abandoned.tenant;
    this.workspace = abandoned.workspace;
    this.origin = abandoned.origin.next();
    this.head = LedgerHead.opened(origin, abandoned.checkpoint(last).text());
  }

  /// The log of the next epoch, empty yet, bound to this one's state at a size.
  public TestLog next(long last) {
    return new TestLog(this, last);
  }

  /// The first rows of an abandoned log, once more.
  public List<byte[]> tellAgain(TestLog abandoned, int count) {
    abandoned.streams.forEach(streams::putIfAbsent);
    return abandoned.rows.subList(rows.size(), count).stream()
        .map(row -> RECORDS.encode(append(row)))
        .toList();
  }

  public static long at(long position) {
    return NOON.plusSeconds(position).toEpochMilli();
  }

  public String topic() {
    return "t.%s.ledger.v1".formatted(tenant);
  }

  public String tenant() {
    return tenant;
  }

  /// The log's name.
  public String origin() {
    return origin.toString();
  }

  /// The state of the log at a size, by the domain's own tree.
  public Checkpoint checkpoint(long size) {
    var tree = new Frontier();
    leafHashes.subList(0, (int) size).forEach(tree::append);
    return new Checkpoint(origin.toString(), size, tree.root());
  }

  /// The hash of the entry at a position.
  public byte[] leafHash(long position) {
    return leafHashes.get((int) position - 1);
  }

  public String workspace() {
    return workspace;
  }

  public long position() {
    return head.size();
  }

  public List<byte[]> append(List<? extends Event> events) {
    List<byte[]> records = new ArrayList<>();
    events.forEach(event -> records.add(append(event)));
    return records;
  }

  /// The value that the ledger topic gets.
  public byte[] append(Event event) {
    return RECORDS.encode(record(event));
  }

  public static byte[] encode(LedgerRecord record) {
    return RECORDS.encode(record);
  }

  public LedgerRecord record(Event event) {
    Optional<String> run = runOf(event);
    Optional<String> workflow = run.map(_ -> "triage");
    String stream =
        switch (event) {
          case RunEvent e -> "Run/" + e.run();
          case WorkerEvent e -> "Worker/" + e.worker();
          case RunnerEvent e -> "Runner/" + e.runner();
          case WorkflowEvent e -> "Workflow/" + e.workflow();
          default -> "Other/one";
        };
    Header header = header(stream, run, workflow);
    byte[] bytes = EVENTS.encode(header, event);
    return append(
        new LedgerRow(
            head.next(),
            at(head.next()),
            bytes,
            header.eventId(),
            event.entryType(),
            HexFormat.of().formatHex(EVENTS.schemaFingerprintSha256(bytes)),
            run,
            workflow));
  }

  private LedgerRecord append(LedgerRow row) {
    Strands strands =
        new Strands(
            row.run().flatMap(id -> Optional.ofNullable(runs.get(id))),
            row.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
    LedgerStep.Appended appended = LedgerStep.append(origin, head, strands, row);
    head = appended.head();
    rows.add(row);
    leafHashes.add(Merkle.leaf(appended.bytes()));
    row.run().ifPresent(id -> put(runs, id, appended.strands().run()));
    row.workflow().ifPresent(id -> put(workflows, id, appended.strands().workflow()));
    return new LedgerRecord(appended.bytes(), row.bytes());
  }

  private static Optional<String> runOf(Event event) {
    return switch (event) {
      case RunEvent e -> Optional.of(e.run());
      case RunErased e -> Optional.of(e.run());
      default -> Optional.empty();
    };
  }

  private Header header(String stream, Optional<String> run, Optional<String> workflow) {
    String[] parts = stream.split("/", 2);
    return new Header(
        "%s-%s-%d".formatted(tenant, workspace, head.next()),
        tenant,
        workspace,
        Optional.of("dev"),
        parts[0],
        parts[1],
        streams.merge(stream, 1L, Long::sum) - 1,
        new Actor(Actor.Kind.USER, "alice"),
        "command-1",
        "correlation-1",
        Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        Instant.ofEpochMilli(at(head.next())),
        run,
        workflow);
  }

  private static void put(Map<String, Strand> strands, String id, Optional<Strand> strand) {
    strand.ifPresentOrElse(s -> strands.put(id, s), () -> strands.remove(id));
  }
}
