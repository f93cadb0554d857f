package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.command.Enrich;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.budget.Standing;
import ai.rails.command.budget.Take;
import ai.rails.command.runner.RunnerRows;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.GpuTime;
import ai.rails.domain.run.Hold;
import ai.rails.domain.run.ModelRoute;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.Routing;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.CorrectCall;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;
import ai.rails.platform.postgres.Database;

/// Asks policy about a proposed or intended call, and whether a person may approve one, with the
/// run's state as it was just sourced.
///
/// A decision that came with the command is never believed. Thread-safe.
public final class PolicyCheck implements Enrich<RunCommand, Run> {
  /// How long a call waits before it is looked again whether its runner is there.
  private static final Duration AWAY = Duration.ofSeconds(10);

  private final Database database;
  private final Artifacts artifacts;
  private final DeclaredCall declared;
  private final BudgetCounters budget;
  private final CallLimits limits;
  private final PolicyDecisionPoint policy;
  private final ApprovalQuestion approvals;
  private final String cell;
  private final InstantSource clock;

  /// @param cell id of this cell
  public PolicyCheck(
      Database database,
      Artifacts artifacts,
      Actions actions,
      BudgetCounters budget,
      CallLimits limits,
      PolicyDecisionPoint policy,
      String cell,
      InstantSource clock) {
    this.database = database;
    this.artifacts = artifacts;
    this.declared = new DeclaredCall(actions);
    this.budget = budget;
    this.limits = limits;
    this.policy = policy;
    this.approvals = new ApprovalQuestion(policy, artifacts, cell);
    this.cell = cell;
    this.clock = clock;
  }

  /// With no limit of calls but the breakers.
  public PolicyCheck(
      Database database,
      Artifacts artifacts,
      Actions actions,
      BudgetCounters budget,
      PolicyDecisionPoint policy,
      String cell,
      InstantSource clock) {
    this(database, artifacts, actions, budget, CallLimits.none(), policy, cell, clock);
  }

  @Override
  public RunCommand enrich(CommandContext context, Run run, RunCommand command) {
    return switch (command) {
      case IntendCall c when open(run, c.step(), c.attempt()) -> intended(context, run, c);
      case ProposeCall c when open(run, c.step(), c.attempt()) -> proposed(context, run, c);
      // Refused by the rules before a decision is looked at.
      case IntendCall c -> decided(c, Found.NOTHING, Optional.empty());
      case ProposeCall c -> decided(c, List.of(), Optional.empty());
      case DecideGate c -> decided(c, approvals.ask(run, c, clock.instant()));
      case CorrectCall c ->
          new CorrectCall(
              decided(c.asked(), approvals.ask(run, c.asked(), clock.instant())),
              c.correctedDigest(),
              c.fields(),
              c.correction());
      default -> command;
    };
  }

  /// Limits come first: what may not leave yet is not asked about, and nothing of it is intended.
  /// But where the instance is out and the step has another model, policy may know one that
  /// answers.
  private IntendCall intended(CommandContext context, Run run, IntendCall c) {
    Instant now = clock.instant();
    Found found =
        database.inTenant(context.tenant(), connection -> look(connection, context, run, c, now));
    Optional<Decision> decision = found.question().map(policy::decide);
    boolean elsewhere =
        decision
            .filter(said -> Routing.of(c.call(), found.routes(), said) == Routing.Way.ELSEWHERE)
            .isPresent();
    return decided(c, elsewhere ? found.withoutHold() : found, decision);
  }

  /// What was found: a limit, the runner that would make the call, and what there is to ask.
  private record Found(
      Optional<GpuTime> gpu,
      Optional<Hold> hold,
      List<ModelRoute> routes,
      Optional<String> runner,
      Optional<DecisionRequest> question) {
    static final Found NOTHING =
        new Found(
            Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty());

    Found withoutHold() {
      return new Found(gpu, Optional.empty(), routes, runner, question);
    }
  }

  private Found look(Connection c, CommandContext context, Run run, IntendCall command, Instant now)
      throws SQLException {
    Workflow workflow = workflow(context, run);
    DeclaredCall.Declared known = declared.check(c, context.tenant(), workflow, command.call());
    Optional<GpuTime> gpu = gpu(workflow, known.facts(), now);
    Optional<Hold> away = away(c, context, run, known);
    Optional<Hold> hold =
        away.isPresent() ? away : held(c, context, run, with(command, gpu), known.facts(), now);
    List<ModelRoute> routes =
        ModelRoutes.of(c, context.tenant(), workflow, run, command.call(), now);
    boolean others =
        hold.filter(limit -> limit.code().equals(Reasons.BREAKER_OPEN)).isPresent()
            && routes.stream().anyMatch(ModelRoute::answers);
    if (hold.isPresent() && !others) {
      return new Found(gpu, hold, routes, known.runner(), Optional.empty());
    }
    var asked =
        new PolicyQuestion.Asked(
            command.call(), known, group(run, command.step()), estimate(run, command), routes);
    return new Found(
        gpu, hold, routes, known.runner(), Optional.of(question(c, context, run, asked, now)));
  }

