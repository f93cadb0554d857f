package ai.rails.app.bench;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.bench.policy.FailClosed;
import ai.rails.app.embedded.Unavailable;

/// The verb: measures, prints, and says by its exit code whether there are figures.
@Command(
    name = "rails bench",
    description = "Measure on this machine what governed runs cost, or how well triage does.",
    footer = {
      "",
      "spine   governed runs end to end, and the peer (DBOS Transact) on the same PostgreSQL",
      "peer    the peer alone",
      "ledger  leaves, proofs and verification; event to leaf through Kafka; Tessera beside it",
      "gateway  what governance adds to a call, part by part; budget reservations; memory",
      "once    calls while everything is killed, counted by the sink's journal",
      "injection  injected tickets through the flagship, with a model that obeys them",
      "simulation  the tool-call protocol in virtual time, with planted bugs",
      "triage  the offline classifier on a file of labelled tickets",
      "policy  decisions beside bare loopback HTTP, and how soon a change of policy holds",
      "rotation  keys of many workers attested and rotated while runs go on",
      "attestation  the verifier, beside the signature checks that it can not do without",
      "fail-closed  tool attempts while policy is killed, paused, stale, lying or partitioned"
    },
    mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int UNAVAILABLE = 3;
  private static final int MOST_SECONDS = 60;

  /// What can be measured.
  enum Name {
    SPINE,
    PEER,
    LEDGER,
    ATTESTATION,
    FAIL_CLOSED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final PrintStream out;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "spine, peer, ledger, attestation or fail-closed (default: ${DEFAULT-VALUE}).")
  private Name name = Name.SPINE;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "The limit of each measured phase, 1 to 60 (default: ${DEFAULT-VALUE}).")
  private int seconds = 20;

  @Option(
      names = "--runs",
      defaultValue = "1500",
      description = "At most that many runs in a phase, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int runs = 1500;

  @Option(
      names = "--concurrency",
      defaultValue = "16",
      description = "Runs at the same time, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int concurrency = 16;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}",
      description = "Works in a new directory inside and removes it (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--vectors",
      paramLabel = "DIR",
      description = "attestation: a directory of conformance cases, for genuine evidence.")
  private @Nullable Path vectors;

  @Option(
      names = "--mutations",
      defaultValue = "10000",
      description = "attestation: how many to try, 1 to 10000000 (default: ${DEFAULT-VALUE}).")
  private int mutations = 10_000;

  @Option(
      names = "--attempts",
      defaultValue = "20000",
      description = "fail-closed: how many to add, 5 to 1000000 (default: ${DEFAULT-VALUE}).")
  private int attempts = 20_000;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description =
          "fail-closed: adds to this file and reports all of it (default: fail-closed.jsonl in --data).")
  private @Nullable Path journal;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private Bench(PrintStream out) {
    this.out = out;
  }

  /// Runs the verb and returns its exit code: 0 measured, 1 failed, 2 usage, 3 something that it
  /// needs is missing. Figures go to `out`, progress to the error stream.
  public static int run(String[] arguments, PrintStream out) {
    return new CommandLine(new Bench(out))
        .addSubcommand(new OnceVerb(out, Bench::progress))
        .addSubcommand(new PolicyVerb(out, Bench::progress))
        .addSubcommand(new GatewayVerb(out, Bench::progress))
        .addSubcommand(new RotationVerb(out, Bench::progress))
        .addSubcommand(new SimulationVerb(out))
        .addSubcommand(new TriageVerb(out))
        .addSubcommand(new InjectionVerb(out, Bench::progress))
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((problem, _) -> usage(problem))
        .setExecutionExceptionHandler((problem, _, _) -> failed(problem))
        .execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    require(seconds >= 1 && seconds <= MOST_SECONDS, "--seconds is 1 to " + MOST_SECONDS);
    require(runs >= 1 && runs <= 10_000, "--runs is 1 to 10000");
    require(concurrency >= 1 && concurrency <= 256, "--concurrency is 1 to 256");
    Report report = measure();
    switch (format) {
      case TEXT -> report.table(out);
      case JSON -> out.println(report.json());
    }
    out.flush();
    return report.holds() ? OK : FAILED;
  }

  private Report measure() throws Exception {
    Trial.Plan plan = new Trial.Plan(concurrency, runs, Duration.ofSeconds(seconds));
    return switch (name) {
      case LEDGER ->
          new LedgerBench(data, System.getenv(), Duration.ofSeconds(seconds), Bench::progress)
              .measure();
      case ATTESTATION -> attestation();
      case FAIL_CLOSED -> failClosed();
      case PEER -> new Spine(data, System.getenv(), plan, Bench::progress).peer();
      case SPINE -> new Spine(data, System.getenv(), plan, Bench::progress).both();
    };
  }

  private Report attestation() throws Exception {
    require(mutations >= 1 && mutations <= 10_000_000, "--mutations is 1 to 10000000");
    Path cases =
        Optional.ofNullable(vectors)
            .orElseThrow(() ->
                new ParameterException(
                    spec.commandLine(), "attestation needs --vectors DIR with a cases.json"));
    return Report.of(
        Machine.of(cases),
        Map.of("java", Runtime.version().toString()),
        AttestationFigures.measure(
            cases, Duration.ofSeconds(seconds), mutations, System::nanoTime));
  }

  private Report failClosed() throws Exception {
    require(attempts >= 5 && attempts <= 1_000_000, "--attempts is 5 to 1000000");
    Files.createDirectories(data);
    Path into = Optional.ofNullable(journal).orElse(data.resolve("fail-closed.jsonl"));
    Path directory = Files.createTempDirectory(data.toAbsolutePath(), "bench-");
    try {
      FailClosed bench = new FailClosed(directory, System.getenv(), into, Bench::progress);
      return Report.of(
          Machine.of(directory),
          Map.of("java", Runtime.version().toString()),
          bench.measure(attempts));
    } finally {
      Spine.remove(directory);
    }
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }

  private static void progress(String line) {
    System.err.println("bench: " + line);
  }

  private static int usage(ParameterException problem) {
    System.err.println("rails: " + problem.getMessage());
    System.err.println("See: rails bench --help");
    return USAGE;
  }

  private static int failed(Exception problem) {
    String message = problem.getMessage();
    System.err.println("rails: " + (message == null ? problem.toString() : message));
    return problem instanceof Unavailable ? UNAVAILABLE : FAILED;
  }
}
