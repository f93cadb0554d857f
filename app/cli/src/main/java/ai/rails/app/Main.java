package ai.rails.app;

import java.io.PrintWriter;
import java.util.Map;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

import ai.rails.app.attestation.AttestationCommand;
import ai.rails.app.budget.CostCommand;
import ai.rails.app.conformance.ConformanceCommand;
import ai.rails.app.connector.ConnectorCommand;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.evidence.EvidenceCommand;
import ai.rails.app.gate.ApprovalCommand;
import ai.rails.app.http.Declined;
import ai.rails.app.policy.PauseCommand;
import ai.rails.app.policy.PolicyCommand;
import ai.rails.app.privacy.HoldCommand;
import ai.rails.app.privacy.SubjectCommand;
import ai.rails.app.run.RunCommand;
import ai.rails.app.runner.RunnerCommand;
import ai.rails.app.siem.SiemCommand;
import ai.rails.app.tenant.EnvironmentCommand;
import ai.rails.app.tenant.KeyCommand;
import ai.rails.app.tenant.ProjectCommand;
import ai.rails.app.tenant.RoleCommand;
import ai.rails.app.tenant.TenantCommand;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.witness.WitnessCommand;
import ai.rails.app.worker.WorkerCommand;
import ai.rails.app.workflow.WorkflowCommand;
import ai.rails.connector.Connectors;

/// The `rails` command.
@Command(
    name = "rails",
    description = "AI workflows that can be proved: run them, approve them, verify them.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
public final class Main implements Runnable {
  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces.")
  private boolean debug;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine(System.getenv()).execute(arguments));
  }

  static CommandLine commandLine(Map<String, String> environment) {
    var main = new Main();
    return new CommandLine(main)
        .addSubcommand(new UpCommand(environment))
        .addSubcommand(new DemoCommand(environment))
        .addSubcommand(new RunCommand())
        .addSubcommand(ApprovalCommand.line())
        .addSubcommand(WorkflowCommand.line(() -> new WorkflowTexts(Connectors.builtIn())))
        .addSubcommand(new ConnectorCommand())
        .addSubcommand(new WorkerCommand())
        .addSubcommand(new RunnerCommand())
        .addSubcommand(new PolicyCommand())
        .addSubcommand(new PauseCommand())
        .addSubcommand(new PauseCommand.Resume())
        .addSubcommand(new CostCommand())
        .addSubcommand(new TenantCommand())
        .addSubcommand(new KeyCommand())
        .addSubcommand(new RoleCommand())
        .addSubcommand(new EnvironmentCommand())
        .addSubcommand(new ProjectCommand())
        .addSubcommand(new SubjectCommand())
        .addSubcommand(new HoldCommand())
        .addSubcommand(new LedgerCommand())
        .addSubcommand(new EvidenceCommand())
        .addSubcommand(new WitnessCommand())
        .addSubcommand(new AttestationCommand())
        .addSubcommand(new ConformanceCommand())
        .addSubcommand(new SiemCommand())
        .addSubcommand(new ServersCommand(environment))
        .addSubcommand(new DownCommand())
        .addSubcommand(new StatusCommand())
        .addSubcommand(new ConsoleCommand())
        .addSubcommand(new DoctorCommand(environment))
        .addSubcommand(new CompletionCommand())
        .addSubcommand(new VersionCommand())
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                environment.containsKey("NO_COLOR") ? Ansi.OFF : Ansi.AUTO))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((problem, _) -> usage(problem))
        .setExecutionExceptionHandler((problem, command, _) -> main.failed(problem, command));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? See: rails --help");
  }

  private static int usage(ParameterException problem) {
    PrintWriter err = problem.getCommandLine().getErr();
    err.println("rails: " + problem.getMessage());
    err.println("See: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return Exit.USAGE;
  }

  private int failed(Exception problem, CommandLine command) {
    String message = problem.getMessage();
    if (problem instanceof Declined declined && asksForJson(command)) {
      declined.problem().ifPresent(command.getOut()::println);
    }
    command.getErr().println("rails: " + (message == null ? problem.toString() : message));
    if (debug) {
      problem.printStackTrace(command.getErr());
    }
    return problem instanceof Unavailable ? Exit.UNAVAILABLE : Exit.FAILED;
  }

  /// A refusal is an answer too: then the server's document is the one object.
  private static boolean asksForJson(CommandLine command) {
    return command.getParseResult().matchedOptionValue("-o", OutputFormat.TEXT)
        == OutputFormat.JSON;
  }
}
