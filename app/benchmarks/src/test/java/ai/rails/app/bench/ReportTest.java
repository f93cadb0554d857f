package ai.rails.app.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class ReportTest {
  private static final Machine MACHINE =
      new Machine("a processor", 2, 1024, "Linux 6 (amd64)", "25", "ext4", 0.5);
  private static final PostgresMeter.Settings POSTGRES =
      new PostgresMeter.Settings("18.4", "on", "on", "on", "logical", "128MB");

  @Test
  void jsonIsOneLineWithUnitsInItsNamesAndNothingThatWasNotMeasured() throws Exception {
    String json = peerOnly().json();

    JsonNode report = new ObjectMapper().readTree(json);
    assertThat(json).doesNotContain("\n");
    assertThat(report.path("benchmark").asText()).isEqualTo("peer");
    assertThat(report.path("postgres").path("fsync").asText()).isEqualTo("on");
    assertThat(report.path("versions").path("dbos").asText()).isEqualTo("1");
    assertThat(report.path("peer").path("loaded").path("runsPerSecond").asDouble()).isEqualTo(50);
    assertThat(report.path("peer").path("loaded").path("stepOverhead").path("p99Ms").asDouble())
        .isEqualTo(9);
    assertThat(report.has("governed")).isFalse();
    assertThat(report.has("priceOfGovernance")).isFalse();
    assertThat(report.path("peer").path("loaded").has("cpuSecondsPerRun")).isFalse();
  }

  @Test
  void thePriceIsGovernedOverUngoverned() {
    Report.Price price = Report.Price.of(trial(5, 40), trial(50, 4));

    assertThat(price.throughputRatio()).isEqualTo(0.1);
    assertThat(price.overheadRatio()).isEqualTo(10);
    assertThat(price.walBytesRatio()).isEqualTo(1);
  }

  @Test
  void theTableSaysWhereItWasMeasuredAndLeavesOutWhatIsMissing() {
    var bytes = new ByteArrayOutputStream();

    peerOnly().table(new PrintStream(bytes, true, UTF_8));

    assertThat(bytes.toString(UTF_8))
        .contains("a processor, 2 processors, 1024 MB")
        .contains("fsync=on")
        .containsPattern("runs/s sustained +- +50.000 +-");
  }

  private static Report peerOnly() {
    return new Report(
        "peer",
        MACHINE,
        Map.of("dbos", "1"),
        POSTGRES,
        null,
        trial(50, 4),
        null,
        null,
        null,
        null,
        null);
  }

  private static Trial trial(double runsPerSecond, double overheadMs) {
    Sustained sustained =
        new Sustained(
            4, 100, 2, runsPerSecond, new Latency(100, overheadMs, 9, 10), 10, 30, 6000, null);
    return new Trial("engine", "1", sustained, sustained);
  }
}
