package ai.rails.command.privacy;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.command.worker.PersonRuns;
import ai.rails.platform.http.Role;

import static org.assertj.core.api.Assertions.assertThat;

/// A hold keeps content from erasure and from retention; of two at once, one is first.
@Tag("slow")
class HoldTest {
  private static final String REASON = "{\"reason\": \"GDPR_ART_17\"}";

  @TempDir private static Path data;
  private static PersonRuns people;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    people = new PersonRuns(data);
    office = people.office;
  }

  @AfterAll
  static void close() {
    people.close();
  }

  @Test
  void heldRunIsErasedOnlyAfterItsRelease() throws Exception {
    String run = people.ended("h-run");
    String hold = hold("RUN", run);

    HttpResponse<String> refused = erase(run);

    Office.expect(409, refused);
    assertThat(Office.json(refused).path("code").asText()).isEqualTo("LEGAL_HOLD");
    assertThat(refused.body()).contains(hold);
    assertThat(contents(run)).isEqualTo(4);
    Office.expect(200, release(hold));
    Office.expect(200, erase(run));
    assertThat(contents(run)).isZero();
  }

  @Test
  void holdOnAPersonKeepsAllRunsAboutHim() throws Exception {
    String run = people.ended("h-person");
    String hold = hold("SUBJECT", "h-person");

    Office.expect(409, erase(run));
    HttpResponse<String> refused =
        office.post("t1", "ada", "/v1/subjects/h-person/erasure", REASON, Role.ADMIN);
    Office.expect(409, refused);
    assertThat(refused.body()).contains("LEGAL_HOLD").contains(hold);
    Office.expect(200, release(hold));
    Office.expect(
        200, office.post("t1", "ada", "/v1/subjects/h-person/erasure", REASON, Role.ADMIN));
    assertThat(contents(run)).isZero();
  }

  @Test
  void holdOnOneRunKeepsAPersonFromBeingErasedInPart() throws Exception {
    String first = people.ended("h-part");
    String second = people.ended("h-part");
    String hold = hold("RUN", second);

    Office.expect(409, office.post("t1", "ada", "/v1/subjects/h-part/erasure", REASON, Role.ADMIN));

    assertThat(contents(first)).isEqualTo(4);
    Office.expect(200, release(hold));
  }

  @Test
  void holdOnAForkKeepsWhatItTookOver() throws Exception {
    String run = people.ended("h-fork");
    String fork = people.fork(run, "judge");
    String hold = hold("RUN", fork);

    Office.expect(409, erase(run));

    assertThat(contents(run)).isEqualTo(4);
    Office.expect(200, release(hold));
  }

  @Test
  void erasedRunCanNotBeHeld() throws Exception {
    String run = people.ended("h-late");
    Office.expect(200, erase(run));

    HttpResponse<String> refused = place("RUN", run);

    Office.expect(409, refused);
    assertThat(refused.body()).contains("RUN_ERASED");
  }

  @Test
  void releaseWantsAReasonAndAnExistingHold() throws Exception {
    Office.expect(404, release("none"));
    String hold = hold("RUN", people.ended("h-reason"));
    Office.expect(422, office.delete("t1", "ada", "/v1/holds/" + hold, Role.ADMIN));
    Office.expect(404, office.delete("t2", "ada", "/v1/holds/" + hold + "?reason=X", Role.ADMIN));
    Office.expect(200, release(hold));
    Office.expect(200, release(hold));
    assertThat(
            office.store.number(
                "SELECT count(*) FROM event WHERE event_type = 'LEGAL_HOLD_RELEASED'"
                    + " AND stream_id = ?",
                hold))
        .isEqualTo(1);
  }

  /// Either the hold is there and the content is, or the content was erased before the hold.
  @Test
  void holdAndErasureAtOnceAgree() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 20; round++) {
        String run = people.ended("h-race-" + round);
        Future<HttpResponse<String>> held = threads.submit(() -> place("RUN", run));
        Future<HttpResponse<String>> erased = threads.submit(() -> erase(run));

        int hold = held.get().statusCode();
        int erasure = erased.get().statusCode();

        assertThat(new int[] {hold, erasure})
            .as("round %d", round)
            .satisfiesAnyOf(
                both -> assertThat(both).containsExactly(201, 409),
                both -> assertThat(both).containsExactly(409, 200));
        assertThat(contents(run)).isEqualTo(erasure == 200 ? 0 : 4);
      }
    }
  }

  @Test
  void retentionErasesWhatItsTimeIsOverAndNotWhatIsHeld() throws Exception {
    office.now.set(Office.NOON.plus(Duration.ofDays(100)));
    Office.expect(200, retention("{\"contentDays\": 10, \"traceDays\": 14, \"auditDays\": 400}"));
    String run = people.ended("h-retention");
    String held = people.ended("h-held");
    String hold = hold("RUN", held);
    String young = aDayLater(() -> people.ended("h-young"));

    office.now.set(office.now.get().plus(Duration.ofDays(10)).minusSeconds(1));
    office.privacy.sweep();

    assertThat(contents(run)).isZero();
    assertThat(contents(held)).isEqualTo(4);
    assertThat(contents(young)).isEqualTo(4);
    assertThat(cause(run)).isEqualTo(1);
    assertThat(office.privacy.measures().getFirst().now().orElseThrow()).isPositive();
    assertThat(tasks(run)).isEqualTo(3);

    office.now.set(office.now.get().plus(Duration.ofDays(4)));
    Office.expect(200, release(hold));
    office.privacy.sweep();

    assertThat(contents(held)).isZero();
    assertThat(contents(young)).isZero();
    assertThat(tasks(run)).as("their trace days are over").isZero();
    assertThat(tasks(young)).isEqualTo(3);
    office.now.set(Office.NOON);
  }

  @Test
  void retentionHasBounds() throws Exception {
    for (String wrong :
        new String[] {"0, 14, 400", "3651, 14, 400", "30, 13, 400", "30, 31, 400", "30, 14, 364"}) {
      String[] days = wrong.split(", ", -1);
      Office.expect(
          422,
          retention(
              "{\"contentDays\": %s, \"traceDays\": %s, \"auditDays\": %s}"
                  .formatted(days[0], days[1], days[2])));
    }
    Office.expect(
        404,
        office.put(
            "t1",
            "ada",
            "/v1/tenants/t2/retention",
            "{\"contentDays\": 30, \"traceDays\": 14, \"auditDays\": 400}",
            Role.ADMIN));
  }

  @FunctionalInterface
  private interface Doing {
    String run() throws Exception;
  }

  private static String aDayLater(Doing doing) throws Exception {
    office.now.set(office.now.get().plus(Duration.ofDays(1)));
    return doing.run();
  }

  private static HttpResponse<String> retention(String body) throws Exception {
    return office.put("t1", "ada", "/v1/tenants/t1/retention", body, Role.ADMIN);
  }

  private static HttpResponse<String> erase(String run) throws Exception {
    return office.post("t1", "ada", "/v1/runs/" + run + "/erasure", REASON, Role.ADMIN);
  }

  private static HttpResponse<String> place(String scope, String target) throws Exception {
    return office.post(
        "t1",
        "ada",
        "/v1/holds",
        "{\"scope\": \"%s\", \"target\": \"%s\", \"reason\": \"CASE_7\"}".formatted(scope, target),
        Role.ADMIN);
  }

  private static String hold(String scope, String target) throws Exception {
    HttpResponse<String> placed = place(scope, target);
    Office.expect(201, placed);
    return Office.json(placed).path("hold").asText();
  }

  private static HttpResponse<String> release(String hold) throws Exception {
    return office.delete("t1", "ada", "/v1/holds/" + hold + "?reason=CASE_CLOSED", Role.ADMIN);
  }

  private static long contents(String run) {
    return office.store.number("SELECT count(*) FROM sealed_content WHERE run = ?", run);
  }

  private static long tasks(String run) {
    return office.store.number("SELECT count(*) FROM step_task WHERE run = ?", run);
  }

  private static long cause(String run) {
    return office.store.number(
        "SELECT count(*) FROM event WHERE stream_type = 'Erasure' AND stream_id = ?", "run/" + run);
  }
}
