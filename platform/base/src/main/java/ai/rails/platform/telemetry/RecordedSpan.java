package ai.rails.platform.telemetry;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// One finished span, as the ring keeps it.
///
/// @param parentSpanId absent for the first span of a trace
/// @param startEpochNanos start, nanoseconds since 1970
/// @param attributes name to value as text; ids, enums and numbers only
public record RecordedSpan(
    String traceId,
    String spanId,
    Optional<String> parentSpanId,
    String name,
    String kind,
    long startEpochNanos,
    Duration duration,
    boolean failed,
    Map<String, String> attributes) {
  public RecordedSpan {
    attributes = Map.copyOf(attributes);
  }
}
