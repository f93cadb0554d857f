package ai.rails.attestation.tdx;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.attestation.verdict.TcbStatus;

import static org.assertj.core.api.Assertions.assertThat;

final class EvaluationTest {
  @ParameterizedTest
  @CsvSource({
    "OUT_OF_DATE, UP_TO_DATE, TD_RELAUNCH_ADVISED",
    "OUT_OF_DATE, SW_HARDENING_NEEDED, TD_RELAUNCH_ADVISED",
    "OUT_OF_DATE, CONFIGURATION_NEEDED, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED",
    "OUT_OF_DATE_CONFIGURATION_NEEDED, UP_TO_DATE, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED",
    "OUT_OF_DATE, OUT_OF_DATE, OUT_OF_DATE",
    "UP_TO_DATE, OUT_OF_DATE, UP_TO_DATE",
    "SW_HARDENING_NEEDED, UP_TO_DATE, SW_HARDENING_NEEDED"
  })
  void platformUpdatedUnderRunningTdAdvisesRelaunch(
      TcbStatus launch, TcbStatus current, TcbStatus expected) {
    assertThat(Evaluation.relaunched(launch, current)).isEqualTo(expected);
  }
}
