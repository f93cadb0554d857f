package ai.rails.standin.servicenow;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.standin.Callback;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.HmacSha256;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.ReceivedCallbacks;
import ai.rails.standin.Request;
import ai.rails.standin.TestClient.Reply;

import static ai.rails.standin.servicenow.InstanceFixture.INCIDENT;
import static ai.rails.standin.servicenow.InstanceFixture.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WritebackTest {
  private static final String BODY =
      "{\"category\":\"network\",\"work_notes\":\"done [airails:run-1/writeback]\"}";

  @TempDir private Path folder;

  @Test
  void countsARepeatAfterALostAnswerAsADuplicate() throws IOException, InterruptedException {
    try (InstanceFixture fixture = new InstanceFixture(folder, 0)) {
      // Given
      fixture.instance.faults().inject(1, Faults.on("PATCH", "/incident/"), new Fault.LostAnswer());
      assertThatThrownBy(() -> fixture.client().send("PATCH", PATH, BODY))
          .isInstanceOf(IOException.class);
      assertThat(fixture.instance.writebacks()).isEqualTo(1);
      assertThat(fixture.instance.duplicateWritebacks()).isZero();
      // When
      fixture.client().send("PATCH", PATH, BODY);
      // Then
      assertThat(fixture.instance.writebacks()).isEqualTo(1);
      assertThat(fixture.instance.duplicateWritebacks()).isEqualTo(1);
      assertThat(fixture.instance.notes(INCIDENT, "work_notes")).hasSize(2);
    }
  }

  @Test
  void tellsDifferentStepsApartAndCountsUnmarkedRepeats() throws IOException, InterruptedException {
    try (InstanceFixture fixture = new InstanceFixture(folder, 0)) {
      fixture.client().send("PATCH", PATH, BODY);
      fixture
          .client()
          .send("PATCH", PATH, "{\"state\":\"2\",\"work_notes\":\"more [airails:run-1/second]\"}");
      assertThat(fixture.instance.duplicateWritebacks()).isZero();
      fixture.client().send("PATCH", PATH, "{\"urgency\":\"2\"}");
      fixture.client().send("PATCH", PATH, "{\"urgency\":\"2\"}");
      assertThat(fixture.instance.duplicateWritebacks()).isEqualTo(1);
      fixture.client().post("/api/now/table/incident", "{\"correlation_id\":\"run-1\"}");
      fixture.client().post("/api/now/table/incident", "{\"correlation_id\":\"run-1\"}");
      assertThat(fixture.instance.duplicateCreates()).isEqualTo(1);
    }
  }

  @Test
  void remembersRecordsAndCountersAcrossARestart() throws IOException, InterruptedException {
    try (InstanceFixture fixture = new InstanceFixture(folder, 0)) {
      fixture.client().send("PATCH", PATH, BODY);
    }
    try (InstanceFixture again = new InstanceFixture(folder, 0)) {
      assertThat(again.instance.incidentField(INCIDENT, "category")).isEqualTo("network");
      assertThat(again.instance.notes(INCIDENT, "work_notes")).hasSize(1);
      again.client().send("PATCH", PATH, BODY);
      assertThat(again.instance.duplicateWritebacks()).isEqualTo(1);
    }
  }

  @Test
  void refusesAndCutsAnswersOnRequest() throws IOException, InterruptedException {
    try (InstanceFixture fixture = new InstanceFixture(folder, 0)) {
      // Given
      Faults faults = fixture.instance.faults();
      faults.inject(1, _ -> true, new Fault.RateLimited(Duration.ofSeconds(7)));
      faults.inject(1, _ -> true, new Fault.ServerError());
      faults.inject(1, _ -> true, new Fault.TruncatedAnswer());
      faults.inject(1, _ -> true, new Fault.LostRequest());
      faults.inject(1, _ -> true, new Fault.SlowAnswer(Duration.ofMillis(20)));
      // When
      Reply limited = fixture.client().send("PATCH", PATH, BODY);
      Reply failed = fixture.client().send("PATCH", PATH, BODY);
      assertThatThrownBy(() -> fixture.client().get(PATH)).isInstanceOf(IOException.class);
      // Then
      assertThat(limited.status()).isEqualTo(429);
      assertThat(limited.header("Retry-After")).isEqualTo("7");
      assertThat(failed.status()).isEqualTo(500);
      assertThatThrownBy(() -> fixture.client().send("PATCH", PATH, BODY))
          .isInstanceOf(IOException.class);
      assertThat(fixture.instance.patches(INCIDENT)).isZero();
      assertThat(fixture.client().get(PATH).status()).isEqualTo(200);
      assertThat(faults.waiting()).isZero();
    }
  }

  @Test
  void enforcesTheRateRuleForEachHour() throws IOException, InterruptedException {
    try (InstanceFixture fixture = new InstanceFixture(folder, 2)) {
      fixture.client().get(PATH);
      fixture.client().get(PATH);
      Reply refused = fixture.client().get(PATH);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("3600");
      assertThat(refused.header("X-RateLimit-Limit")).isEqualTo("2");
      assertThat(refused.json().path("error").path("detail").asText())
          .isEqualTo("Rate limit of 2 requests per hour for Table API exceeded");
      fixture.clock.advance(Duration.ofHours(1));
      assertThat(fixture.client().get(PATH).status()).isEqualTo(200);
    }
  }

  @Test
  void firesASignedWebhookWithIdsOnly() {
    try (InstanceFixture fixture = new InstanceFixture(folder, 0);
        Journal journal = Journal.open(folder.resolve("product.jsonl"), fixture.clock);
        ReceivedCallbacks product = new ReceivedCallbacks(journal)) {
      // When
      Callback.Receipt receipt = fixture.instance.fire(INCIDENT, "insert", product.uri());
      // Then
      Request request = product.received().getFirst();
      String timestamp = request.header("X-AIRails-Timestamp").orElseThrow();
      assertThat(receipt.status()).isEqualTo(202);
      assertThat(timestamp).isEqualTo(Long.toString(fixture.clock.instant().getEpochSecond()));
      assertThat(request.header("X-AIRails-Signature"))
          .contains(
              "v1=" + HmacSha256.hex(InstanceFixture.SECRET, timestamp + "." + request.body()));
      assertThat(request.header("User-Agent")).contains("ServiceNow/1.0");
      assertThat(Json.parse(request.body()).properties().stream().map(Map.Entry::getKey).toList())
          .isEqualTo(
              List.of(
                  "event_id",
                  "table",
                  "sys_id",
                  "number",
                  "operation",
                  "sys_mod_count",
                  "sys_updated_on"));
      assertThat(request.body()).doesNotContain("SFA");
    }
  }

  @Test
  void seedsTheDemoIncidentsWithoutTheirLabels() {
    try (InstanceFixture fixture = new InstanceFixture(folder, 0)) {
      DemoIncidents.all().forEach(each -> fixture.instance.seedIncident(each.incident()));
      assertThat(DemoIncidents.all()).hasSize(24);
      assertThat(
              fixture.instance.incidentField(
                  DemoIncidents.all().getFirst().incident().sysId(), "category"))
          .isEqualTo("inquiry");
      assertThat(fixture.instance.writebacks()).isZero();
    }
  }
}
