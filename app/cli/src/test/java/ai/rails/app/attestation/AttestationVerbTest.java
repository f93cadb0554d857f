package ai.rails.app.attestation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import ai.rails.app.SharedFolder;
import ai.rails.app.verb.Exit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// `rails attestation verify` and the conformance cases, on genuine evidence.
final class AttestationVerbTest {
  private static final Path SAMPLES =
      root().resolve("enclave/attestation/src/test/resources/ai/rails/attestation/samples");
  private static final String QUOTE = SAMPLES.resolve("tdx-v4.bin").toString();
  private static final String COLLATERAL = SAMPLES.resolve("collateral-v4").toString();
  private static final String TIME = "2025-02-28T12:00:00Z";

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void genuineQuoteIsExplained() {
    String log = SAMPLES.resolve("tdx-v4-ccel.dat").toString();

    int exit = verify(QUOTE, "--collateral", COLLATERAL, "--at", TIME, "--event-log", log);

    assertThat(exit).isEqualTo(Exit.OK);
    assertThat(out.toString())
        .contains("ACCEPTED, genuine TDX evidence, UpToDate")
        .contains(
            "dae67181d3d65e073ad8f95b7907d5e927bfe9761c9ff3e9b89734a45d8954dba41394c7717cb273")
        .contains("The event log gives exactly RTMR0 to RTMR3.")
        .containsPattern("PASSED +quote +signed by the attestation key");
  }

  @Test
  void refusedQuoteNamesReasonAndFailedCheck() {
    int exit = verify(QUOTE, "--collateral", COLLATERAL, "--at", "2025-03-20T12:00:00Z");

    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(out.toString()).contains("REJECTED, COLLATERAL_EXPIRED", "(unproven)");
  }

  @Test
  void reportIsVerifiedWithCertificatesFoundByWhatTheySay() throws Exception {
    for (String each : List.of("snp-vcek.der", "snp-ask.der")) {
      Files.copy(SAMPLES.resolve(each), directory.resolve(each));
    }

    int exit =
        verify(
            SAMPLES.resolve("snp-milan.bin").toString(),
            "--collateral",
            directory.toString(),
            "--at",
            "2026-07-15T00:00:00Z",
            "-o",
            "json");

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(exit).isEqualTo(Exit.OK);
    assertThat(json.path("verdict").asText()).isEqualTo("ACCEPT");
    assertThat(json.path("trustDomain").asText()).isEqualTo("PRODUCTION");
    assertThat(json.path("fields").path("product").asText()).isEqualTo("Milan");
  }

  @Test
  void missingFilesAreUsage() {
    assertThat(verify("none.bin", "--collateral", COLLATERAL)).isEqualTo(Exit.USAGE);
    assertThat(verify(QUOTE, "--collateral", directory.toString())).isEqualTo(Exit.USAGE);
    assertThat(verify(QUOTE)).isEqualTo(Exit.USAGE);
    assertThat(err.toString()).contains("no file", "tcb_info.json");
  }

  @Test
  void casesAreHeldToEveryWordOfThem() throws Exception {
    String given =
        "{\"id\":\"%s\",\"tee\":\"TDX\",\"quote\":\"tdx-v4.bin\",\"trustRoot\":\"root.der\","
            + "\"collateral\":\"collateral-v4\",\"verifyAt\":\"%s\",\"expect\":\"%s\"%s}";
    List<String> cases =
        List.of(
            given.formatted("right", TIME, "ACCEPT", ",\"tcbStatus\":\"UpToDate\""),
            given.formatted("status", TIME, "ACCEPT", ",\"tcbStatus\":\"OutOfDate\""),
            given.formatted("field", TIME, "ACCEPT", ",\"fields\":{\"body\":{\"xfam\":\"00\"}}"),
            given.formatted("verdict", TIME, "REJECT", ",\"reason\":\"TD_DEBUG\""),
            given.formatted(
                "reason", "2020-01-01T00:00:00Z", "REJECT", ",\"reason\":\"TD_DEBUG\""));
    copy(cases);

    List<CaseResult> results = AttestationCases.run(directory);

    assertThat(results)
        .filteredOn(CaseResult::ok)
        .extracting(CaseResult::name)
        .containsExactly("right");
    assertThat(results).hasSize(5);
    assertThat(results.getLast().reason()).isEqualTo("CERT_NOT_YET_VALID");
  }

  @Test
  void everyCaseAtHandIsRight() throws Exception {
    List<CaseResult> results = AttestationCases.run(SharedFolder.require("vectors/attestation"));

    assertThat(results).hasSizeGreaterThan(100).allMatch(CaseResult::ok);
  }

  private void copy(List<String> cases) throws IOException {
    Files.writeString(directory.resolve("cases.json"), "[" + String.join(",", cases) + "]");
    Files.copy(SAMPLES.resolve("tdx-v4.bin"), directory.resolve("tdx-v4.bin"));
    Files.copy(
        root()
            .resolve(
                "enclave/attestation/src/main/resources/ai/rails/attestation/intel-sgx-root.der"),
        directory.resolve("root.der"));
    Path collateral = Files.createDirectory(directory.resolve("collateral-v4"));
    try (var files = Files.list(SAMPLES.resolve("collateral-v4"))) {
      for (Path each : files.toList()) {
        Files.copy(each, collateral.resolve(each.getFileName().toString()));
      }
    }
  }

  @Test
  void bootIsExplainedByTheFilesOfItsImage() throws Exception {
    int exit =
        verb(
            "measure",
            "--firmware",
            SAMPLES.resolve("firmware.fd").toString(),
            "--event-log",
            SAMPLES.resolve("tdx-v4-ccel.dat").toString(),
            "--for",
            "t1/prod/sha256:" + "0".repeat(64),
            "-o",
            "json");

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(exit).as("that guest's boot loader is in none of our files").isEqualTo(Exit.FAILED);
    assertThat(json.path("mrTd").asText()).startsWith("6756d89f6d148c7a");
    assertThat(json.path("mrConfigId").asText()).startsWith("8cf7c2e45264c3c9");
    assertThat(json.path("rtMr").path(1).asText()).startsWith("f62dbc072bd5d3f3");
    assertThat(json.path("explained").asBoolean(true)).isFalse();
    assertThat(json.path("events").path(0).path("by").asText())
        .isEqualTo("firmware calls the boot option");
  }

  @Test
  void firmwareAloneGivesMrTd() {
    int exit = verb("measure", "--firmware", SAMPLES.resolve("firmware.fd").toString());

    assertThat(exit).isEqualTo(Exit.OK);
    assertThat(out.toString()).startsWith("MRTD   6756d89f6d148c7a");
    assertThat(verb("measure", "--firmware", QUOTE)).isEqualTo(Exit.USAGE);
  }

  private int verify(String... arguments) {
    return verb("verify", arguments);
  }

  private int verb(String name, String... arguments) {
    CommandLine line =
        new CommandLine(new AttestationCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 1];
    all[0] = name;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return line.setCaseInsensitiveEnumValuesAllowed(true).execute(all);
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("rails"))) {
      here = requireNonNull(here.getParent(), "run this inside the project");
    }
    return here;
  }
}
