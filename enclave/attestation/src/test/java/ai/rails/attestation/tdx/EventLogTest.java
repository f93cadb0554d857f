package ai.rails.attestation.tdx;

import java.util.ArrayList;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.attestation.Samples;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.TdReport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class EventLogTest {
  private static final byte[] LOG = Samples.bytes("tdx-v4-ccel.dat");

  @Test
  void replayGivesRegistersOfTheQuote() throws Exception {
    EventLog log = EventLog.of(Bytes.copyOf(LOG));

    assertThat(log.events()).hasSizeGreaterThan(20);
    assertThat(log.differences(report())).isEmpty();
  }

  @Test
  void changedDigestIsSeenInItsRegister() throws Exception {
    EventLog log = EventLog.of(Bytes.copyOf(LOG));
    EventLog.Event first = log.events().getFirst();
    byte[] digest = first.digest().toArray();
    digest[0] ^= 1;
    var changed = new ArrayList<>(log.events());
    changed.set(
        0, new EventLog.Event(first.register(), first.type(), Bytes.copyOf(digest), first.data()));

    assertThat(new EventLog(changed).differences(report())).containsExactly(first.register());
  }

  @Test
  void missingEventIsSeen() throws Exception {
    EventLog log = EventLog.of(Bytes.copyOf(LOG));

    assertThat(new EventLog(log.events().subList(1, log.events().size())).differences(report()))
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mutatedLogsAreReadOrRefused(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] mutated = LOG.clone();
      for (int flips = 0; flips < 4; flips++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(EventLog.of(Bytes.copyOf(mutated)).replay()).hasSize(4);
      } catch (Malformed refused) {
        assertThat(refused).hasMessageMatching(".+");
      }
    }
  }

  @Test
  void emptyAndOversizedLogsAreRefused() {
    assertThatThrownBy(() -> EventLog.of(Bytes.copyOf(new byte[0]))).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> EventLog.of(Bytes.copyOf(new byte[4 * 1024 * 1024 + 1])))
        .isInstanceOf(Malformed.class);
  }

  private static TdReport report() throws Malformed {
    return Quote.of(Bytes.copyOf(Samples.bytes("tdx-v4.bin"))).report();
  }
}