  /// A call that a runner makes waits until it is there.
  private static Optional<Hold> away(
      Connection c, CommandContext context, Run run, DeclaredCall.Declared known)
      throws SQLException {
    String environment = run.trigger().orElseThrow().environment();
    if (known.runner().isEmpty()
        || RunnerRows.present(
            c, context.tenant(), known.runner().get(), context.workspace(), environment)) {
      return Optional.empty();
    }
    return Optional.of(
        new Hold(Reasons.RUNNER_AWAY, known.runner().get(), "runners", 1, 0, 0, AWAY.toMillis()));
  }

  /// A model inside the worker holds all of its GPUs.
  private static Optional<GpuTime> gpu(Workflow workflow, Actions.Facts facts, Instant now) {
    int gpus = workflow.workers().gpus();
    return facts.local() && gpus > 0
        ? Optional.of(GpuTime.of(gpus, now, facts.longest()))
        : Optional.empty();
  }

  private Optional<Hold> held(
      Connection c,
      CommandContext context,
      Run run,
      IntendCall command,
      Actions.Facts facts,
      Instant now)
      throws SQLException {
    String tenant = context.tenant();
    FrozenCall call = command.call();
    Optional<Hold> flow =
        limits.hold(c, tenant, context.workspace(), command.run(), call, facts.pace(), now);
    if (flow.isPresent()) {
      return flow;
    }
    boolean reserved = run.call(call.callId()).flatMap(CallState::reserved).isPresent();
    List<Take> takes =
        RunCharges.of(context.workspace(), context.workflow().orElse(""), command, reserved);
    return budget
        .lacking(c, tenant, takes, now)
        .map(standing -> standing.hold(asked(standing, takes), now));
  }

  private static long asked(Standing standing, List<Take> takes) {
    return takes.stream()
        .filter(take -> take.unit().equals(standing.unit()))
        .mapToLong(Take::amount)
        .sum();
  }

  private ProposeCall proposed(CommandContext context, Run run, ProposeCall c) {
    Instant now = clock.instant();
    Found found =
        database.inTenant(
            context.tenant(),
            connection -> {
              List<ModelRoute> routes =
                  ModelRoutes.of(
                      connection, context.tenant(), workflow(context, run), run, c.call(), now);
              DeclaredCall.Declared known =
                  declared.check(connection, context.tenant(), workflow(context, run), c.call());
              var asked =
                  new PolicyQuestion.Asked(
                      c.call(), known, group(run, c.step()), free(context, run), routes);
              return new Found(
                  Optional.empty(),
                  Optional.empty(),
                  routes,
                  known.runner(),
                  Optional.of(question(connection, context, run, asked, now)));
            });
    return decided(c, found.routes(), found.question().map(policy::decide));
  }

  private DecisionRequest question(
      Connection c, CommandContext context, Run run, PolicyQuestion.Asked asked, Instant now)
      throws SQLException {
    Workflow workflow = workflow(context, run);
    String currency = asked.estimate().currency();
    Standing standing = budget.standing(c, context.tenant(), context.workspace(), currency, now);
    return PolicyQuestion.of(context, cell, run, workflow, asked, standing, now);
  }

  /// What is set aside for the call already is not asked for twice.
  private static Money estimate(Run run, IntendCall command) {
    boolean reserved = run.call(command.call().callId()).flatMap(CallState::reserved).isPresent();
    return reserved ? Money.zero(command.estimate().currency()) : command.estimate();
  }

  private Money free(CommandContext context, Run run) {
    return Money.zero(workflow(context, run).limits().cost().currency());
  }

  private Workflow workflow(CommandContext context, Run run) {
    return artifacts.load(context.tenant(), run.trigger().orElseThrow().artifactDigest());
  }

  private static boolean open(Run run, String step, int attempt) {
    return !run.status().ended()
        && run.step(step)
            .filter(s -> s.status() == StepStatus.SCHEDULED && s.attempt() == attempt)
            .isPresent();
  }

  private static int group(Run run, String step) {
    return run.step(step).map(StepState::attemptGroup).orElse(1);
  }

  private static IntendCall with(IntendCall c, Optional<GpuTime> gpu) {
    Found found = new Found(gpu, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    return decided(c, found, Optional.empty());
  }

  private static IntendCall decided(IntendCall c, Found found, Optional<Decision> decision) {
    return new IntendCall(
        c.tenant(),
        c.run(),
        c.step(),
        c.attempt(),
        c.epoch(),
        c.call(),
        c.estimate(),
        c.priceTable(),
        c.tokens(),
        found.gpu(),
        found.routes(),
        found.hold(),
        decision,
        found.runner());
  }

  private static DecideGate decided(DecideGate c, Optional<Decision> decision) {
    return new DecideGate(
        c.tenant(),
        c.run(),
        c.gate(),
        c.verdict(),
        c.approver(),
        c.roles(),
        c.channel(),
        c.callDigest(),
        c.comment(),
        c.say(),
        c.signature(),
        decision);
  }

  private static ProposeCall decided(
      ProposeCall c, List<ModelRoute> routes, Optional<Decision> decision) {
    return new ProposeCall(
        c.tenant(), c.run(), c.step(), c.attempt(), c.call(), c.display(), routes, decision);
  }
}
