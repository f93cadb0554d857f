package ai.rails.platform.telemetry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.platform.config.Settings;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

class TelemetryTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void spansOfOneTraceAreFoundInTheRing() {
    try (Telemetry telemetry = Telemetry.inMemory()) {
      try (Traced outer = telemetry.begin("outer", SpanKind.SERVER, Optional.of(PARENT));
          Traced inner = telemetry.begin("inner", SpanKind.INTERNAL)) {
        inner.set(Names.RUN, "r1").failed("TIMEOUT");
        assertThat(outer.traceId()).isEqualTo(inner.traceId());
      }

      assertThat(telemetry.spans("0af7651916cd43dd8448eb211c80319c"))
          .extracting(RecordedSpan::name)
          .containsExactly("inner", "outer");
      assertThat(telemetry.spans("0af7651916cd43dd8448eb211c80319c").getFirst().attributes())
          .containsEntry("airails.run", "r1")
          .containsEntry("error.type", "TIMEOUT");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "garbage"
      })
  void malformedParentBeginsANewTrace(String parent) {
    try (Telemetry telemetry = Telemetry.inMemory();
        Traced span = telemetry.begin("x", SpanKind.SERVER, Optional.of(parent))) {
      assertThat(span.traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
      assertThat(Telemetry.traceId(parent)).isEmpty();
    }
  }

  @Test
  void figuresAndSpansReachACollector() throws IOException {
    Map<String, String> received = new ConcurrentHashMap<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.merge(
              exchange.getRequestURI().getPath(), new String(body, ISO_8859_1), String::concat);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
    try (Telemetry telemetry =
        Telemetry.start("test", Settings.of(Map.of("otel.endpoint", endpoint)))) {
      var _ =
          telemetry.observe(
              List.of(
                  Measure.level("airails.test.lag", "ms", "How far behind.", () -> 42),
                  Measure.total("airails.test.done", "{event}", "What was done.", () -> 7),
                  Measure.level(
                      "airails.test.out_of_reach", "1", "Fails.", () -> Long.parseLong("away"))));
      try (Traced span = telemetry.begin("step", SpanKind.INTERNAL)) {
        span.set(Names.RUN, "r1");
      }
    } finally {
      collector.stop(0);
    }

    assertThat(received.get("/v1/metrics"))
        .contains("airails.test.lag", "airails.test.done")
        .doesNotContain("airails.test.out_of_reach");
    assertThat(received.get("/v1/traces")).contains("step", "airails.run");
  }

  @Test
  void linkedSpanIsATraceOfItsOwn() {
    try (Telemetry telemetry = Telemetry.inMemory();
        Traced span = telemetry.beginLinked("process", SpanKind.CONSUMER, Optional.of(PARENT))) {
      assertThat(span.traceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
    }
  }
}
