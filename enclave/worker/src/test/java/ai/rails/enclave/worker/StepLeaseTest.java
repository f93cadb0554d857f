package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A lease by this machine's own clock.
class StepLeaseTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private final AtomicLong nanos = new AtomicLong(100 * SECOND);

  // Sent at local second 100; the control plane answered at its second 5,000 with 30 seconds.
  private final StepLease lease = new StepLease(nanos::get, 100 * SECOND, 5_000_000, 5_030_000);

  @Test
  void itEndsAsLongAfterTheClaimWasSentAsTheControlPlaneGave() {
    nanos.set(129 * SECOND);
    assertThat(lease.left()).isEqualTo(Duration.ofSeconds(1));

    nanos.set(130 * SECOND);
    assertThatThrownBy(lease::pass).isInstanceOf(Abandoned.class);
  }

  @Test
  void itIsExtendedByTheControlPlanesTime() {
    nanos.set(115 * SECOND);

    assertThat(lease.extend(5_045_000)).isTrue();

    assertThat(lease.left()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aLeaseThatGrowsNoMoreSaysSo() {
    nanos.set(115 * SECOND);

    assertThat(lease.extend(5_030_000)).isFalse();
    assertThat(lease.left()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void onceLostItStaysLost() {
    lease.lose();
    lease.extend(9_000_000);

    assertThatThrownBy(lease::pass).isInstanceOf(Abandoned.class);
  }

  @Test
  void itIsWornWhenMoreThanAQuarterIsGone() {
    nanos.set(107 * SECOND);
    assertThat(lease.isWorn()).isFalse();

    nanos.set(108 * SECOND);
    assertThat(lease.isWorn()).isTrue();
  }
}
