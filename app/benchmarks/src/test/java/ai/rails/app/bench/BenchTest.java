package ai.rails.app.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class BenchTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @Test
  void anUnknownNameOrFormatAndMissingFilesAreUsage() {
    assertThat(run("nothing")).isEqualTo(2);
    assertThat(run("peer", "-o", "xml")).isEqualTo(2);
    assertThat(run("triage")).isEqualTo(2);
    assertThat(run("attestation")).isEqualTo(2);
    assertThat(run("peer", "--seconds", "0")).isEqualTo(2);
    assertThat(printed.toString(UTF_8)).isEmpty();
  }

  @Test
  void aFileThatIsNotThereIsUnavailable() {
    assertThat(run("triage", "--train", folder.resolve("none.csv").toString())).isEqualTo(3);
    assertThat(run("attestation", "--vectors", folder.toString())).isEqualTo(3);
  }

  @Test
  void helpNamesTheBenchmarks() {
    assertThat(run("--help")).isZero();
    assertThat(printed.toString(UTF_8)).contains("spine").contains("triage").contains("peer");
  }

  @Test
  @Tag("slow")
  void fiveWorkflowsOfThePeerAreMeasuredAndNothingIsLeft() throws Exception {
    int code =
        run(
            "peer",
            "--runs",
            "5",
            "--concurrency",
            "2",
            "--seconds",
            "30",
            "-o",
            "json",
            "--data",
            folder.toString());

    assertThat(code).isZero();
    JsonNode report = new ObjectMapper().readTree(printed.toByteArray());
    JsonNode loaded = report.path("peer").path("loaded");
    assertThat(loaded.path("runs").asInt()).isEqualTo(5);
    assertThat(loaded.path("runsPerSecond").asDouble()).isPositive();
    assertThat(loaded.path("stepOverhead").path("p50Ms").asDouble()).isPositive();
    assertThat(loaded.path("writeTransactionsPerRun").asDouble()).isGreaterThanOrEqualTo(6);
    assertThat(loaded.path("walBytesPerRun").asDouble()).isPositive();
    assertThat(report.path("postgres").path("fsync").asText()).isEqualTo("on");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  @Tag("slow")
  void nothingGetsOutWhilePolicyIsAwayAndMeasurementsAddUp() throws Exception {
    JsonNode first = failClosed("100");
    JsonNode both = failClosed("50");

    assertThat(first.path("attempts").asInt()).isEqualTo(100);
    assertThat(both.path("attempts").asInt()).isEqualTo(150);
    assertThat(both.path("measurements").asInt()).isEqualTo(2);
    assertThat(both.path("reachedSink").asInt(-1)).isZero();
    assertThat(both.path("bound95").asDouble()).isEqualTo(0.02);
    assertThat(both.path("byFault").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("killed", "paused", "stale", "lying", "partitioned");
    both.path("byFault")
        .forEach(fault -> {
          assertThat(fault.path("intents").asInt(-1)).isZero();
          assertThat(fault.path("decisionsRecorded")).isEqualTo(fault.path("attempts"));
          assertThat(fault.path("answers").has("ALLOW")).isFalse();
          assertThat(fault.path("proxy").has("200")).isFalse();
        });
    JsonNode control = both.path("control");
    assertThat(control.path("reachedSink").asInt()).isPositive();
    assertThat(control.path("reachedSink")).isEqualTo(control.path("allowed"));
  }

  @Test
  @Tag("slow")
  void decisionsAreTimedBesideAnEchoAndHistorySaysTheSameAgain() throws Exception {
    printed.reset();
    int code =
        run(
            "policy",
            "--short",
            "--tenants=3",
            "--most-tenants=5",
            "--grants=20",
            "--rate=20",
            "--concurrency=2",
            "--seconds=1",
            "-o",
            "json",
            "--data",
            folder.toString());

    JsonNode figures = new ObjectMapper().readTree(printed.toByteArray());
    assertThat(figures.path("steady").path("decision").path("p99Ms").asDouble()).isPositive();
    assertThat(figures.path("saturated").path("echo").path("perSecond").asDouble()).isPositive();
    assertThat(figures.path("killSwitch").path("sidecars").asInt()).isEqualTo(2);
    assertThat(figures.path("publish").path("longestMs").asDouble()).isBetween(0.0, 30_000.0);
    assertThat(figures.path("reproduced").asBoolean()).isTrue();
    assertThat(figures.path("memory").path("mostTenants").asInt()).isEqualTo(5);
    assertThat(code).isEqualTo(figures.path("unanswered").asInt() == 0 ? 0 : 1);
  }

  private JsonNode failClosed(String attempts) throws IOException {
    printed.reset();
    String data = folder.toString();
    assertThat(run("fail-closed", "--attempts", attempts, "-o", "json", "--data", data)).isZero();
    return new ObjectMapper().readTree(printed.toByteArray());
  }

  private int run(String... arguments) {
    return Bench.run(arguments, new PrintStream(printed, true, UTF_8));
  }
}
