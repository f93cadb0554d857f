package ai.rails.app.workflow;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.app.policy.RegoLint;
import ai.rails.app.policy.RegoLint.Finding;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.platform.workflow.Compiled;
import ai.rails.platform.workflow.ConnectorCatalogue;
import ai.rails.platform.workflow.LintQuestion;
import ai.rails.platform.workflow.SourcePlace;
import ai.rails.platform.workflow.WorkflowCompiler;
import ai.rails.platform.workflow.WorkflowError;
import ai.rails.platform.workflow.WorkflowErrors;

/// `rails workflow lint`: what publishing would say, without a server.
@Command(
    name = "lint",
    description =
        "Compile workflows offline, and ask policy what is odd about them. Faults are"
            + " FILE:LINE:COLUMN and what was expected.",
    mixinStandardHelpOptions = true)
final class Lint implements Callable<Integer> {
  private static final String NOBODY = "lint";

  private final Supplier<ConnectorCatalogue> catalogue;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Workflows in YAML.")
  private List<Path> files = List.of();

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  Lint(Supplier<ConnectorCatalogue> catalogue) {
    this.catalogue = catalogue;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ConnectorCatalogue connectors = catalogue.get();
    List<WorkflowError> faults = new ArrayList<>();
    boolean odd = false;
    for (Path file : files) {
      String yaml = Sources.read(spec, file);
      try {
        Compiled compiled =
            new WorkflowCompiler().compile(file.toString(), yaml, connectors, NOBODY);
        if (format == OutputFormat.TEXT) {
          out.printf(
              "%s: %s %s compiles, %d steps%n",
              file,
              compiled.workflow().id(),
              compiled.workflow().version(),
              compiled.workflow().steps().size());
        }
        odd |= isOdd(file, compiled, connectors);
      } catch (WorkflowErrors e) {
        faults.addAll(e.errors());
      }
    }
    switch (format) {
      case JSON -> out.println(json(faults));
      case TEXT -> faults.forEach(out::println);
    }
    return faults.isEmpty() && !odd ? Exit.OK : Exit.FAILED;
  }

  /// What its author would want to know, by the platform's policy; only an error fails.
  private boolean isOdd(Path file, Compiled compiled, ConnectorCatalogue connectors) {
    List<Finding> findings;
    try {
      findings =
          RegoLint.open()
              .findings(
                  "workflow_lint",
                  LintQuestion.of(compiled.workflow(), connectors),
                  Optional.empty());
    } catch (Unavailable e) {
      spec.commandLine().getErr().printf("rails: %s is not linted: %s%n", file, e.getMessage());
      return false;
    }
    PrintWriter err = spec.commandLine().getErr();
    for (Finding finding : findings) {
      SourcePlace place = compiled.places().getOrDefault(finding.at(), new SourcePlace(1, 1));
      err.printf("%s:%d:%d: %s%n", file, place.line(), place.column(), finding);
    }
    return findings.stream().anyMatch(Finding::isError);
  }

  private static JsonNode json(List<WorkflowError> faults) {
    return Api.JSON.valueToTree(faults);
  }
}
