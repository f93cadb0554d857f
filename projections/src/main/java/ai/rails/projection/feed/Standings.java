package ai.rails.projection.feed;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import org.apache.kafka.common.TopicPartition;

/// How the feed stands with each partition that it reads: what it folded, what is left, and why it
/// stands still, if it does. The feed's thread writes; anybody reads.
public final class Standings {
  /// A record that came early for longer than this is an alarm: what it speaks of is missing.
  private static final long EARLY_MILLIS = 60_000;

  private final Map<TopicPartition, Standing> partitions = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final Feed.Input input;
  private volatile String waiting = "";
  private volatile String ended = "";

  public Standings(InstantSource clock) {
    this(clock, Feed.Input.LEDGER);
  }

  public Standings(InstantSource clock, Feed.Input input) {
    this.clock = clock;
    this.input = input;
  }

  /// One partition.
  ///
  /// @param newest time of the newest folded entry, or when reading began; Unix milliseconds
  private record Standing(long folded, long left, long newest, String stopped) {}

  /// Several partitions together.
  ///
  /// @param folded entries since reading began
  /// @param lagEntries entries in the ledger that are not folded yet
  /// @param lagMillis how old the newest folded entry is where some are left; 0 where none is
  /// @param failure why the feed stands still, empty while it does not
  public record Summary(long folded, long lagEntries, long lagMillis, String failure) {}

  /// Over all tenants; for metrics.
  public Summary all() {
    return summary(_ -> true);
  }

  /// Of one tenant's ledger only.
  public Summary of(String tenant) {
    String topic = input.topic(tenant);
    return summary(partition -> partition.topic().equals(topic));
  }

  private Summary summary(Predicate<TopicPartition> wanted) {
    long now = clock.millis();
    long folded = 0;
    long left = 0;
    long millis = 0;
    String why = ended.isEmpty() ? waiting : ended;
    for (Map.Entry<TopicPartition, Standing> entry : partitions.entrySet()) {
      if (wanted.test(entry.getKey())) {
        Standing s = entry.getValue();
        folded += s.folded;
        left += s.left;
        millis = s.left > 0 ? Math.max(millis, now - s.newest) : millis;
        why = why.isEmpty() ? s.stopped : why;
      }
    }
    return new Summary(folded, left, millis, why);
  }

  void assigned(TopicPartition partition) {
    partitions.put(partition, new Standing(0, 0, clock.millis(), ""));
  }

  void revoked(TopicPartition partition) {
    partitions.remove(partition);
  }

  void folded(TopicPartition partition, int entries, long newest) {
    change(partition, s -> new Standing(s.folded + entries, s.left, newest, ""));
  }

  /// The next record waits for another feed.
  ///
  /// @param written when the record was written, Unix milliseconds
  void early(TopicPartition partition, long written, String why) {
    if (clock.millis() - written > EARLY_MILLIS) {
      stopped(partition, why);
    }
  }

  void left(TopicPartition partition, long entries) {
    change(partition, s -> new Standing(s.folded, entries, s.newest, s.stopped));
  }

  /// This partition is not read any further; the others are.
  void stopped(TopicPartition partition, String why) {
    change(partition, s -> new Standing(s.folded, s.left, s.newest, why));
  }

  /// Why nothing is read at the moment; empty once it is again.
  void waiting(String why) {
    waiting = why;
  }

  /// Why nothing will be read any more; empty when a feed begins.
  void ended(String why) {
    ended = why;
    waiting = "";
  }

  /// Why a tenant's ledger is not followed until somebody does something.
  Optional<String> stopped(String tenant) {
    return Optional.of(waiting.isEmpty() ? of(tenant).failure() : ended)
        .filter(why -> !why.isEmpty());
  }

  private void change(TopicPartition partition, UnaryOperator<Standing> change) {
    partitions.computeIfPresent(partition, (_, standing) -> change.apply(standing));
  }
}
