package ai.rails.enclave.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.connector.Action;
import ai.rails.connector.Connector;
import ai.rails.enclave.worker.CallPort.Order;

/// The tickets of one call. They come in the order of [Connector#elsewhere]: those for the instance
/// first, then so many for each place beside it. Confined to the thread that makes the call.
final class Leave {
  private static final String INSTANCE = "";

  private final Map<String, Integer> elsewhere;
  private final Order order;
  private final Map<String, Deque<String>> tickets = new HashMap<>();
  private int left;

  Leave(Connector connector, Action action, Order order) {
    this.elsewhere = connector.elsewhere(action);
    this.order = order;
    this.left = order.tickets().size();
    take(order.tickets(), left);
  }

  /// @throws SendFailed if there is none for this place
  String next(Optional<String> place) throws SendFailed {
    String ticket = tickets.getOrDefault(place.orElse(INSTANCE), new ArrayDeque<>()).poll();
    if (ticket == null) {
      throw new SendFailed("TICKET_MISSING", true);
    }
    return ticket;
  }

  /// One request fewer is to be made.
  void used() {
    left--;
  }

  /// Asks for fresh tickets in the place of all that there were.
  ///
  /// @return whether there are any
  boolean renew() throws InterruptedException {
    List<String> fresh = order.leave().fresh(left);
    if (fresh.isEmpty()) {
      return false;
    }
    take(fresh, left);
    return true;
  }

  private void take(List<String> all, int requests) {
    tickets.clear();
    int end = all.size();
    for (String place : List.copyOf(elsewhere.keySet()).reversed()) {
      int count = Math.min(end, Math.min(requests, elsewhere.getOrDefault(place, 0)));
      tickets.put(place, new ArrayDeque<>(all.subList(end - count, end)));
      end -= count;
    }
    tickets.put(INSTANCE, new ArrayDeque<>(all.subList(0, end)));
  }
}
