package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.command.Enrich;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.budget.Standing;
import ai.rails.command.budget.Take;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Hold;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;
import ai.rails.platform.postgres.Database;

/// Asks policy about a proposed or intended call, with the run's state as it was just sourced.
///
/// A decision that came with the command is never believed. Thread-safe.
public final class PolicyCheck implements Enrich<RunCommand, Run> {
  private final Database database;
  private final Artifacts artifacts;
  private final DeclaredCall declared;
  private final BudgetCounters budget;
  private final CallLimits limits;
  private final PolicyDecisionPoint policy;
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
      case ProposeCall c when open(run, c.step(), c.attempt()) ->
          decided(c, ask(context, run, c.call(), 1, free(context, run)));
      // Refused by the rules before a decision is looked at.
      case IntendCall c -> decided(c, Optional.empty());
      case ProposeCall c -> decided(c, Optional.empty());
      default -> command;
    };
  }

  /// Limits come first: what may not leave yet is not asked about, and nothing of it is intended.
  private IntendCall intended(CommandContext context, Run run, IntendCall c) {
    Instant now = clock.instant();
    Looked looked =
        database.inTenant(context.tenant(), connection -> look(connection, context, run, c, now));
    return looked.hold().isPresent()
        ? decided(c, looked.hold(), Optional.empty())
        : decided(c, looked.question().map(policy::decide));
  }

  /// What was found: a limit, or a question.
  private record Looked(Optional<Hold> hold, Optional<DecisionRequest> question) {}

  private Looked look(
      Connection c, CommandContext context, Run run, IntendCall command, Instant now)
      throws SQLException {
    Optional<Hold> hold = held(c, context, run, command, now);
    return hold.isPresent()
        ? new Looked(hold, Optional.empty())
        : new Looked(
            Optional.empty(),
            Optional.of(
                question(
                    c,
                    context,
                    run,
                    command.call(),
                    group(run, command.step()),
                    estimate(run, command),
                    now)));
  }

  private Optional<Hold> held(
      Connection c, CommandContext context, Run run, IntendCall command, Instant now)
      throws SQLException {
    String tenant = context.tenant();
    FrozenCall call = command.call();
    Actions.Facts facts = declared.check(c, tenant, workflow(context, run), call);
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

  private Optional<Decision> ask(
      CommandContext context, Run run, FrozenCall call, int group, Money estimate) {
    Instant now = clock.instant();
    DecisionRequest question =
        database.inTenant(
            context.tenant(), c -> question(c, context, run, call, group, estimate, now));
    return Optional.of(policy.decide(question));
  }

  private DecisionRequest question(
      Connection c,
      CommandContext context,
      Run run,
      FrozenCall call,
      int group,
      Money estimate,
      Instant now)
      throws SQLException {
    Workflow workflow = workflow(context, run);
    Actions.Facts facts = declared.check(c, context.tenant(), workflow, call);
    Standing standing =
        budget.standing(c, context.tenant(), context.workspace(), estimate.currency(), now);
    var asked = new PolicyQuestion.Asked(call, facts, group, estimate);
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

  private static IntendCall decided(IntendCall c, Optional<Decision> decision) {
    return decided(c, Optional.empty(), decision);
  }

  private static IntendCall decided(
      IntendCall c, Optional<Hold> hold, Optional<Decision> decision) {
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
        hold,
        decision);
  }

  private static ProposeCall decided(ProposeCall c, Optional<Decision> decision) {
    return new ProposeCall(
        c.tenant(), c.run(), c.step(), c.attempt(), c.call(), c.display(), decision);
  }
}
