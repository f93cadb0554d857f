package ai.rails.platform.evidence.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.platform.evidence.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The documents of a bundle follow from its entries.
class DossierTest {
  private static final Scope RUN = new Scope.OfRun("acme", "ops", TriageRun.RUN);
  private static final Path GOLDEN = Path.of("src/test/resources/report");

  /// A control character, markup that would run, and a turn of the direction of text.
  private static final String ATTACK = "</td><script>alert(1)</script>\"'&\u202e\u0001";

  @Test
  void theSameEntriesGiveTheSameBytesInAnyPlace() {
    TriageRun run = new TriageRun("plain").whole();
    Map<String, byte[]> here = files(RUN, run);
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));

      assertThat(text(files(RUN, run))).isEqualTo(text(here));
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void documentsAreThoseKept() throws IOException {
    Map<String, String> made = text(files(RUN, new TriageRun("plain").whole()));

    for (String name :
        List.of(
            "data/summary.json",
            "data/report.html",
            "data/README.txt",
            "data/calls/transcript.json",
            "data/approvals/approve-write.json",
            "data/lineage.json",
            "data/policy/decisions.json",
            "data/policy/revisions.json",
            "data/attestation/workers.json",
            "data/cost.json")) {
      Path kept = GOLDEN.resolve(name);
      if (Boolean.getBoolean("golden.write")) {
        Files.createDirectories(kept.getParent());
        Files.writeString(kept, made.get(name));
      }
      assertThat(made.get(name)).as(name).isEqualTo(Files.readString(kept));
    }
  }

  @Test
  void everyDocumentIsWellFormed() throws IOException {
    var json = new ObjectMapper();
    TriageRun run = new TriageRun(ATTACK).whole();
    Map<String, byte[]> files = files(RUN, run);

    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().endsWith(".json")) {
        assertThat(json.readTree(file.getValue())).as(file.getKey()).isNotNull();
      }
    }
    JsonNode summary = json.readTree(files.get("data/summary.json"));
    assertThat(summary.at("/run/state").asText()).isEqualTo("COMPLETED");
    assertThat(summary.at("/versions/policyBundles/1/revision").asText()).isEqualTo("r-7");
    assertThat(files.keySet().stream().filter(name -> name.startsWith("data/events/")))
        .hasSize(run.ledger.entries.size());
  }

  @Test
  void whatAnEntrySaysStaysText() {
    String page = text(files(RUN, new TriageRun(ATTACK).whole())).get("data/report.html");

    assertThat(page).contains("&lt;/td&gt;&lt;script&gt;alert(1)").doesNotContain("<script");
    assertThat(page).contains("\u27e8U+202E\u27e9").doesNotContain("\u202e", "\u0001");
    assertThat(page).contains("default-src 'none'").doesNotContain("http://", "https://fonts");
  }

  @Test
  void developmentIsSaidLoudly() {
    Map<String, String> files = text(files(RUN, new TriageRun("plain").whole()));

    assertThat(files.get("data/report.html")).contains("DEVELOPMENT: a worker");
    assertThat(files.get("data/attestation/workers.json")).contains("\"DEVELOPMENT\"");
  }

  @Test
  void anApprovalComesFirstInItsOwnBundle() {
    var scope = new Scope.OfApproval("acme", "ops", TriageRun.RUN, "approve-write");

    String page = text(files(scope, new TriageRun("plain").whole())).get("data/report.html");

    assertThat(page).contains("approve-write of run", "Evidence of an approval");
  }

  @Test
  void aPeriodIsSummedUp() throws IOException {
    var scope = new Scope.OfPeriod("acme", "ops", 0, Long.MAX_VALUE / 1_000_000);

    Map<String, byte[]> files = files(scope, new TriageRun("plain").whole());

    assertThat(files.keySet())
        .containsExactlyInAnyOrder("data/README.txt", "data/report.html", "data/summary.json");
    JsonNode summary = new ObjectMapper().readTree(files.get("data/summary.json"));
    assertThat(summary.at("/runsEnded").asLong()).isEqualTo(1);
    assertThat(summary.at("/policyEffects/ALLOW").asLong()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 60})
  void aLongerRunIsToldWhole(int attempts) throws IOException {
    TriageRun run = new TriageRun("plain").longer(attempts);

    Map<String, byte[]> files = files(RUN, run);

    assertThat(files.keySet().stream().filter(name -> name.startsWith("data/events/")))
        .hasSize(run.ledger.entries.size());
    if (System.getProperty("report.out") != null) {
      Files.write(
          Path.of(System.getProperty("report.out"), attempts + ".html"),
          files.get("data/report.html"));
    }
  }

  @Test
  void aRunWithoutEntriesIsRefused() {
    assertThatThrownBy(() -> files(RUN, new TriageRun("plain")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none");
  }

  private static Map<String, byte[]> files(Scope scope, TriageRun run) {
    var checkpoint = new Checkpoint(Ledger.ORIGIN.toString(), 48_228, new byte[32]);
    return Dossier.files(scope, checkpoint, run.ledger.entries::stream);
  }

  private static Map<String, String> text(Map<String, byte[]> files) {
    var text = new TreeMap<String, String>();
    files.forEach((name, bytes) -> text.put(name, new String(bytes, StandardCharsets.UTF_8)));
    return text;
  }
}
