package ai.rails.platform.telemetry;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;

/// The last finished spans of this process, so that a trace can be shown without a collector.
///
/// The deque is guarded by its own monitor.
final class SpanRing implements SpanProcessor {
  private final int capacity;
  private final Deque<RecordedSpan> spans = new ArrayDeque<>();

  SpanRing(int capacity) {
    this.capacity = capacity;
  }

  List<RecordedSpan> of(String traceId) {
    synchronized (spans) {
      return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    RecordedSpan recorded = recorded(span.toSpanData());
    synchronized (spans) {
      if (spans.size() == capacity) {
        spans.removeFirst();
      }
      spans.addLast(recorded);
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  private static RecordedSpan recorded(SpanData span) {
    Map<String, String> attributes = new HashMap<>();
    span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
    String parent = span.getParentSpanId();
    return new RecordedSpan(
        span.getTraceId(),
        span.getSpanId(),
        SpanId.isValid(parent) ? Optional.of(parent) : Optional.empty(),
        span.getName(),
        span.getKind().name(),
        span.getStartEpochNanos(),
        Duration.ofNanos(span.getEndEpochNanos() - span.getStartEpochNanos()),
        span.getStatus().getStatusCode() == StatusCode.ERROR,
        attributes);
  }
}
