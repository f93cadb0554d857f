package ai.rails.stream.siem;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.ToolActionIntended;

/// What the feed remembers, in the task's store: the last entry of each workspace, what open runs
/// said of their calls, and the last version told to a tenant. Every key names the tenant. Used by
/// the task's one thread.
final class StoredFeed {
  private static final HexFormat HEX = HexFormat.of();
  private static final int HASH_BYTES = 32;
  private static final String SIDE_EFFECT = "\"side_effect\":\"";

  private final KeyValueStore<String, byte[]> store;

  StoredFeed(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  /// The last entry told of one workspace.
  ///
  /// @param epoch of its log
  record Last(int epoch, long seq, String hash) {}

  Optional<Last> last(String tenant, String workspace) {
    return Optional.ofNullable(store.get(lastKey(tenant, workspace))).map(StoredFeed::last);
  }

  void put(String tenant, String workspace, Last last) {
    store.put(
        lastKey(tenant, workspace),
        ByteBuffer.allocate(Long.BYTES + HASH_BYTES + Integer.BYTES)
            .putLong(last.seq())
            .put(HEX.parseHex(last.hash()))
            .putInt(last.epoch())
            .array());
  }

  /// The last sequence of every workspace, by tenant.
  SortedMap<String, SortedMap<String, Long>> sequences() {
    var byTenant = new TreeMap<String, SortedMap<String, Long>>();
    try (KeyValueIterator<String, byte[]> all = store.range("h|", "h|~")) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        String[] key = next.key.split("\\|", -1);
        byTenant
            .computeIfAbsent(key[1], tenant -> new TreeMap<>())
            .put(key[2], last(next.value).seq());
      }
    }
    return byTenant;
  }

  /// The version last told to a tenant.
  Optional<String> version(String tenant) {
    return Optional.ofNullable(store.get("v|" + tenant))
        .map(text -> new String(text, StandardCharsets.UTF_8));
  }

  void putVersion(String tenant, String version) {
    store.put("v|" + tenant, version.getBytes(StandardCharsets.UTF_8));
  }

  Memory memory(String tenant, String workspace) {
    return new Memory() {
      @Override
      public CallFacts call(String run, String callId) {
        byte[] found = store.get(callKey(tenant, workspace, run, callId));
        return found == null ? CallFacts.NONE : CallFacts.of(found);
      }

      @Override
      public Optional<String> version(String run) {
        return Optional.ofNullable(store.get(runKey(tenant, workspace, run)))
            .map(text -> new String(text, StandardCharsets.UTF_8));
      }
    };
  }

  /// Remembers what later entries of the run are told with, and forgets the run when it has ended.
  /// What comes after a run's end is not remembered.
  void learn(String tenant, String workspace, Entry entry) {
    boolean late =
        entry
            .leaf()
            .run()
            .filter(run -> store.get(runKey(tenant, workspace, run.run())) == null)
            .isPresent();
    if (late && !(entry.event() instanceof RunTriggered)) {
      return;
    }
    switch (entry.event()) {
      case RunTriggered e ->
          store.put(
              runKey(tenant, workspace, e.run()), e.version().getBytes(StandardCharsets.UTF_8));
      case PolicyEvaluated e -> {
        CallFacts known = memory(tenant, workspace).call(e.run(), e.callId());
        CallFacts now = new CallFacts(sideEffect(e.decision()), known.intent());
        store.put(callKey(tenant, workspace, e.run(), e.callId()), now.bytes());
      }
      case ToolActionIntended e -> {
        CallFacts now = memory(tenant, workspace).call(e.run(), e.callId()).intended(e);
        store.put(callKey(tenant, workspace, e.run(), e.callId()), now.bytes());
      }
      default -> {}
    }
    entry.leaf().run().filter(StoredFeed::ended).ifPresent(r -> forget(tenant, workspace, r.run()));
  }

  private void forget(String tenant, String workspace, String run) {
    String prefix = callKey(tenant, workspace, run, "");
    List<String> calls = new ArrayList<>();
    try (var found = store.prefixScan(prefix, Serdes.String().serializer())) {
      found.forEachRemaining(call -> calls.add(call.key));
    }
    calls.forEach(store::delete);
    store.delete(runKey(tenant, workspace, run));
  }

  private static boolean ended(Leaf.RunPart run) {
    return run.place().flatMap(Leaf.Place::count).isPresent();
  }

  /// The input is canonical JSON, in which a quote inside a text is escaped, and the tool's members
  /// are sorted, so that its own side effect comes after those a parameter may be called.
  private static String sideEffect(Decision decision) {
    String input = decision.input();
    int at = input.lastIndexOf(SIDE_EFFECT);
    if (at < 0) {
      return "";
    }
    int from = at + SIDE_EFFECT.length();
    int to = input.indexOf('"', from);
    String found = to < 0 ? "" : input.substring(from, to);
    return switch (found) {
      case "read", "write", "model" -> found;
      default -> "";
    };
  }

  private static Last last(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    long seq = in.getLong();
    byte[] hash = new byte[HASH_BYTES];
    in.get(hash);
    // What was written when there was one epoch does not name it.
    int epoch = in.remaining() >= Integer.BYTES ? in.getInt() : 1;
    return new Last(epoch, seq, HEX.formatHex(hash));
  }

  private static String lastKey(String tenant, String workspace) {
    return "h|%s|%s".formatted(tenant, workspace);
  }

  private static String runKey(String tenant, String workspace, String run) {
    return "r|%s|%s|%s".formatted(tenant, workspace, hashed(run));
  }

  private static String callKey(String tenant, String workspace, String run, String call) {
    String prefix = "c|%s|%s|%s|".formatted(tenant, workspace, hashed(run));
    return call.isEmpty() ? prefix : prefix + hashed(call);
  }

  /// Ids may hold the separator.
  private static String hashed(String id) {
    return id.indexOf('|') < 0 ? id : Sha256.hex(id.getBytes(StandardCharsets.UTF_8));
  }
}
