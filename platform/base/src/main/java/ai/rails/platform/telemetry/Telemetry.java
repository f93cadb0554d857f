package ai.rails.platform.telemetry;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;

import ai.rails.platform.config.Settings;

/// Traces and metrics of one process.
///
/// Leaves the process only when `otel.endpoint` is set; the last spans are kept in memory in any
/// case. It is never a condition of anything: a failing exporter changes no behaviour. Safe for use
/// by several threads.
public final class Telemetry implements AutoCloseable {
  private static final int RING_SPANS = 8_192;
  private static final Duration METRIC_INTERVAL = Duration.ofSeconds(30);
  private static final String SCOPE = "ai.rails";
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

  private final OpenTelemetrySdk sdk;
  private final SpanRing ring;
  private final Tracer tracer;
  private final Meter meter;

  private Telemetry(OpenTelemetrySdk sdk, SpanRing ring) {
    this.sdk = sdk;
    this.ring = ring;
    this.tracer =
        sdk.getTracerProvider().tracerBuilder(SCOPE).setSchemaUrl(Names.SCHEMA_URL).build();
    this.meter = sdk.getMeterProvider().meterBuilder(SCOPE).setSchemaUrl(Names.SCHEMA_URL).build();
  }

  /// Starts telemetry for a component.
  ///
  /// @param service for example `command-services`
  public static Telemetry start(String service, Settings settings) {
    Optional<String> endpoint = settings.text("otel.endpoint");
    var ring = new SpanRing(RING_SPANS);
    var attributes =
        Attributes.builder().put("service.name", service).put("service.namespace", "ai.rails");
    settings.text("cell.id").ifPresent(cell -> attributes.put(Names.CELL, cell));
    Resource resource = Resource.create(attributes.build(), Names.SCHEMA_URL);
    var traces = SdkTracerProvider.builder().setResource(resource).addSpanProcessor(ring);
    var metrics = SdkMeterProvider.builder().setResource(resource);
    endpoint.ifPresent(address -> {
      traces.addSpanProcessor(
          BatchSpanProcessor.builder(
                  OtlpHttpSpanExporter.builder().setEndpoint(address + "/v1/traces").build())
              .build());
      metrics.registerMetricReader(
          PeriodicMetricReader.builder(
                  OtlpHttpMetricExporter.builder().setEndpoint(address + "/v1/metrics").build())
              .setInterval(METRIC_INTERVAL)
              .build());
    });
    return new Telemetry(
        OpenTelemetrySdk.builder()
            .setTracerProvider(traces.build())
            .setMeterProvider(metrics.build())
            .build(),
        ring);
  }

  /// Telemetry that stays in memory, for tests and tools.
  public static Telemetry inMemory() {
    return start("test", Settings.of(Map.of()));
  }

  public Tracer tracer() {
    return tracer;
  }

  public Meter meter() {
    return meter;
  }

  /// Publishes figures until the answer is closed.
  public Observed observe(Collection<Measure> measures) {
    List<AutoCloseable> instruments = measures.stream().map(this::instrument).toList();
    return () -> instruments.forEach(Telemetry::close);
  }

  /// Figures that are published.
  @FunctionalInterface
  public interface Observed extends AutoCloseable {
    @Override
    void close();
  }

  private AutoCloseable instrument(Measure measure) {
    Consumer<ObservableLongMeasurement> read = at -> measure.now().ifPresent(at::record);
    return switch (measure.kind()) {
      case LEVEL ->
          meter
              .gaugeBuilder(measure.name())
              .ofLongs()
              .setUnit(measure.unit())
              .setDescription(measure.description())
              .buildWithCallback(read);
      case TOTAL ->
          meter
              .counterBuilder(measure.name())
              .setUnit(measure.unit())
              .setDescription(measure.description())
              .buildWithCallback(read);
    };
  }

  private static void close(AutoCloseable instrument) {
    try {
      instrument.close();
    } catch (Exception e) {
      throw new IllegalStateException("an instrument can not be closed", e);
    }
  }

  /// Begins a span under the current one.
  public Traced begin(String name, SpanKind kind) {
    return new Traced(tracer.spanBuilder(name).setSpanKind(kind).startSpan());
  }

  /// Begins a span under a W3C `traceparent`; a malformed one begins a new trace.
  public Traced begin(String name, SpanKind kind, Optional<String> traceparent) {
    return new Traced(
        tracer
            .spanBuilder(name)
            .setSpanKind(kind)
            .setParent(traceparent.map(Telemetry::remote).orElse(Context.root()))
            .startSpan());
  }

  /// Begins a new trace that is linked to `traceparent`: what consumes a record does not prolong
  /// its producer's trace.
  public Traced beginLinked(String name, SpanKind kind, Optional<String> traceparent) {
    var builder = tracer.spanBuilder(name).setSpanKind(kind).setNoParent();
    traceparent
        .map(Telemetry::remote)
        .map(Span::fromContext)
        .map(Span::getSpanContext)
        .filter(SpanContext::isValid)
        .ifPresent(builder::addLink);
    return new Traced(builder.startSpan());
  }

  /// W3C trace context of the span that is current on this thread.
  public static Optional<String> current() {
    SpanContext context = Span.current().getSpanContext();
    return context.isValid() ? Optional.of(traceparent(context)) : Optional.empty();
  }

  /// The trace id in a W3C `traceparent`, if it is well-formed.
  public static Optional<String> traceId(String traceparent) {
    SpanContext context = Span.fromContext(remote(traceparent)).getSpanContext();
    return context.isValid() ? Optional.of(context.getTraceId()) : Optional.empty();
  }

  /// The finished spans of one trace in the order they ended; old ones are forgotten.
  ///
  /// @param traceId 32 hex digits
  public List<RecordedSpan> spans(String traceId) {
    return ring.of(traceId);
  }

  /// Flushes what is left, for at most five seconds.
  @Override
  public void close() {
    sdk.shutdown().join(5, TimeUnit.SECONDS);
  }

  static String traceparent(SpanContext context) {
    return "00-%s-%s-%s"
        .formatted(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex());
  }

  private static Context remote(String traceparent) {
    Matcher parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches()) {
      return Context.root();
    }
    SpanContext parent =
        SpanContext.createFromRemoteParent(
            parts.group(1),
            parts.group(2),
            TraceFlags.fromHex(parts.group(3), 0),
            TraceState.getDefault());
    return parent.isValid() ? Context.root().with(Span.wrap(parent)) : Context.root();
  }
}
