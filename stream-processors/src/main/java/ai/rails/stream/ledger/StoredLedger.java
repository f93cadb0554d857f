package ai.rails.stream.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;

import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;

/// What the ledger task remembers of one workspace, in the task's store: the epoch, the head,
/// whether it waits, and the strands of its runs and workflows; also of runs that are over, since
/// entries can come late. Every key begins with the tenant. Used by the task's one thread.
final class StoredLedger {
  private static final HexFormat HEX = HexFormat.of();
  private static final int HASH_BYTES = 32;

  /// What a head took when there was one epoch.
  private static final int BEFORE_EPOCHS = 1 + Long.BYTES + HASH_BYTES + Long.BYTES;

  private static final String OPENING = "|o";

  private final KeyValueStore<String, byte[]> store;
  private final Origin origin;
  private final String key;

  /// @param origin of the workspace's log in the epoch that it is in
  StoredLedger(KeyValueStore<String, byte[]> store, Origin origin) {
    this.store = store;
    this.origin = origin;
    this.key = key(origin);
  }

  /// The log that a workspace is in.
  static Origin origin(
      KeyValueStore<String, byte[]> store, String cellDomain, String tenant, String workspace) {
    Origin first = Origin.first(cellDomain, tenant, workspace);
    byte @Nullable [] stored = store.get(key(first));
    return stored == null || stored.length <= BEFORE_EPOCHS
        ? first
        : first.in(ByteBuffer.wrap(stored).getInt(BEFORE_EPOCHS));
  }

  private static String key(Origin origin) {
    return origin.tenant() + "|" + origin.workspace();
  }

  /// @param waiting a position is missing or was refused; an alarm has gone out
  record State(LedgerHead head, boolean waiting) {}

  State state() {
    byte[] stored = store.get(key);
    if (stored == null) {
      return new State(LedgerHead.genesis(origin), false);
    }
    ByteBuffer in = ByteBuffer.wrap(stored);
    boolean waiting = in.get() == 1;
    return new State(new LedgerHead(in.getLong(), hash(in), in.getLong()), waiting);
  }

  void put(LedgerHead head, boolean waiting) {
    store.put(
        key,
        ByteBuffer.allocate(BEFORE_EPOCHS + Integer.BYTES)
            .put((byte) (waiting ? 1 : 0))
            .putLong(head.size())
            .put(HEX.parseHex(head.hash()))
            .putLong(head.time())
            .putInt(origin.epoch())
            .array());
  }

  /// Takes an abandoned log's place: nothing of that is remembered but how this one begins.
  ///
  /// @param opening the entry that opened the epoch, kept until the first leaf is there
  void open(LedgerHead head, byte[] opening) {
    forget(key + "|r|");
    forget(key + "|w|");
    put(head, true);
    store.put(key + OPENING, opening);
  }

  /// The event that opened this epoch, if the log has no leaf yet.
  Optional<byte[]> opening() {
    return Optional.ofNullable(store.get(key + OPENING));
  }

  void opened() {
    store.delete(key + OPENING);
  }

  /// All of a log at once, in place of whatever was remembered.
  void put(ChainCheck chain) {
    forget(key + "|r|");
    forget(key + "|w|");
    put(chain.head(), false);
    chain.runs().forEach((run, strand) -> put(runKey(run), Optional.of(strand)));
    chain.workflows().forEach((id, strand) -> put(workflowKey(id), Optional.of(strand)));
  }

  private void forget(String prefix) {
    var keys = new ArrayList<String>();
    try (var found = store.range(prefix, prefix + "\uffff")) {
      found.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.forEach(store::delete);
  }

  Strands strands(Optional<String> run, Optional<String> workflow) {
    return new Strands(
        run.flatMap(id -> strand(runKey(id))), workflow.flatMap(id -> strand(workflowKey(id))));
  }

  void put(Optional<String> run, Optional<String> workflow, Strands strands) {
    run.ifPresent(id -> put(runKey(id), strands.run()));
    workflow.ifPresent(id -> put(workflowKey(id), strands.workflow()));
  }

  private Optional<Strand> strand(String strandKey) {
    byte @Nullable [] stored = store.get(strandKey);
    if (stored == null) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(stored);
    return Optional.of(new Strand(in.getLong(), hash(in)));
  }

  private void put(String strandKey, Optional<Strand> strand) {
    if (strand.isEmpty()) {
      store.delete(strandKey);
      return;
    }
    store.put(
        strandKey,
        ByteBuffer.allocate(Long.BYTES + HASH_BYTES)
            .putLong(strand.get().size())
            .put(HEX.parseHex(strand.get().hash()))
            .array());
  }

  private String runKey(String run) {
    return key + "|r|" + run;
  }

  private String workflowKey(String workflow) {
    return key + "|w|" + workflow;
  }

  private static String hash(ByteBuffer in) {
    byte[] hash = new byte[HASH_BYTES];
    in.get(hash);
    return HEX.formatHex(hash);
  }
}
