package ai.rails.platform.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;

/// A span that is current on this thread until it is closed.
///
/// Confined to the thread that began it.
public final class Traced implements AutoCloseable {
  private final Span span;
  private final Scope scope;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  Traced(Span span) {
    this.span = span;
    this.scope = span.makeCurrent();
  }

  public <T> Traced set(AttributeKey<T> key, T value) {
    span.setAttribute(key, value);
    return this;
  }

  /// Names the span anew, once the route is known.
  public Traced name(String name) {
    span.updateName(name);
    return this;
  }

  /// Marks the span as failed with a code; the code names a kind of failure and holds no content.
  public Traced failed(String code) {
    span.setStatus(StatusCode.ERROR);
    span.setAttribute(Names.ERROR_TYPE, code);
    return this;
  }

  /// W3C trace context of this span, for whatever it causes.
  public String traceparent() {
    return Telemetry.traceparent(span.getSpanContext());
  }

  public String traceId() {
    return context().getTraceId();
  }

  private SpanContext context() {
    return span.getSpanContext();
  }

  @Override
  public void close() {
    scope.close();
    span.end();
  }
}
