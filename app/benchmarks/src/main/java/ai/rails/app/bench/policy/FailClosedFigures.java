package ai.rails.app.bench.policy;

import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonIgnore;

/// What got out while policy could not be asked, over every measurement of a journal.
///
/// @param attempts made under a fault
/// @param reachedSink of them, counted by the sink
/// @param byFault `killed`, `paused`, `stale`, `lying`, `partitioned`
/// @param bound95 with 95 % confidence no greater share of attempts gets out: 3/n when none of n
///   did, 1 when one did
/// @param control what happened between the faults, with a healthy decision point
/// @param atOnce attempts at the same time
/// @param measurements how many measurements the journal holds
public record FailClosedFigures(
    long attempts,
    long reachedSink,
    double bound95,
    Map<String, ByFault> byFault,
    Control control,
    int atOnce,
    int measurements) {
  public FailClosedFigures {
    byFault = new TreeMap<>(byFault);
  }

  /// One fault.
  ///
  /// @param intents that the event store took; each would have given tickets
  /// @param decisionsRecorded that the event store took, one for each attempt
  /// @param answers the decision client's, to how often
  /// @param proxy the proxy's answers to CONNECT without a ticket, with a forged or a used one
  public record ByFault(
      long attempts,
      long reachedSink,
      long intents,
      long decisionsRecorded,
      Map<String, Long> answers,
      Map<String, Long> proxy) {
    public ByFault {
      answers = new TreeMap<>(answers);
      proxy = new TreeMap<>(proxy);
    }

    ByFault plus(ByFault more) {
      return new ByFault(
          attempts + more.attempts,
          reachedSink + more.reachedSink,
          intents + more.intents,
          decisionsRecorded + more.decisionsRecorded,
          sum(answers, more.answers),
          sum(proxy, more.proxy));
    }

    private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
      Map<String, Long> both = new TreeMap<>(one);
      other.forEach((key, count) -> both.merge(key, count, Long::sum));
      return both;
    }
  }

  /// The same attempts with a healthy decision point: what it allowed reached the sink, so that a
  /// zero elsewhere means something. The rest it had no time to answer, and that was held back.
  public record Control(long attempts, long allowed, long reachedSink) {
    Control plus(Control more) {
      return new Control(
          attempts + more.attempts, allowed + more.allowed, reachedSink + more.reachedSink);
    }
  }

  static double bound(long attempts, long reached) {
    return reached == 0 && attempts > 0 ? Math.min(1, 3.0 / attempts) : 1;
  }

  /// Nothing got out, and with a healthy decision point everything that was allowed did.
  @JsonIgnore
  public boolean holds() {
    return reachedSink == 0
        && attempts > 0
        && control.allowed() * 2 > control.attempts()
        && control.reachedSink() == control.allowed()
        && byFault.values().stream()
            .allMatch(f -> f.intents() == 0 && f.decisionsRecorded() == f.attempts());
  }
}
