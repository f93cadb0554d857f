package ai.rails.stream.signer;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.common.TopicPartition;

import ai.rails.domain.ledger.Origin;

/// The signer's own durable memory. Its rows decide what may be signed. Whatever fails in it throws
/// [StoreFailed]; then nobody knows whether the last change happened, and the row is read again
/// before anything else is done with it.
interface CheckpointStore extends AutoCloseable {
  /// Locks the logs' rows, lets `decide` choose what is signed next, writes that, and commits: it
  /// is durable when this returns.
  ///
  /// @return what was written
  List<Signed> sign(Collection<String> origins, Decide decide);

  Optional<Signed> find(String origin);

  /// What was signed of a workspace's logs, in all epochs.
  List<Signed> ofWorkspace(Origin origin);

  /// Signs nothing more of the log until a person has cleared the row.
  void freeze(String origin, String why);

  /// What was committed, and perhaps never published.
  List<Signed> unpublished();

  /// Notes what went out.
  ///
  /// @param sizes of the checkpoints, by origin
  /// @param next up to where the topics are known
  void published(Map<String, Long> sizes, Map<TopicPartition, Long> next);

  /// Notes when witnesses last cosigned.
  void cosigned(Map<String, Instant> times);

  /// Up to where a checkpoints topic is known to hold nothing that the rows do not.
  Optional<Long> knownUpTo(TopicPartition partition);

  /// Logs that were not cosigned since, the longest waiting first.
  List<String> notCosignedSince(Instant time, int limit);

  @Override
  void close();

  /// Chooses what is signed.
  @FunctionalInterface
  interface Decide {
    /// @param rows the locked rows, by origin
    List<Signed> sign(Map<String, Signed> rows);
  }

  /// The store did not confirm.
  final class StoreFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
