package ai.rails.standin;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/// The faults that wait for a matching request. Thread safe; this object owns the list.
public final class Faults {
  private static final class Waiting {
    private final Predicate<Request> matching;
    private final Fault fault;
    private int left;

    private Waiting(Predicate<Request> matching, Fault fault, int left) {
      this.matching = matching;
      this.fault = fault;
      this.left = left;
    }
  }

  private final List<Waiting> waiting = new ArrayList<>();

  /// The next `times` requests that match meet `fault`; earlier injections are used up first.
  public synchronized void inject(int times, Predicate<Request> matching, Fault fault) {
    if (times < 1) {
      throw new IllegalArgumentException(
          "a fault is injected at least once, not " + times + " times");
    }
    waiting.add(new Waiting(matching, fault, times));
  }

  /// A predicate for [#inject]: method and a part of the path.
  public static Predicate<Request> on(String method, String pathPart) {
    return request -> request.method().equals(method) && request.path().contains(pathPart);
  }

  public synchronized int waiting() {
    return waiting.stream().mapToInt(each -> each.left).sum();
  }

  public synchronized void clear() {
    waiting.clear();
  }

  synchronized Fault next(Request request) {
    for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
      Waiting candidate = each.next();
      if (candidate.matching.test(request)) {
        candidate.left--;
        if (candidate.left == 0) {
          each.remove();
        }
        return candidate.fault;
      }
    }
    return new Fault.None();
  }
}
