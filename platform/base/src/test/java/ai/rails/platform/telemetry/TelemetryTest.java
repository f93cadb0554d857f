package ai.rails.platform.telemetry;

import java.util.Optional;

import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void linkedSpanIsATraceOfItsOwn() {
    try (Telemetry telemetry = Telemetry.inMemory();
        Traced span = telemetry.beginLinked("process", SpanKind.CONSUMER, Optional.of(PARENT))) {
      assertThat(span.traceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
    }
  }
}
