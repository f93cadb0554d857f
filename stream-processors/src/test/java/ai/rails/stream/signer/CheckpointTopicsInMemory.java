package ai.rails.stream.signer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.common.TopicPartition;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;

/// The checkpoints topics, which outlive the processes that use them. Thread-safe.
final class CheckpointTopicsInMemory {
  private final List<Note> notes = new ArrayList<>();
  private final List<Alarm> alarms = new ArrayList<>();
  private final SigningKeys keys;

  CheckpointTopicsInMemory(SigningKeys keys) {
    this.keys = keys;
  }

  synchronized List<Note> notes() {
    return List.copyOf(notes);
  }

  synchronized List<Alarm.Code> alarms() {
    return alarms.stream().map(Alarm::code).toList();
  }

  /// Loses all notes, as when the brokers are restored from an old backup.
  synchronized void lose() {
    notes.clear();
  }

  /// The topics as one process sees them.
  CheckpointTopics open(Faults faults) {
    return new Session(faults);
  }

  private final class Session implements CheckpointTopics {
    private final Faults faults;

    Session(Faults faults) {
      this.faults = faults;
    }

    @Override
    public Map<TopicPartition, Long> publish(List<Outgoing> outgoing) {
      faults.step();
      var next = new HashMap<TopicPartition, Long>();
      synchronized (CheckpointTopicsInMemory.this) {
        outgoing.forEach(each -> {
          notes.add(each.note());
          next.put(each.log().checkpoints(), (long) notes.size());
        });
      }
      faults.step();
      return next;
    }

    @Override
    public Optional<Checkpoint> largest(LogName log, Optional<Long> from) {
      synchronized (CheckpointTopicsInMemory.this) {
        return notes.stream()
            .skip(from.orElse(0L))
            .flatMap(note -> keys.own(log.name(), note).stream())
            .max(Comparator.comparingLong(Checkpoint::size));
      }
    }

    @Override
    public void alarm(Alarm alarm) {
      faults.step();
      synchronized (CheckpointTopicsInMemory.this) {
        alarms.add(alarm);
      }
    }
  }
}
