package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.command.Enrich;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
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
  private final PolicyDecisionPoint policy;
  private final String cell;
  private final InstantSource clock;

  /// @param cell id of this cell
  public PolicyCheck(
      Database database,
      Artifacts artifacts,
      Actions actions,
      BudgetCounters budget,
      PolicyDecisionPoint policy,
      String cell,
      InstantSource clock) {
    this.database = database;
    this.artifacts = artifacts;
    this.declared = new DeclaredCall(actions);
    this.budget = budget;
    this.policy = policy;
    this.cell = cell;
    this.clock = clock;
  }

  @Override
  public RunCommand enrich(CommandContext context, Run run, RunCommand command) {
    return switch (command) {
      case IntendCall c when open(run, c.step(), c.attempt()) ->
          decided(c, ask(context, run, c.call(), group(run, c.step()), estimate(run, c)));
      case ProposeCall c when open(run, c.step(), c.attempt()) ->
          decided(c, ask(context, run, c.call(), 1, free(context, run)));
      // Refused by the rules before a decision is looked at.
      case IntendCall c -> decided(c, Optional.empty());
      case ProposeCall c -> decided(c, Optional.empty());
      default -> command;
    };
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
    BudgetCounters.Standing standing =
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
    return new IntendCall(
        c.tenant(),
        c.run(),
        c.step(),
        c.attempt(),
        c.epoch(),
        c.call(),
        c.estimate(),
        c.priceTable(),
        decision);
  }

  private static ProposeCall decided(ProposeCall c, Optional<Decision> decision) {
    return new ProposeCall(
        c.tenant(), c.run(), c.step(), c.attempt(), c.call(), c.display(), decision);
  }
}
