package ai.rails.enclave.egress;

import org.junit.jupiter.api.Test;

import ai.rails.enclave.egress.Refusal.RefusedException;
import ai.rails.platform.ticket.EgressTicket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TicketMemoryTest {
  private static EgressTicket ticket(String jti, String call, long epoch, long notAfter) {
    return new EgressTicket(
        jti, "p", "t", call, epoch, "a.example", 443, 1, 1, 0, notAfter, notAfter);
  }

  @Test
  void forgetsWhatHasExpiredAndNothingElse() throws RefusedException {
    TicketMemory memory = new TicketMemory(2);
    memory.take(ticket("j1", "c1", 1, 10_000), 0);
    memory.take(ticket("j2", "c2", 1, 10_000), 0);
    assertThatThrownBy(() -> memory.take(ticket("j3", "c1", 1, 10_000), 0)).hasMessage("BUSY");
    assertThatThrownBy(() -> memory.take(ticket("j1", "c1", 1, 10_000), 10_000))
        .hasMessage("TICKET_REPLAYED");

    memory.take(ticket("j3", "c1", 2, 20_000), 10_001);
    assertThatThrownBy(() -> memory.take(ticket("j4", "c1", 1, 20_000), 10_002))
        .hasMessage("EPOCH_FENCED");
    long later = 10_001 + TicketMemory.EPOCH_MILLIS + 1;
    memory.take(ticket("j5", "c5", 1, later + 10_000), later);

    assertThat(memory.size()).isEqualTo(2);
  }

  @Test
  void callsOfDifferentTenantsDoNotFenceEachOther() throws RefusedException {
    TicketMemory memory = new TicketMemory(10);
    memory.take(ticket("j1", "c", 9, 10_000), 0);
    memory.take(
        new EgressTicket("j2", "p", "other", "c", 1, "a.example", 443, 1, 1, 0, 10_000, 10_000), 0);
    assertThat(memory.size()).isEqualTo(4);
  }
}
