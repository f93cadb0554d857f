package ai.rails.app.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;

/// `rails conformance`: 0 no wrong verdict, 1 at least one, 2 nothing to run.
@Command(
    name = "conformance",
    description = "Run vectors of a public standard against this product.",
    mixinStandardHelpOptions = true)
public final class ConformanceCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// All suites; a new one is added here.
  static final List<Suite> SUITES =
      List.of(
          new MerkleSuite(),
          new JcsSuite(),
          new NoteSuite(),
          new DsseSuite(),
          new BagSuite(),
          new TilesSuite(),
          new OcsfSuite(),
          new AttestationSuite());

  @Parameters(index = "0", paramLabel = "SUITE", description = "Which standard; see below.")
  private String suite = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "Where the vectors lie.")
  private Path directory = Path.of("");

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Suite chosen =
        SUITES.stream()
            .filter(each -> each.name().equals(suite))
            .findFirst()
            .orElseThrow(() -> usage("no suite '%s'; there are: %s".formatted(suite, names())));
    if (!Files.isDirectory(directory)) {
      throw usage("%s is no directory".formatted(directory));
    }
    PrintWriter out = spec.commandLine().getOut();
    int cases = 0;
    int wrong = 0;
    try (Stream<Case> stream = chosen.cases(directory)) {
      for (Iterator<Case> each = stream.iterator(); each.hasNext(); ) {
        Case.Result result = each.next().run();
        cases++;
        wrong += result.ok() ? 0 : 1;
        print(out, result);
      }
    }
    if (cases == 0) {
      throw usage("%s has no vectors for '%s': %s".formatted(directory, suite, chosen.about()));
    }
    last(out, cases, wrong);
    return wrong == 0 ? Exit.OK : Exit.FAILED;
  }

  private void print(PrintWriter out, Case.Result result) throws JsonProcessingException {
    switch (format) {
      case JSON -> {
        var line = new LinkedHashMap<String, Object>();
        line.put("case", result.name());
        line.put("expect", result.expect().name());
        line.put("verdict", result.verdict().name());
        line.put("reason", result.reason());
        line.put("ok", result.ok());
        out.println(JSON.writeValueAsString(line));
      }
      case TEXT ->
          out.printf(
              "%-5s  %-6s  %s%s%n",
              result.ok() ? "ok" : "WRONG",
              result.verdict(),
              result.name(),
              result.reason().isEmpty() ? "" : ": " + result.reason());
    }
  }

  private void last(PrintWriter out, int cases, int wrong) throws JsonProcessingException {
    switch (format) {
      case JSON -> {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("suite", suite);
        line.put("cases", cases);
        line.put("wrong", wrong);
        out.println(JSON.writeValueAsString(line));
      }
      case TEXT -> out.printf("%s: %d cases, %d wrong%n", suite, cases, wrong);
    }
  }

  private static String names() {
    return SUITES.stream().map(Suite::name).collect(Collectors.joining(", "));
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
