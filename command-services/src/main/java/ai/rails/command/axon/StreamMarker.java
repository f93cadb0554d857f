package ai.rails.command.axon;

import org.axonframework.eventsourcing.eventstore.AbstractConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.Position;

/// How far a stream was read: a later event of another command is a conflict. A command changes one
/// stream only, so markers of two streams never meet.
final class StreamMarker extends AbstractConsistencyMarker<StreamMarker> {
  private final String type;
  private final String id;
  private final long lastSeq;

  /// @param lastSeq -1 for an empty stream
  StreamMarker(String type, String id, long lastSeq) {
    this.type = type;
    this.id = id;
    this.lastSeq = lastSeq;
  }

  String type() {
    return type;
  }

  String id() {
    return id;
  }

  long lastSeq() {
    return lastSeq;
  }

  StreamMarker after(int events) {
    return new StreamMarker(type, id, lastSeq + events);
  }

  @Override
  protected ConsistencyMarker doLowerBound(StreamMarker other) {
    return requireSameStream(other).lastSeq < lastSeq ? other : this;
  }

  @Override
  protected ConsistencyMarker doUpperBound(StreamMarker other) {
    return requireSameStream(other).lastSeq > lastSeq ? other : this;
  }

  @Override
  public Position position() {
    throw new UnsupportedOperationException("a stream's marker is no position in the store");
  }

  private StreamMarker requireSameStream(StreamMarker other) {
    if (!other.type.equals(type) || !other.id.equals(id)) {
      throw new IllegalStateException(
          "one command, two streams: %s %s and %s %s".formatted(type, id, other.type, other.id));
    }
    return other;
  }
}
