package ai.rails.enclave.worker;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What may be committed.
class OffsetLedgerTest {
  private final OffsetLedger ledger = new OffsetLedger();

  @Test
  void nothingIsCommittedBehindARecordThatIsOpen() {
    ledger.open(0, 10);
    ledger.open(0, 11);
    ledger.open(0, 12);

    ledger.close(0, 11);
    ledger.close(0, 12);

    assertThat(ledger.committable()).isEqualTo(Map.of(0, 10L));
  }

  @Test
  void everythingIsCommittedOnceTheFirstRecordIsDone() {
    ledger.open(0, 10);
    ledger.open(0, 11);
    ledger.close(0, 11);

    ledger.close(0, 10);

    assertThat(ledger.committable()).isEqualTo(Map.of(0, 12L));
  }

  @Test
  void whatWasCommittedIsNotCommittedAgain() {
    ledger.open(3, 7);
    ledger.close(3, 7);

    ledger.committed(ledger.committable());

    assertThat(ledger.committable()).isEmpty();
  }

  @Test
  void aPartitionThatMovedAwayIsForgotten() {
    ledger.open(0, 10);

    ledger.forget(0);
    ledger.close(0, 10);

    assertThat(ledger.owns(0, 10)).isFalse();
    assertThat(ledger.committable()).isEmpty();
  }
}
