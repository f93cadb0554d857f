package ai.rails.app.bench.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import ai.rails.app.bench.simulation.World.Answer;
import ai.rails.app.bench.simulation.World.Sent;
import ai.rails.app.bench.simulation.World.Ticket;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;

/// A worker with its gateway: claims, freezes, asks for leave, sends, reports, completes. It
/// crashes, pauses and loses messages at every point, and its clock jumps.
final class Worker {
  private static final long SETTLE = 6_000;
  private static final long REQUEST = 2_000;
  private static final int TRIES = 4;
  private static final Map<String, IdempotencyClass> CLASSES =
      Map.of(
          "k", IdempotencyClass.K,
          "u", IdempotencyClass.U,
          "q", IdempotencyClass.Q,
          "n", IdempotencyClass.N);

  private final int id;
  private final Clockwork time;
  private final Desk desk;
  private final World world;
  private final Bug bug;
  private final List<String> violations;
  private int life;
  private long pausedUntil;
  private long clockError;
  private Answer last = Answer.DONE;

  Worker(int id, Clockwork time, Desk desk, World world, Bug bug, List<String> violations) {
    this.id = id;
    this.time = time;
    this.desk = desk;
    this.world = world;
    this.bug = bug;
    this.violations = violations;
  }

  /// Its memory is gone; what it was told again it begins anew.
  void crash() {
    life++;
  }

  /// It stands still, knows nothing of it, and goes on.
  void pause(long millis) {
    pausedUntil = time.now() + millis;
  }

  void jump(long millis) {
    clockError += millis;
  }

  void take(String step, int attempt) {
    rpc(() -> desk.claim(id, step, attempt), this::claimed);
  }

  private void claimed(Desk.Claim claim) {
    IdempotencyClass klass = CLASSES.get(claim.step().substring(0, 1));
    if (klass == null) {
      throw new IllegalStateException("no class for " + claim.step());
    }
    if (claim.executed()) {
      complete(claim);
      return;
    }
    if (bug == Bug.COMPLETES_WITHOUT_OUTCOME) {
      complete(claim);
      return;
    }
    String digest =
        "sha256:" + (bug == Bug.FREEZES_AGAIN ? hex(claim.attempt()) : hex(claim.group()));
    int group = bug == Bug.NEW_GROUP_EACH_ATTEMPT ? claim.attempt() : claim.group();
    IdempotencyClass declared =
        bug == Bug.N_DECLARED_U && klass == IdempotencyClass.N ? IdempotencyClass.U : klass;
    if (bug == Bug.SENDS_BEFORE_INTENT) {
      Ticket forged =
          new Ticket(-time.now(), "", claim.epoch(), time.now(), Long.MAX_VALUE, Long.MAX_VALUE);
      send(claim, forged, sent(claim, klass, false), _ -> {});
    }
    rpc(
        () -> desk.intend(id, claim, group, digest, declared),
        tickets -> leave(claim, klass, declared, tickets));
  }

  private void leave(
      Desk.Claim claim, IdempotencyClass klass, IdempotencyClass declared, List<Ticket> tickets) {
    if (claim.recovering() && declared == IdempotencyClass.N) {
      report(claim, Outcome.AMBIGUOUS, "EFFECT_UNKNOWN", Optional.empty(), false);
      return;
    }
    long since =
        bug == Bug.SETTLES_BY_OWN_CLOCK
            ? time.now() + clockError - claim.intentAt()
            : claim.sinceIntent();
    boolean early = claim.recovering() && since < SETTLE && bug != Bug.NO_SETTLING;
    if (early && klass == IdempotencyClass.Q) {
      report(claim, Outcome.AMBIGUOUS, Reasons.SETTLING, Optional.of(SETTLE - since), false);
    } else if (bug == Bug.SKIPS_THE_EFFECT && time.chance(20)) {
      report(claim, Outcome.SUCCESS, "OK", Optional.empty(), true);
    } else if (klass == IdempotencyClass.Q && bug != Bug.NO_LOOKUP) {
      send(
          claim,
          tickets.getFirst(),
          sent(claim, klass, true),
          answer -> looked(claim, klass, tickets.getLast(), answer));
    } else {
      perform(claim, klass, tickets.getLast());
    }
  }

  private void looked(Desk.Claim claim, IdempotencyClass klass, Ticket ticket, Answer answer) {
    boolean failed = answer != Answer.FOUND && answer != Answer.NOT_FOUND;
    if (answer == Answer.FOUND || (failed && bug == Bug.FAILED_LOOKUP_IS_FOUND)) {
      report(claim, Outcome.SUCCESS, "OK", Optional.empty(), true);
    } else if (failed && bug != Bug.FAILED_LOOKUP_IS_NOT_FOUND) {
      // Nothing was sent by this attempt; an earlier one is still unknown.
      report(
          claim,
          claim.recovering() ? Outcome.AMBIGUOUS : Outcome.DEFINITE_FAILURE,
          "LOOKUP_FAILED",
          Optional.empty(),
          false);
    } else {
      perform(claim, klass, ticket);
    }
  }

  private void perform(Desk.Claim claim, IdempotencyClass klass, Ticket ticket) {
    send(
        claim,
        ticket,
        sent(claim, klass, false),
        answer -> {
          Answer heard = bug == Bug.CROSSES_ANSWERS && time.chance(30) ? last : answer;
          last = answer;
          judge(claim, heard);
        });
  }

