package ai.rails.app.bench.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import ai.rails.domain.Refused;
import ai.rails.domain.run.Resolution;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunRules;
import ai.rails.domain.workflow.Workflow;

/// One run of eight calls in virtual time: messages are dropped, doubled, reordered and late,
/// workers crash and pause, the proxy restarts, clocks jump. After some time everything heals.
public final class Simulation {
  private static final long HOUR = 3_600_000;
  private static final long TROUBLE = HOUR / 6;
  private static final long PERSON = 20_000;
  private static final int WORKERS = 3;

  private final Clockwork time;
  private final Bug bug;
  private final World world;
  private final Desk desk;
  private final List<Worker> workers = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  private Simulation(long seed, Workflow workflow, Bug bug) {
    this.time = new Clockwork(seed);
    this.bug = bug;
    this.world = new World(time, bug);
    RunRules rules = new RunRules((_, _) -> workflow, (_, _, _) -> true);
    this.desk = new Desk(time, rules, bug, this::deliver);
    for (int i = 0; i < WORKERS; i++) {
      workers.add(new Worker(i, time, desk, world, bug, violations));
    }
  }

  /// What went wrong, empty if nothing did.
  public static List<String> run(long seed, Workflow workflow, Bug bug) {
    return new Simulation(seed, workflow, bug).run();
  }

  private List<String> run() {
    desk.start("sha256:" + "a".repeat(64));
    time.in(0, this::trouble);
    time.in(PERSON, this::person);
    long end = time.now() + 4 * HOUR;
    while (!desk.run().status().ended() && time.step(end)) {
      if (!violations.isEmpty()) {
        break;
      }
    }
    // What is still on its way may arrive.
    long rest = time.now() + 60_000;
    while (time.step(rest)) {
      // nothing else to do
    }
    judge();
    return violations;
  }

  /// A step command goes to some worker, perhaps to two, and again until it is claimed or over.
  private void deliver(StepScheduled scheduled) {
    long wait =
        scheduled.notBefore().map(at -> at.toEpochMilli() - time.now()).orElse(0L)
            + time.between(5, 500);
    if (bug == Bug.DESK_LOSES_STEP_COMMANDS && time.chance(10)) {
      return;
    }
    time.in(wait, () -> offer(scheduled));
    if (time.chance(10)) {
      time.in(wait + time.between(0, 40_000), () -> offer(scheduled));
    }
  }

  private void offer(StepScheduled scheduled) {
    Run.StepState step = desk.run().step(scheduled.step()).orElseThrow();
    boolean open =
        step.status() == Run.StepStatus.SCHEDULED && step.attempt() == scheduled.attempt();
    if (open && !desk.run().status().ended()) {
      workers.get((int) time.between(0, WORKERS - 1)).take(scheduled.step(), scheduled.attempt());
      time.in(time.between(3_000, 9_000), () -> offer(scheduled));
    }
  }

  private void trouble() {
    if (desk.run().status().ended() || time.now() > TROUBLE + 1_000_000) {
      return;
    }
    Worker victim = workers.get((int) time.between(0, WORKERS - 1));
    switch ((int) time.between(0, 5)) {
      case 0, 1 -> victim.crash();
      case 2 -> victim.pause(time.between(5_000, 90_000));
      case 3 -> world.restartProxy();
      case 4 -> victim.jump(time.between(-120_000, 120_000));
      default -> {}
    }
    time.in(time.between(200, 6_000), this::trouble);
  }

  /// Looks into the service before he says what became of a call, when nothing can come late.
  private void person() {
    if (desk.run().status().ended()) {
      return;
    }
    for (var each : List.copyOf(desk.run().steps().entrySet())) {
      try {
        if (each.getValue().status() == Run.StepStatus.AMBIGUOUS) {
          decide(each.getKey(), each.getValue().attemptGroup());
        } else if (each.getValue().status() == Run.StepStatus.DEAD) {
          desk.retry();
        }
      } catch (Refused _) {
        // It has changed meanwhile.
      }
    }
    time.in(PERSON, this::person);
  }

  private void decide(String step, int group) {
    boolean done = world.has(step + "/" + group);
    Resolution said =
        switch (bug) {
          case PERSON_ALWAYS_SAYS_DONE -> Resolution.DONE;
          case PERSON_DOES_NOT_LOOK -> Resolution.RUN_AGAIN;
          default -> done ? Resolution.DONE : Resolution.RUN_AGAIN;
        };
    // Between the look and the word nothing may come: he has waited long enough.
    time.in(
        done || bug == Bug.PERSON_DOES_NOT_LOOK || bug == Bug.PERSON_ALWAYS_SAYS_DONE ? 0 : 10_000,
        () -> {
          boolean since = world.has(step + "/" + group);
          try {
            desk.resolve(
                step, group, since && bug != Bug.PERSON_DOES_NOT_LOOK ? Resolution.DONE : said);
          } catch (Refused _) {
            // Somebody else was faster.
          }
        });
  }

  private void judge() {
    world.twice().forEach(step -> violations.add("more than one effect of " + step));
    if (desk.run().status() != Run.Status.COMPLETED) {
      violations.add("the run is %s and not completed".formatted(desk.run().status()));
    }
    Set<String> had = new HashSet<>();
    world.effects().forEach(effect -> had.add(effect.step()));
    Set<String> recorded = new HashSet<>();
    for (RunEvent each : desk.log()) {
      if (each instanceof StepCompleted e && !had.contains(e.step())) {
        violations.add("no effect of " + e.step());
      }
      if (each instanceof ToolActionExecuted e) {
        recorded.add(e.callId() + "@" + e.epoch());
        if (e.outcome() == Outcome.SUCCESS && !had.contains(e.step())) {
          violations.add("called done, and is not: " + e.step());
        }
      }
    }
    desk.acknowledged().stream()
        .filter(each -> !recorded.contains(each))
        .forEach(each -> violations.add("an outcome was acknowledged and is lost: " + each));
  }
}
