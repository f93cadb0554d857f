package ai.rails.app.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;

/// `rails policy`: OPA and Regal over the project's Rego, as `rails test` runs them.
@Command(
    name = "policy",
    description = "Test, lint, simulate and change policies.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PolicyCommand.Test.class,
      PolicyCommand.Lint.class,
      SimulateCommand.class,
      DraftCommand.class,
      SettingsCommand.class,
      ShadowCommand.class,
      ExceptionCommand.class
    })
public final class PolicyCommand extends Group {
  private static final long NANOS_PER_MILLI = 1_000_000;

  public PolicyCommand() {
    super("rails policy test");
  }

  private static Path home() {
    return Path.of(System.getenv().getOrDefault("AIRAILS_HOME", "."));
  }

  private static List<String> chosen(List<Path> given, List<String> usual) {
    if (!given.isEmpty()) {
      return given.stream().map(Path::toString).toList();
    }
    return usual.stream().map(each -> home().resolve(each).toString()).toList();
  }

  /// Runs a tool in this terminal.
  private static int run(String program, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0 ? Exit.OK : Exit.FAILED;
    } catch (IOException e) {
      throw new Unavailable(program + " can not be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  /// `rails policy test`.
  @Command(
      name = "test",
      description = "Check strictly and run the tests (opa).",
      mixinStandardHelpOptions = true)
  static final class Test implements Callable<Integer> {
    @Parameters(
        arity = "0..*",
        paramLabel = "PATH",
        description = "Rego and data; without it the project's.")
    private List<Path> paths = List.of();

    @Override
    public Integer call() {
      String opa = OpaBinary.find(Map.copyOf(System.getenv()), home()).path().toString();
      List<String> check = new ArrayList<>(List.of("check", "--strict"));
      check.addAll(chosen(paths, List.of("policies/rego")));
      List<String> test = new ArrayList<>(List.of("test"));
      test.addAll(chosen(paths, List.of("policies/rego", "policies/data")));
      return run(opa, check) == Exit.OK ? run(opa, test) : Exit.FAILED;
    }
  }

  /// `rails policy lint`.
  @Command(
      name = "lint",
      description = "Lint Rego (regal), or a tenant's policy data.",
      mixinStandardHelpOptions = true)
  static final class Lint implements Callable<Integer> {
    @Parameters(
        arity = "0..*",
        paramLabel = "PATH",
        description = "Rego; without it the project's.")
    private List<Path> paths = List.of();

    @Option(
        names = "--data",
        paramLabel = "FILE",
        description = "A tenant's policy data (rails policy draft current), instead of Rego.")
    private @Nullable Path data;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      if (data != null) {
        return lint(PolicyFiles.object(data));
      }
      Path regal = home().resolve(".tools/bin/regal");
      if (!Files.isExecutable(regal)) {
        throw new Unavailable("regal is missing; the rails script of the project installs it");
      }
      List<String> arguments = new ArrayList<>(List.of("lint"));
      arguments.addAll(chosen(paths, List.of("policies/rego")));
      return run(regal.toString(), arguments);
    }

    /// The data as that of a tenant; whether an exception is over is a matter of today.
    private int lint(Map<String, Object> tenant) {
      Map<String, Object> input =
          Map.of(
              "tenant", Map.of("id", "it"),
              "clock", Map.of("now_ns", System.currentTimeMillis() * NANOS_PER_MILLI));
      List<RegoLint.Finding> findings =
          RegoLint.open()
              .findings("policy_lint", input, Optional.of(Map.of("tenants", Map.of("it", tenant))));
      findings.forEach(spec.commandLine().getOut()::println);
      return findings.stream().noneMatch(RegoLint.Finding::isError) ? Exit.OK : Exit.FAILED;
    }
  }
}
