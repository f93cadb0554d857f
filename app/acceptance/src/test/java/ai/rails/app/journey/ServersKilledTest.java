package ai.rails.app.journey;

import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.journey.Triage.Started;
import ai.rails.stream.ledger.LedgerReport;

import static org.assertj.core.api.Assertions.assertThat;

/// `kill -9` of PostgreSQL and of Kafka in mid-run: what was acknowledged goes on and ends, nothing
/// is written twice, and the ledger is whole.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class ServersKilledTest {
  @Test
  void acknowledgedRunsSurviveAKilledPostgres(Cell cell) {
    Triage triage = cell.triage();
    List<Started> all = triage.inTheMiddleOfAWrite();

    ProcessHandle postmaster = cell.postmaster();
    long killed = System.nanoTime();
    Signals.kill(postmaster);
    all.addAll(triage.start(2));

    Figures.print("PostgreSQL killed until two more webhooks were acknowledged", killed);
    assertThat(triage.settle(all).values()).containsOnly("COMPLETED").hasSize(10);
    Figures.print("PostgreSQL killed until 10 runs had ended", killed);
    assertWrittenOnce(triage, all);
    assertThat(cell.postmaster().pid()).isNotEqualTo(postmaster.pid());
    cell.awaitHealth("postgres", "up");
    cell.awaitHealth("streams", "up");
    assertVerified(cell);
  }

  @Test
  void acknowledgedRunsSurviveAKilledKafka(Cell cell) {
    Triage triage = cell.triage();
    List<Started> all = triage.inTheMiddleOfAWrite();

    long killed = System.nanoTime();
    cell.kafka().kill();
    all.addAll(triage.start(2));
    cell.restartKafka();

    Figures.print("Kafka killed until it served again", killed);
    assertThat(triage.settle(all).values()).containsOnly("COMPLETED").hasSize(10);
    Figures.print("Kafka killed until 10 runs had ended", killed);
    assertWrittenOnce(triage, all);
    cell.awaitHealth("streams", "up");
    assertVerified(cell);
  }

  /// Everything that the launcher starts, it starts from properties alone.
  @Test
  void theLauncherStartedNeitherKafkaNorPostgres(Cell cell) {
    assertThat(cell.healthOf("kafka")).isEqualTo("up (elsewhere)");
    assertThat(cell.healthOf("postgres")).isEqualTo("up (elsewhere)");
    assertThat(cell.data().resolve("kafka")).doesNotExist();
    assertThat(cell.data().resolve("postgres")).doesNotExist();
  }

  static void assertWrittenOnce(Triage triage, List<Started> all) {
    assertThat(all)
        .allSatisfy(each ->
            assertThat(triage.serviceNow().patches(each.ticket().sysId()))
                .as("writes to %s", each.ticket().number())
                .isEqualTo(1));
    assertThat(triage.serviceNow().duplicateWritebacks()).isZero();
  }

  static void assertVerified(Cell cell) {
    LedgerReport report = cell.verifiedLedger();
    assertThat(report.differences()).isEmpty();
    assertThat(report.equal()).isTrue();
    assertThat(report.lag()).isZero();
    assertThat(report.ledgerEntries()).isPositive();
  }
}
