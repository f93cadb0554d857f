package ai.rails.app;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;

/// `rails doctor`: 0 when nothing that is required is missing, else 1.
@Command(
    name = "doctor",
    description = "Check what this machine offers, and how to get what is missing.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  DoctorCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Integer call() throws JsonProcessingException {
    List<Finding> findings = new Doctor(data.directory(), environment).examine();
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> out.println(new ObjectMapper().writeValueAsString(findings));
      case TEXT -> findings.forEach(finding -> print(out, finding));
    }
    return findings.stream().anyMatch(Finding::fails) ? Exit.FAILED : Exit.OK;
  }

  private static void print(PrintWriter out, Finding finding) {
    String verdict = finding.ok() ? "ok" : finding.required() ? "missing" : "optional";
    out.printf("%-9s %-12s %s%n", verdict, finding.name(), finding.detail());
    if (!finding.fix().isEmpty()) {
      out.printf("%-9s %-12s fix: %s%n", "", "", finding.fix());
    }
  }
}