  private void judge(Desk.Claim claim, Answer answer) {
    Outcome unknown = Outcome.AMBIGUOUS;
    switch (answer) {
      case DONE, FOUND -> report(claim, Outcome.SUCCESS, "OK", Optional.empty(), false);
      // Before a byte left, or in the vendor's documented words: nothing was done by this attempt.
      case REFUSED, LIMITED, NOT_FOUND ->
          report(
              claim,
              claim.recovering() ? unknown : Outcome.DEFINITE_FAILURE,
              "NOT_SENT",
              Optional.empty(),
              false);
      case SERVER_ERROR -> {
        Outcome told =
            bug == Bug.SERVER_ERROR_IS_DEFINITE
                ? Outcome.DEFINITE_FAILURE
                : bug == Bug.SERVER_ERROR_IS_SUCCESS ? Outcome.SUCCESS : unknown;
        report(claim, told, "HTTP_500", Optional.empty(), false);
      }
      case LOST, USED -> {
        Outcome told =
            bug == Bug.LOST_IS_DEFINITE
                ? Outcome.DEFINITE_FAILURE
                : bug == Bug.LOST_IS_SUCCESS ? Outcome.SUCCESS : unknown;
        report(claim, told, "NO_ANSWER", Optional.empty(), false);
      }
    }
  }

  private void report(
      Desk.Claim claim, Outcome outcome, String code, Optional<Long> after, boolean adopted) {
    rpc(
        () -> {
          desk.outcome(id, claim, outcome, code, after, adopted);
          return outcome;
        },
        kept -> {
          if (kept == Outcome.SUCCESS) {
            complete(claim);
          }
        });
  }

  private void complete(Desk.Claim claim) {
    rpc(
        () -> {
          desk.complete(id, claim);
          return claim;
        },
        _ -> {});
  }

  private Sent sent(Desk.Claim claim, IdempotencyClass klass, boolean lookup) {
    String marker = claim.step() + "/" + claim.group();
    String key = bug == Bug.NEW_KEY_EACH_ATTEMPT ? marker + "/" + claim.attempt() : marker;
    return new Sent(klass, lookup, claim.step(), marker, key);
  }

  /// Through the proxy: a connection under the ticket, then the request in it. The network may
  /// deliver it twice; the second one needs the ticket too.
  private void send(
      Desk.Claim claim, Ticket ticket, Sent sent, java.util.function.Consumer<Answer> then) {
    boolean forged = ticket.id() < 0;
    boolean around = forged || bug == Bug.GOES_AROUND_THE_PROXY;
    Answered answered = new Answered(then);
    boolean again = time.chance(6);
    after(
        time.between(5, 400),
        () -> {
          Answer refusal = world.used(ticket) ? Answer.USED : Answer.REFUSED;
          if (!around && !world.admits(ticket)) {
            after(5, () -> answered.once(refusal));
            return;
          }
          after(time.between(5, 600), () -> forward(claim, ticket, sent, around, answered));
          after(REQUEST, () -> answered.once(Answer.LOST));
        });
    if (again) {
      time.in(
          time.between(50, 6_000),
          () -> {
            if (!around && world.admits(ticket) && world.stands(ticket)) {
              arrive(claim, ticket, sent);
            }
          });
    }
  }

  private void forward(
      Desk.Claim claim, Ticket ticket, Sent sent, boolean around, Answered answered) {
    if (!around && !world.stands(ticket)) {
      answered.once(Answer.REFUSED);
      return;
    }
    Answer answer = arrive(claim, ticket, sent);
    after(time.between(5, 300), () -> answered.once(answer));
  }

  /// A request comes out of the proxy: what must be true then is looked at here.
  private Answer arrive(Desk.Claim claim, Ticket ticket, Sent sent) {
    String callId = ai.rails.domain.run.CallId.of("t1", "r1", claim.step(), 0, claim.group());
    if (!sent.lookup()) {
      if (!desk.intended(callId, claim.epoch())) {
        violations.add("a request without an intent: " + sent.marker());
      }
      if (desk.takenOver(claim.step(), id, claim.epoch())) {
        violations.add("a request of a fenced epoch: " + sent.marker() + " " + ticket.id());
      }
    }
    return world.arrive(sent);
  }

  /// The first answer counts.
  private static final class Answered {
    private final java.util.function.Consumer<Answer> then;
    private boolean done;

    private Answered(java.util.function.Consumer<Answer> then) {
      this.then = then;
    }

    private void once(Answer answer) {
      if (!done) {
        done = true;
        then.accept(answer);
      }
    }
  }

  /// Asks the control plane: request and answer are lost, doubled and late; asked again a few
  /// times, then given up. A refusal ends the attempt.
  private <T> void rpc(Supplier<T> request, java.util.function.Consumer<T> then) {
    ask(request, then, TRIES, new boolean[1]);
  }

  private <T> void ask(
      Supplier<T> request, java.util.function.Consumer<T> then, int left, boolean[] done) {
    if (left == 0) {
      return;
    }
    after(
        time.between(5, 200),
        () -> {
          if (!time.chance(4)) {
            try {
              T answer = request.get();
              if (time.chance(4)) {
                var _ = request.get();
              }
              if (!time.chance(4)) {
                after(
                    time.between(5, 200),
                    () -> {
                      if (!done[0]) {
                        done[0] = true;
                        then.accept(answer);
                      }
                    });
              }
            } catch (Refused _) {
              done[0] = true;
            }
          }
        });
    after(
        1_500,
        () -> {
          if (!done[0]) {
            ask(request, then, left - 1, done);
          }
        });
  }

  /// Goes on in this life only, and not while it is paused.
  private void after(long millis, Runnable act) {
    int now = life;
    time.in(millis, () -> go(now, act));
  }

  private void go(int born, Runnable act) {
    if (born != life) {
      return;
    }
    if (time.now() < pausedUntil) {
      time.in(pausedUntil - time.now(), () -> go(born, act));
    } else {
      act.run();
    }
  }

  private static String hex(int number) {
    return "%064x".formatted(number);
  }
}
