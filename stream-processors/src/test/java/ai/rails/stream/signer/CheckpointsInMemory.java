package ai.rails.stream.signer;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.apache.kafka.common.TopicPartition;

import ai.rails.domain.ledger.Origin;

/// The signer's table, which outlives the processes that use it, and can be set back.
final class CheckpointsInMemory {
  // Guarded by this.
  private Map<String, Signed> rows = new HashMap<>();
  private Set<String> unpublished = new HashSet<>();
  private Map<TopicPartition, Long> known = new HashMap<>();

  /// What a backup holds.
  record Backup(
      Map<String, Signed> rows, Set<String> unpublished, Map<TopicPartition, Long> known) {}

  synchronized Backup backup() {
    return new Backup(new HashMap<>(rows), new HashSet<>(unpublished), new HashMap<>(known));
  }

  synchronized void restore(Backup backup) {
    rows = new HashMap<>(backup.rows);
    unpublished = new HashSet<>(backup.unpublished);
    known = new HashMap<>(backup.known);
  }

  synchronized Optional<Signed> row(LogName log) {
    return Optional.ofNullable(rows.get(log.name()));
  }

  /// The table as one process sees it.
  CheckpointStore open(Faults faults) {
    return new Session(faults);
  }

  private final class Session implements CheckpointStore {
    private final Faults faults;

    Session(Faults faults) {
      this.faults = faults;
    }

    @Override
    public List<Signed> sign(Collection<String> origins, Decide decide) {
      faults.step();
      synchronized (CheckpointsInMemory.this) {
        var locked = new HashMap<>(rows);
        locked.keySet().retainAll(origins);
        List<Signed> next = decide.sign(locked);
        for (Signed signed : next) {
          Signed old = rows.get(signed.origin());
          long version = old == null ? 0 : old.version();
          if (signed.version() != version + 1) {
            throw new StoreFailed("another signer", new IllegalStateException());
          }
          rows.put(signed.origin(), signed);
          unpublished.add(signed.origin());
        }
        faults.step();
        return next;
      }
    }

    @Override
    public Optional<Signed> find(String origin) {
      synchronized (CheckpointsInMemory.this) {
        return Optional.ofNullable(rows.get(origin));
      }
    }

    @Override
    public List<Signed> ofWorkspace(Origin origin) {
      synchronized (CheckpointsInMemory.this) {
        return rows.values().stream()
            .filter(row -> Origin.parse(row.origin()).filter(origin::sameWorkspace).isPresent())
            .toList();
      }
    }

    @Override
    public void freeze(String origin, String why) {
      faults.step();
      synchronized (CheckpointsInMemory.this) {
        rows.computeIfPresent(
            origin,
            (o, row) ->
                new Signed(
                    row.checkpoint(),
                    row.note(),
                    row.tree(),
                    row.previous(),
                    row.step(),
                    row.version(),
                    Optional.of(why)));
      }
      faults.step();
    }

    @Override
    public List<Signed> unpublished() {
      faults.step();
      synchronized (CheckpointsInMemory.this) {
        return unpublished.stream()
            .flatMap(o -> Optional.ofNullable(rows.get(o)).stream())
            .toList();
      }
    }

    @Override
    public void published(Map<String, Long> sizes, Map<TopicPartition, Long> next) {
      faults.step();
      synchronized (CheckpointsInMemory.this) {
        sizes.forEach((origin, size) -> {
          if (Objects.requireNonNull(rows.get(origin)).size() == size) {
            unpublished.remove(origin);
          }
        });
        known.putAll(next);
      }
      faults.step();
    }

    @Override
    public void cosigned(Map<String, Instant> times) {}

    @Override
    public Optional<Long> knownUpTo(TopicPartition partition) {
      synchronized (CheckpointsInMemory.this) {
        return Optional.ofNullable(known.get(partition));
      }
    }

    @Override
    public List<String> notCosignedSince(Instant time, int limit) {
      return List.of();
    }

    @Override
    public void close() {}
  }
}
