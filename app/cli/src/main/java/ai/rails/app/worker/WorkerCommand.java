package ai.rails.app.worker;

import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import ai.rails.app.http.Declined;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// `rails worker`: who may open content, on what evidence, until when.
@Command(
    name = "worker",
    description = "Workers: their evidence, their keys, what they were refused, and their end.",
    mixinStandardHelpOptions = true,
    subcommands = {
      WorkerCommand.Listing.class,
      WorkerCommand.Show.class,
      EndWorker.Revoke.class,
      EndWorker.End.class
    })
public final class WorkerCommand extends Group {
  static final String PATH = "/v1/workers";

  public WorkerCommand() {
    super("rails worker list");
  }

  private static String text(JsonNode worker, String member) {
    return worker.path(member).asText();
  }

  /// What the platform is called, and what it will be called soon where that is worse.
  private static String tcb(JsonNode worker) {
    if (!worker.has("tcbStatus")) {
      return "-";
    }
    return worker.has("nextTcbStatus")
        ? "%s, soon %s".formatted(text(worker, "tcbStatus"), text(worker, "nextTcbStatus"))
        : text(worker, "tcbStatus");
  }

  private static String when(Times times, JsonNode worker, String member) {
    return worker.has(member) ? times.relative(worker.path(member).asLong()) : "-";
  }

  /// `rails worker list`.
  @Command(
      name = "list",
      description = "All workers of the tenant.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return lists.show(
          caller,
          client,
          PATH,
          Map.of("workspace", client.chosenWorkspace().orElse("")),
          this::text);
    }

    private String text(JsonNode workers) {
      if (workers.isEmpty()) {
        return "no worker has shown itself%n".formatted();
      }
      Times times = Times.here();
      Table table =
          Table.of("WORKER", "STATE", "WORKFLOW", "EVIDENCE", "TCB", "KEYS UNTIL", "REFUSED");
      for (JsonNode each : workers) {
        table.row(
            WorkerCommand.text(each, "worker"),
            WorkerCommand.text(each, "state"),
            WorkerCommand.text(each, "workflow") + " " + WorkerCommand.text(each, "version"),
            each.has("verdict")
                ? WorkerCommand.text(each, "tee") + " " + WorkerCommand.text(each, "verdict")
                : "-",
            tcb(each),
            when(times, each, "keysUntil"),
            each.has("refused") ? WorkerCommand.text(each.path("refused"), "code") : "-");
      }
      return table.text(caller.palette());
    }
  }

  /// `rails worker show`.
  @Command(
      name = "show",
      description = "One worker: measurement, platform, advisories, keys.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Parameters(paramLabel = "WORKER", description = "Its name, or the beginning of it.")
    private String worker = "";

    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return lists.show(
          caller,
          client,
          PATH,
          Map.of("workspace", client.chosenWorkspace().orElse("")),
          this::text);
    }

    private String text(JsonNode workers) {
      for (JsonNode each : workers) {
        if (WorkerCommand.text(each, "worker").startsWith(worker)) {
          return facts(each).text();
        }
      }
      throw new Declined("there is no worker %s; see: rails worker list".formatted(worker));
    }

    private static Facts facts(JsonNode each) {
      Times times = Times.here();
      JsonNode refused = each.path("refused");
      String keys =
          each.path("keys").isEmpty()
              ? ""
              : "%s; epoch %s, until %s"
                  .formatted(
                      each.path("keys").valueStream().map(JsonNode::asText).toList(),
                      WorkerCommand.text(each, "epoch"),
                      when(times, each, "keysUntil"));
      return new Facts()
          .add("Worker", WorkerCommand.text(each, "worker"))
          .add("State", WorkerCommand.text(each, "state"))
          .add(
              "Workflow",
              "%s %s in %s"
                  .formatted(
                      WorkerCommand.text(each, "workflow"),
                      WorkerCommand.text(each, "version"),
                      WorkerCommand.text(each, "environment")))
          .add("Since", when(times, each, "registeredAt"))
          .add(
              "Evidence",
              WorkerCommand.text(each, "tee") + " " + WorkerCommand.text(each, "verdict"))
          .add("Root", WorkerCommand.text(each, "trustDomain"))
          .add("Image", WorkerCommand.text(each, "measurement"))
          .add("Platform", WorkerCommand.text(each, "platform"))
          .add("TCB status", tcb(each))
          .add(
              "Advisories",
              String.join(
                  ", ", each.path("advisories").valueStream().map(JsonNode::asText).toList()))
          .add("Attested", when(times, each, "attestedAt"))
          .add("Valid until", when(times, each, "evidenceUntil"))
          .add("Keys", keys)
          .add("Expired", each.has("expiredAt") ? when(times, each, "expiredAt") : "")
          .add("Refused", refused.isMissingNode() ? "" : refused.toString())
          .add("Ended", WorkerCommand.text(each, "endedBecause"));
    }
  }
}
