package ai.rails.enclave.egress;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;

import ai.rails.enclave.egress.Refusal.RefusedException;
import ai.rails.platform.ticket.EgressTicket;

/// Which tickets were taken and the highest epoch seen of each call. Guarded by its own lock.
///
/// A ticket is remembered until it has expired. An epoch is remembered longer than any ticket of an
/// older epoch can live. When the memory is full a ticket is refused rather than another forgotten.
final class TicketMemory {
  /// Longer than a ticket lives and clocks differ.
  static final long EPOCH_MILLIS = 60_000;

  private record Expiry(long millis, String jti) {}

  private record Highest(long epoch, long untilMillis) {}

  private final int limit;
  private final Map<String, Long> taken = new HashMap<>();
  private final PriorityQueue<Expiry> expiries =
      new PriorityQueue<>((a, b) -> Long.compare(a.millis(), b.millis()));
  // In order of last use, so that the first ones expire first.
  private final Map<String, Highest> epochs = LinkedHashMap.newLinkedHashMap(16);

  /// @param limit most tickets and most calls held
  TicketMemory(int limit) {
    this.limit = limit;
  }

  /// Takes a ticket, once.
  ///
  /// @throws RefusedException with `TICKET_REPLAYED`, `EPOCH_FENCED` or `BUSY`
  synchronized void take(EgressTicket ticket, long nowMillis) throws RefusedException {
    forget(nowMillis);
    if (taken.containsKey(ticket.jti())) {
      throw new RefusedException(Refusal.TICKET_REPLAYED);
    }
    String call = ticket.tenant() + '\n' + ticket.callId();
    Highest highest = epochs.get(call);
    if (highest != null && ticket.epoch() < highest.epoch()) {
      throw new RefusedException(Refusal.EPOCH_FENCED);
    }
    if (taken.size() >= limit || (highest == null && epochs.size() >= limit)) {
      throw new RefusedException(Refusal.BUSY);
    }
    taken.put(ticket.jti(), ticket.notAfterMillis());
    expiries.add(new Expiry(ticket.notAfterMillis(), ticket.jti()));
    epochs.remove(call);
    epochs.put(call, new Highest(ticket.epoch(), nowMillis + EPOCH_MILLIS));
  }

  synchronized int size() {
    return taken.size() + epochs.size();
  }

  private void forget(long nowMillis) {
    while (!expiries.isEmpty() && expiries.element().millis() < nowMillis) {
      taken.remove(expiries.remove().jti());
    }
    Iterator<Highest> oldest = epochs.values().iterator();
    while (oldest.hasNext() && oldest.next().untilMillis() < nowMillis) {
      oldest.remove();
    }
  }
}
