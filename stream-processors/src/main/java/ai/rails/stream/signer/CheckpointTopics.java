package ai.rails.stream.signer;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.common.TopicPartition;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;

/// The checkpoints topics as the signer uses them. Thread-safe.
interface CheckpointTopics {
  /// A note on its way out.
  record Outgoing(LogName log, Note note) {}

  /// Publishes notes; they are in the topics when this returns.
  ///
  /// @return up to where each partition is known now
  Map<TopicPartition, Long> publish(List<Outgoing> notes);

  /// The largest checkpoint that a log's topic holds, among those that came at or after an offset
  /// and whose signature is the log's own.
  Optional<Checkpoint> largest(LogName log, Optional<Long> from);

  /// Tells people.
  void alarm(Alarm alarm);
}
