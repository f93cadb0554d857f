package ai.rails.projection;

import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.privacy.ErasureEvent.Cause;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldPlaced;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldReleased;
import ai.rails.domain.privacy.LegalHoldEvent.Scope;
import ai.rails.domain.privacy.RetentionEvent.RetentionSet;

import static org.assertj.core.api.Assertions.assertThat;

/// What readers see of erasures, holds and retention.
@Tag("slow")
class PrivacyTest {
  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void erasedRunSaysSoAndKeepsItsHistory() throws Exception {
    TestLog log = new TestLog("erased", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));
    JsonNode before = server.get("erased", "/v1/runs/r1");
    long end = log.position();

    server.fold(log, log.append(List.of(new RunErased("r1", Cause.SUBJECT, "GDPR_ART_17", 1, 7))));

    JsonNode after = server.get("erased", "/v1/runs/r1");
    assertThat(before.has("erased")).isFalse();
    assertThat(after.path("status")).isEqualTo(before.path("status"));
    assertThat(after.path("steps")).isEqualTo(before.path("steps"));
    JsonNode erased = after.path("erased");
    assertThat(erased.path("cause").asText()).isEqualTo("SUBJECT");
    assertThat(erased.path("reason").asText()).isEqualTo("GDPR_ART_17");
    assertThat(erased.path("ciphertexts").asInt()).isEqualTo(7);
    assertThat(erased.path("position").asLong()).isEqualTo(end + 1);
    JsonNode entries = server.get("erased", "/v1/runs/r1/events?limit=200").path("items");
    assertThat(entries.get(entries.size() - 1).path("entryType").asText()).isEqualTo("RUN_ERASED");
  }

  @Test
  void holdsStandUntilTheyAreReleased() throws Exception {
    TestLog log = new TestLog("held", "_tenant");
    server.fold(
        log,
        log.append(
            List.of(
                new LegalHoldPlaced("h1", Scope.RUN, "r1", "CASE_1"),
                new LegalHoldPlaced("h2", Scope.SUBJECT, "p1", "CASE_2"))));
    JsonNode both = server.get("held", "/v1/holds").path("items");
    server.fold(
        log, log.append(List.of(new LegalHoldReleased("h1", Scope.RUN, "r1", "CASE_CLOSED"))));

    JsonNode left = server.get("held", "/v1/holds").path("items");

    assertThat(both).hasSize(2);
    assertThat(left).hasSize(1);
    assertThat(left.get(0).path("hold").asText()).isEqualTo("h2");
    assertThat(left.get(0).path("scope").asText()).isEqualTo("SUBJECT");
    assertThat(left.get(0).path("target").asText()).isEqualTo("p1");
    assertThat(left.get(0).path("placedAt").asLong()).isEqualTo(TestLog.at(2));
    assertThat(server.get("others", "/v1/holds").path("items")).isEmpty();
  }

  @Test
  void retentionIsTheUsualOneUntilItIsSet() throws Exception {
    TestLog log = new TestLog("kept", "_tenant");
    String path = "/v1/tenants/kept/retention";
    JsonNode usual = server.get("kept", path);

    server.fold(log, log.append(List.of(new RetentionSet(90, 20, 3_650))));
    server.fold(log, log.append(List.of(new RetentionSet(60, 20, 3_650))));

    JsonNode set = server.get("kept", path);
    assertThat(usual.path("contentDays").asInt()).isEqualTo(30);
    assertThat(usual.has("setAt")).isFalse();
    assertThat(set.path("contentDays").asInt()).isEqualTo(60);
    assertThat(set.path("auditDays").asInt()).isEqualTo(3_650);
    assertThat(set.path("setAt").asLong()).isEqualTo(TestLog.at(2));
    assertThat(server.send("others", path).statusCode()).isEqualTo(404);
  }
}
