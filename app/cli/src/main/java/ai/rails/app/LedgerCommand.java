package ai.rails.app;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.ledger.CheckpointCommand;
import ai.rails.app.ledger.EpochCommand;
import ai.rails.app.ledger.ProveCommand;
import ai.rails.app.ledger.WatchCommand;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;
import ai.rails.stream.ledger.LedgerReport;
import ai.rails.stream.ledger.LedgerVerification;

/// `rails ledger`: what the chained history says.
@Command(
    name = "ledger",
    description = "Check the chained history.",
    mixinStandardHelpOptions = true,
    subcommands = {
      LedgerCommand.Head.class,
      CheckpointCommand.class,
      ProveCommand.class,
      WatchCommand.class,
      LedgerCommand.Verify.class,
      EpochCommand.class,
      RotateKeyCommand.class
    })
final class LedgerCommand extends Group {
  private static final Duration CATCH_UP = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = Duration.ofMillis(250).toNanos();

  LedgerCommand() {
    super("rails ledger verify");
  }

  /// Recomputes every log from Kafka and from the event store; waits a moment for a ledger that is
  /// behind.
  static LedgerReport verifyWhenCaughtUp(EffectiveProperties effective) {
    long end = System.nanoTime() + CATCH_UP.toNanos();
    while (true) {
      LedgerReport report = verify(effective);
      if (report.lag() == 0 || !report.equal() || System.nanoTime() > end) {
        return report;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static LedgerReport verify(EffectiveProperties effective) {
    try {
      return LedgerVerification.verify(Stages.properties(effective));
    } catch (SQLException e) {
      throw new Unavailable("PostgreSQL does not answer; is `rails up` running?", e);
    }
  }

  /// `rails ledger head`.
  @Command(
      name = "head",
      description = "How long a workspace's log is, and the hash that it ends with.",
      mixinStandardHelpOptions = true)
  static final class Head implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      String path = "/v1/ledgers/%s/head".formatted(Client.encoded(client.workspace()));
      caller.show(
          client.get(path),
          head ->
              new Facts()
                  .add("workspace", head.path("workspace").asText())
                  .add("epoch", head.path("epoch").asText())
                  .add("entries", head.path("entries").asText())
                  .add("leaf hash", head.path("leafHash").asText())
                  .add("recorded", Times.here().full(head.path("recordedAt").asLong()))
                  .add("root", head.path("root").asText())
                  .add("signed", checkpoint(head.path("signed")))
                  .add("cosigned", checkpoint(head.path("cosigned")))
                  .text());
      return Exit.OK;
    }

    private static String checkpoint(JsonNode checkpoint) {
      return checkpoint.isMissingNode()
          ? "nothing yet"
          : "%d entries, %d s ago"
              .formatted(
                  checkpoint.path("size").asLong(), checkpoint.path("ageMillis").asLong() / 1_000);
    }
  }

  /// `rails ledger verify`: 0 all equal, 1 something differs, 3 nothing runs.
  @Command(
      name = "verify",
      description = "Recompute every log from Kafka and from the event store, and compare.",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    @Mixin private DataOption data = new DataOption();

    @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws JsonProcessingException {
      DataDirectory directory = data.directory();
      if (Installation.ask(directory).isEmpty()) {
        throw new Unavailable(
            "nothing answers for %s; start it with: rails up".formatted(directory.root()));
      }
      LedgerReport report =
          verifyWhenCaughtUp(EffectiveProperties.load(directory.effectiveProperties()));
      print(spec.commandLine().getOut(), report);
      return report.equal() ? Exit.OK : Exit.FAILED;
    }

    private void print(PrintWriter out, LedgerReport report) throws JsonProcessingException {
      switch (format) {
        case JSON -> out.println(new ObjectMapper().writeValueAsString(report));
        case TEXT -> {
          out.printf(
              "%s  %d entries in %d logs, %d not yet chained%n",
              report.equal() ? "VERIFIED" : "NOT VERIFIED",
              report.ledgerEntries(),
              report.workspaces(),
              report.lag());
          out.printf(
              "trees     %d heads, %d tiles and %d signed checkpoints compared with the leaves%n",
              report.heads(), report.tiles(), report.checkpoints());
          report
              .differences()
              .forEach(d ->
                  out.printf(
                      "%s/%s at %d: %s%n", d.tenant(), d.workspace(), d.position(), d.reason()));
        }
      }
    }
  }
}
