package ai.rails.app.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.http.Api;
import ai.rails.app.run.RunCommand.Which;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.IdempotencyKey;
import ai.rails.app.verb.Persona;

/// The verbs that start runs and change what becomes of them.
final class RunChanges {
  private RunChanges() {}

  private static String at(String run) {
    return "/v1/runs/" + Client.encoded(run);
  }

  private static Map<String, Object> body(String name, @Nullable String value) {
    return value == null ? Map.of() : Map.of(name, value);
  }

  /// `rails run start`.
  @Command(
      name = "start",
      description = "Start a run of a workflow's active version.",
      mixinStandardHelpOptions = true)
  static final class Start implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Parameters(paramLabel = "WORKFLOW", description = "The workflow's id.")
    private String workflow = "";

    @Option(
        names = "--env",
        paramLabel = "NAME",
        defaultValue = "dev",
        description = "Environment (default: ${DEFAULT-VALUE}).")
    private String environment = "dev";

    @Option(
        names = "--trigger",
        paramLabel = "ID",
        description = "Trigger of kind api or manual, if there are several.")
    private @Nullable String trigger;

    @Option(
        names = {"-i", "--input"},
        paramLabel = "NAME=VALUE",
        description = "A disclosed input; may be repeated. It stays in the clear for ever.")
    private Map<String, String> inputs = new LinkedHashMap<>();

    @Option(names = "--watch", description = "Then watch it to its end.")
    private boolean watch;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("workflow", workflow);
      body.put("environment", environment);
      if (trigger != null) {
        body.put("trigger", trigger);
      }
      Map<String, JsonNode> values = new LinkedHashMap<>();
      inputs.forEach((name, value) -> values.put(name, value(value)));
      body.put("inputs", values);
      JsonNode started = client.post("/v1/runs", body, key.chosen());
      String run = started.path("run").asText();
      if (watch) {
        Watch watching = new Watch(caller, client);
        watching.awaitRun(run);
        return watching.untilEnd(run);
      }
      caller.show(started, _ -> "started run %s%nrails run watch %s%n".formatted(run, run));
      return Exit.OK;
    }

    /// Numbers and truth values as JSON has them; anything else is text.
    private static JsonNode value(String text) {
      if (text.matches("true|false|-?(0|[1-9]\\d{0,17})(\\.\\d{1,17})?")) {
        try {
          return Api.JSON.readTree(text);
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("that is JSON: " + text.length() + " characters", e);
        }
      }
      return TextNode.valueOf(text);
    }
  }

  /// `rails run cancel`.
  @Command(name = "cancel", description = "End a run.", mixinStandardHelpOptions = true)
  static final class Cancel implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(
        names = "--reason",
        paramLabel = "CODE",
        description = "A code such as DUPLICATE, no text: it stays in the clear for ever.")
    private @Nullable String reason;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      String run = which.id(client);
      caller.show(
          client.post(at(run) + "/cancel", body("reason", reason), key.chosen()),
          _ -> "cancelled run %s%n".formatted(run));
      return Exit.OK;
    }
  }

  /// `rails run retry`.
  @Command(
      name = "retry",
      description = "Send on what waits in the dead-letter queue or for its next attempt.",
      mixinStandardHelpOptions = true)
  static final class Retry implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(names = "--step", paramLabel = "ID", description = "Only this step.")
    private @Nullable String step;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      String run = which.id(client);
      caller.show(
          client.post(at(run) + "/retry", body("step", step), key.chosen()),
          _ -> "sent on: rails run watch %s%n".formatted(run));
      return Exit.OK;
    }
  }

  /// `rails run fork`.
  @Command(
      name = "fork",
      description = "Start a new run of the same version with the same inputs.",
      mixinStandardHelpOptions = true)
  static final class Fork implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(
        names = "--step",
        paramLabel = "ID",
        description = "First step that is done again; without it all are.")
    private @Nullable String step;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      String run = which.id(client);
      caller.show(
          client.post(at(run) + "/fork", body("step", step), key.chosen()),
          answer ->
              "started run %1$s, a fork of %2$s%nrails run watch %1$s%n"
                  .formatted(answer.path("run").asText(), run));
      return Exit.OK;
    }
  }

  /// `rails run replay`.
  @Command(
      name = "replay",
      description = "Send on all dead-lettered steps of a workspace; first with --dry-run.",
      mixinStandardHelpOptions = true)
  static final class Replay implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(names = "--workflow", paramLabel = "ID", description = "Only of this workflow.")
    private @Nullable String workflow;

    @Option(names = "--env", paramLabel = "NAME", description = "Only in this environment.")
    private @Nullable String environment;

    @Option(names = "--step", paramLabel = "ID", description = "Only this step.")
    private @Nullable String step;

    @Option(names = "--dry-run", description = "Only say which runs it would be.")
    private boolean dryRun;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("workspace", client.workspace());
      body.putAll(body("workflow", workflow));
      body.putAll(body("environment", environment));
      body.putAll(body("step", step));
      body.put("dryRun", dryRun);
      caller.show(client.post("/v1/dlq/replays", body, key.chosen()), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      List<String> lines = new ArrayList<>();
      lines.add(
          "%d runs %s"
              .formatted(
                  answer.path("matched").asInt(), dryRun ? "would be sent on" : "were sent on"));
      answer.path("runs").forEach(run -> lines.add("  " + run.asText()));
      return String.join("\n", lines) + "\n";
    }
  }

  /// `rails run resolve`.
  @Command(
      name = "resolve",
      description = "Say what became of a call whose effect is not known.",
      mixinStandardHelpOptions = true)
  static final class Resolve implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    /// What a person may have found out.
    enum Resolution {
      DONE,
      NOT_DONE,
      RUN_AGAIN
    }

    @Parameters(index = "1", paramLabel = "CALL", description = "The call's id.")
    private String call = "";

    @Parameters(index = "2", paramLabel = "WHAT", description = "DONE, NOT_DONE or RUN_AGAIN.")
    private Resolution resolution = Resolution.NOT_DONE;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      String run = which.id(client);
      String path = at(run) + "/calls/" + Client.encoded(call) + "/resolve";
      caller.show(
          client.post(path, Map.of("resolution", resolution), key.chosen()),
          _ -> "resolved: rails run show %s%n".formatted(run));
      return Exit.OK;
    }
  }

  /// `rails run erase`.
  @Command(
      name = "erase",
      description = {
        "Destroy the content of a run that is over, for ever.",
        "What happened stays in the ledger, and so does the erasure."
      },
      mixinStandardHelpOptions = true)
  static final class Erase implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "CODE",
        description = "A code such as GDPR_ART_17, no text: it stays in the clear for ever.")
    private String reason = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      String run = which.id(client);
      caller.show(
          client.post(at(run) + "/erasure", Map.of("reason", reason), key.chosen()),
          answer ->
              "erased run %s: %d keys, %d ciphertexts%n"
                  .formatted(run, answer.path("keys").asInt(), answer.path("ciphertexts").asInt()));
      return Exit.OK;
    }
  }
}
