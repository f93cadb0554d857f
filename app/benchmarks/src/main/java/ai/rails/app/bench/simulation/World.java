package ai.rails.app.bench.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// The egress proxy and the service behind it, which is the oracle: it knows every effect.
final class World {
  /// Leave for one request.
  record Ticket(long id, String callId, long epoch, long issuedAt, long notAfter, long closeAt) {}

  /// One request inside a tunnel.
  ///
  /// @param marker run, step and attempt group
  record Sent(IdempotencyClass klass, boolean lookup, String step, String marker, String key) {}

  /// What comes back.
  enum Answer {
    USED,
    DONE,
    FOUND,
    NOT_FOUND,
    REFUSED,
    LIMITED,
    SERVER_ERROR,
    LOST
  }

  /// One effect.
  record Effect(String step, String marker) {}

  private static final long LATE = 3_000;

  private final Clockwork time;
  private final Bug bug;
  private final List<Effect> effects = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private final Set<String> values = new HashSet<>();
  private final Set<Long> used = new HashSet<>();
  private final Map<String, Long> epochs = new HashMap<>();
  private long startedAt;

  World(Clockwork time, Bug bug) {
    this.time = time;
    this.bug = bug;
    this.startedAt = time.now();
  }

  List<Effect> effects() {
    return effects;
  }

  boolean has(String marker) {
    return effects.stream().anyMatch(each -> each.marker().equals(marker));
  }

  /// The proxy comes back without its memory.
  void restartProxy() {
    used.clear();
    epochs.clear();
    startedAt = time.now();
  }

  /// Whether something went out under it before.
  boolean used(Ticket ticket) {
    return used.contains(ticket.id());
  }

  /// Whether the proxy opens a tunnel.
  boolean admits(Ticket ticket) {
    boolean old =
        ticket.issuedAt() < startedAt && bug != Bug.PROXY_TAKES_TICKETS_FROM_BEFORE_ITS_START;
    boolean used = this.used.contains(ticket.id()) && bug != Bug.PROXY_LETS_TICKETS_BE_REUSED;
    boolean late = time.now() > ticket.notAfter();
    boolean stale = epochs.getOrDefault(ticket.callId(), 0L) > ticket.epoch();
    if (old || used || late || stale) {
      return false;
    }
    this.used.add(ticket.id());
    epochs.merge(ticket.callId(), ticket.epoch(), Math::max);
    return true;
  }

  /// Whether a tunnel still stands.
  boolean stands(Ticket ticket) {
    return time.now() < ticket.closeAt() || bug == Bug.PROXY_NEVER_CUTS;
  }

  /// A request reaches the service. Its effect may come later than the answer is waited for, and
  /// the answer may be lost.
  Answer arrive(Sent sent) {
    if (time.chance(4)) {
      return Answer.LOST;
    }
    if (time.chance(3)) {
      return Answer.LIMITED;
    }
    if (sent.lookup()) {
      if (time.chance(6)) {
        return Answer.SERVER_ERROR;
      }
      boolean any =
          bug == Bug.ADOPTS_ANYTHING
              ? effects.stream().anyMatch(each -> !each.marker().equals(sent.marker()))
              : has(sent.marker());
      return any ? Answer.FOUND : Answer.NOT_FOUND;
    }
    if (time.chance(4)) {
      return Answer.SERVER_ERROR;
    }
    if (time.chance(8)) {
      time.in(time.between(500, LATE), () -> perform(sent));
      return Answer.LOST;
    }
    perform(sent);
    if (time.chance(6)) {
      return Answer.LOST;
    }
    return time.chance(5) ? Answer.SERVER_ERROR : Answer.DONE;
  }

  private void perform(Sent sent) {
    boolean again =
        switch (sent.klass()) {
          case K -> !keys.add(sent.key());
          case U -> !values.add(sent.marker());
          case Q, N, M -> false;
        };
    if (!again) {
      effects.add(new Effect(sent.step(), sent.marker()));
    }
  }

  /// Steps with more than one effect.
  Set<String> twice() {
    Set<String> seen = new HashSet<>();
    Set<String> twice = new TreeSet<>();
    effects.stream().map(Effect::step).filter(step -> !seen.add(step)).forEach(twice::add);
    return twice;
  }
}
