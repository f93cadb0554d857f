package ai.rails.projection.evidence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jooq.DSLContext;
import org.jooq.Record2;

import ai.rails.domain.Actor;
import ai.rails.domain.EntryType;
import ai.rails.platform.evidence.Scope;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;
import static org.jooq.impl.DSL.max;

/// The entries that let a run's workers act: of each release under which one did something, the
/// evidence, the decision, the release and its confirmation, and the collateral that the evidence
/// names; and where keys of one of them ended while the run went on. They lie in the run's own log.
final class WorkerEntries {
  private static final String STREAM = "Worker";
  private static final int MOST = 20_000;

  private WorkerEntries() {}

  /// @return positions, ascending
  static List<Long> of(DSLContext sql, Scope scope, String run) {
    Map<String, TreeSet<Long>> acts = new HashMap<>();
    sql.select(ENTRY.ACTOR_ID, ENTRY.POSITION)
        .from(ENTRY)
        .where(
            ENTRY.TENANT.eq(scope.tenant()),
            ENTRY.WORKSPACE.eq(scope.workspace()),
            ENTRY.RUN.eq(run),
            ENTRY.ACTOR_KIND.eq(Actor.Kind.WORKER.name()))
        .forEach(row -> acts.computeIfAbsent(row.value1(), _ -> new TreeSet<>()).add(row.value2()));
    TreeSet<Long> needed = new TreeSet<>();
    long last = last(sql, scope, run);
    acts.forEach((worker, positions) -> {
      NavigableMap<Long, EntryType> stream = stream(sql, scope, worker, last);
      needed.addAll(of(stream, positions));
      needed.addAll(ends(stream, positions.first()));
    });
    return List.copyOf(needed);
  }

  private static long last(DSLContext sql, Scope scope, String run) {
    return Optional.ofNullable(
            sql.select(max(ENTRY.POSITION))
                .from(ENTRY)
                .where(
                    ENTRY.TENANT.eq(scope.tenant()),
                    ENTRY.WORKSPACE.eq(scope.workspace()),
                    ENTRY.RUN.eq(run))
                .fetchOne(0, Long.class))
        .orElse(0L);
  }

  /// Where keys of the worker ended while the run went on.
  private static List<Long> ends(NavigableMap<Long, EntryType> stream, long first) {
    return stream.tailMap(first).entrySet().stream()
        .filter(entry ->
            entry.getValue() == EntryType.WORKER_TERMINATED
                || entry.getValue() == EntryType.KEY_RELEASE_EXPIRED)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static NavigableMap<Long, EntryType> stream(
      DSLContext sql, Scope scope, String worker, long last) {
    NavigableMap<Long, EntryType> entries = new TreeMap<>();
    for (Record2<Long, String> row :
        sql.select(ENTRY.POSITION, ENTRY.ENTRY_TYPE)
            .from(ENTRY)
            .where(
                ENTRY.TENANT.eq(scope.tenant()),
                ENTRY.WORKSPACE.eq(scope.workspace()),
                ENTRY.STREAM_TYPE.eq(STREAM),
                ENTRY.STREAM_ID.eq(worker),
                ENTRY.POSITION.lt(last))
            .orderBy(ENTRY.POSITION.desc())
            .limit(MOST)) {
      entries.put(row.value1(), EntryType.valueOf(row.value2()));
    }
    return entries;
  }

  private static Set<Long> of(NavigableMap<Long, EntryType> stream, Set<Long> acts) {
    Set<Long> needed = new TreeSet<>();
    for (long act : acts) {
      long confirmed = before(stream, act, EntryType.KEY_RELEASE_CONFIRMED);
      if (confirmed == 0 || !needed.add(confirmed)) {
        continue;
      }
      long released = before(stream, confirmed, EntryType.KEY_RELEASED);
      long decided = before(stream, released, EntryType.POLICY_EVALUATED);
      long verified = before(stream, decided, EntryType.ATTESTATION_VERIFIED);
      long archived = before(stream, verified, EntryType.COLLATERAL_ARCHIVED);
      long registered = before(stream, act, EntryType.WORKER_REGISTERED);
      for (long each : new long[] {registered, archived, verified, decided, released}) {
        if (each > 0) {
          needed.add(each);
        }
      }
    }
    return needed;
  }

  /// The last entry of a kind before a position, or 0.
  private static long before(NavigableMap<Long, EntryType> stream, long position, EntryType type) {
    for (Map.Entry<Long, EntryType> entry :
        stream.headMap(position, false).descendingMap().entrySet()) {
      if (entry.getValue() == type) {
        return entry.getKey();
      }
    }
    return 0;
  }
}
