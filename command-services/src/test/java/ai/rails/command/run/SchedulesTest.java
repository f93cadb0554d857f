package ai.rails.command.run;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.Soon;
import ai.rails.command.http.Office;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.workflow.Cron;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

/// Schedules on a real store: each instant once, whatever processes do.
@Tag("slow")
class SchedulesTest {
  private static final String PATH = "/v1/workspaces/w1/workflows";
  private static final String RUNS = "SELECT count(*) FROM run_index WHERE workflow = 'report'";
  private static final String DUE =
      "SELECT to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM schedule";
  private static final Cron DAILY = Cron.of("0 7 * * *", "Europe/Berlin");

  @TempDir private Path data;
  private Office office;
  private Schedules one;
  private Schedules two;

  @BeforeEach
  void open() throws Exception {
    office = new Office(data).furnished("t1");
    expect(201, publish("timed report 1.0.0"));
    one = schedules();
    two = schedules();
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
    office.close();
  }

  @Test
  void activationSetsTheNextInstantAndDeactivationForgetsIt() throws Exception {
    assertThat(due()).isEqualTo(DAILY.next(Office.NOON).orElseThrow());
    // The database's own clock says what is due.
    office.store.execute("UPDATE schedule SET due_at = clock_timestamp() + interval '1 hour'");
    assertThat(one.claim()).isEmpty();

    String dev = "{\"environment\": \"dev\"}";
    expect(200, office.post("t1", "dana", PATH + "/report/deactivate", dev, Role.BUILDER));
    assertThat(office.store.number("SELECT count(*) FROM schedule")).isZero();
  }

  @Test
  void instantStartsOneRunAlthoughTwoProcessesFoundItDue() {
    Instant due = isDue("1 hour");
    List<Schedules.Due> first = one.claim();
    assertThat(two.claim()).as("a claimed row is left alone").isEmpty();
    // As if the first process had stopped for longer than its claim.
    office.store.execute("UPDATE schedule SET claimed_until = NULL");
    List<Schedules.Due> second = two.claim();

    one.start(first);
    two.start(second);

    assertThat(office.store.number(RUNS)).isOne();
    RunTriggered run = triggered(first.getFirst().run().id());
    assertThat(run.trigger()).isEqualTo("morning");
    assertThat(run.inputs()).containsEntry("due", due.toString());
    assertThat(run.dedupeKey()).hasSize(64);
    assertThat(due()).isAfter(due);
  }

  @Test
  void missedInstantsStartOneRunTogether() {
    Instant due = isDue("9 days");

    one.start(one.claim());

    assertThat(office.store.number(RUNS)).isOne();
    Instant passed = due.isAfter(Office.NOON) ? due : Office.NOON;
    assertThat(due()).isEqualTo(DAILY.next(passed).orElseThrow());
  }

  @Test
  void instantThatWasMissedIsKeptWhenTheSameScheduleIsActivatedAgain() throws Exception {
    Instant due = isDue("1 hour");

    expect(201, publish("timed report 1.0.0"));
    expect(201, publish("timed report 1.0.1"));

    assertThat(due()).isEqualTo(due);
    one.start(one.claim());
    assertThat(
            triggered(office.one("SELECT run FROM run_index WHERE workflow = 'report'")).version())
        .isEqualTo("1.0.1");
  }

  @Test
  void processThatEndsBetweenClaimAndRunLeavesTheInstantToOthers() {
    isDue("1 hour");
    assertThat(one.claim()).hasSize(1);
    one.close();
    office.store.execute("UPDATE schedule SET claimed_until = clock_timestamp()");

    two.start();

    Soon.until("the run is started", () -> office.store.number(RUNS) == 1);
  }

  private Schedules schedules() {
    return new Schedules(
        office.store.app(), office.bus, office.runs, office.artifacts, office.clock, office.ids);
  }

  private HttpResponse<String> publish(String words) throws Exception {
    return office.text("t1", "dana", words, PATH + "?activate=dev", Role.BUILDER);
  }

  private Instant isDue(String ago) {
    office.store.execute(
        "UPDATE schedule SET due_at = date_trunc('minute', clock_timestamp()) - ?::interval", ago);
    return due();
  }

  private Instant due() {
    return Instant.parse(office.one(DUE));
  }

  private RunTriggered triggered(String run) {
    return office.bus.load("t1", office.runs, run).trigger().orElseThrow();
  }
}
