package ai.rails.app.workflow;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;

/// The verbs that bring a workflow into the product.
final class WorkflowChanges {
  private WorkflowChanges() {}

  private static String of(Client client, String workflow) {
    return "/v1/workspaces/%s/workflows/%s"
        .formatted(Client.encoded(client.workspace()), Client.encoded(workflow));
  }

  /// `rails workflow publish`.
  @Command(
      name = "publish",
      description = "Compile, sign and store a version; with --activate new runs start on it.",
      mixinStandardHelpOptions = true)
  static final class Publish implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The workflow in YAML.")
    private Path file = Path.of("");

    @Option(
        names = "--activate",
        paramLabel = "ENV[,ENV]",
        description = "Environments where it becomes the active version.")
    private @Nullable String environments;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String key;

    @Override
    public Integer call() {
      String yaml = Sources.read(spec, file);
      Client client = caller.as(Persona.BUILDER);
      String path =
          "/v1/workspaces/%s/workflows%s"
              .formatted(
                  Client.encoded(client.workspace()),
                  environments == null ? "" : "?activate=" + Client.encoded(environments));
      try {
        JsonNode published = client.postYaml(path, yaml, Optional.ofNullable(key));
        print(published.path("warnings"), "warning: ");
        caller.show(published, Publish::text);
        return Exit.OK;
      } catch (Declined e) {
        if (caller.isJson() || !hasFaults(e)) {
          throw e;
        }
        print(faults(e), "");
        return Exit.FAILED;
      }
    }

    private void print(JsonNode faults, String severity) {
      faults.forEach(fault ->
          caller
              .err()
              .printf(
                  "%s:%d:%d: %s%s%n",
                  file,
                  fault.path("line").asInt(),
                  fault.path("column").asInt(),
                  severity,
                  fault.path("message").asText()));
    }

    private static boolean hasFaults(Declined e) {
      return !faults(e).isEmpty();
    }

    private static JsonNode faults(Declined e) {
      return e.problem().map(p -> p.path("errors")).orElseGet(Api.JSON::createArrayNode);
    }

    private static String text(JsonNode published) {
      StringBuilder active = new StringBuilder();
      published.path("activeIn").forEach(env -> active.append(' ').append(env.asText()));
      return "published %s %s%n  artifact   %s%n  active in %s%n"
          .formatted(
              published.path("workflow").asText(),
              published.path("version").asText(),
              published.path("artifactDigest").asText(),
              active.isEmpty() ? " (unchanged; see rails workflow activate)" : active);
    }
  }

  /// A version, and an environment.
  static final class Where {
    @Parameters(index = "0", paramLabel = "WORKFLOW", description = "Its id.")
    private String workflow = "";

    @Parameters(index = "1", paramLabel = "VERSION", description = "A published version.")
    private String version = "";

    @Option(names = "--env", paramLabel = "NAME", required = true, description = "Where.")
    private String environment = "";

    Map<String, Object> body() {
      return Map.of("environment", environment, "version", version);
    }

    String said(String text) {
      return text.formatted(workflow, version, environment);
    }
  }

  /// `rails workflow release`.
  @Command(
      name = "release",
      description = {
        "Let a version run in production, as an approver who is not its author.",
        "Without it the version can be activated in trial environments only."
      },
      mixinStandardHelpOptions = true)
  static final class Release implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Mixin private Where where = new Where();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.APPROVER);
      JsonNode answer =
          client.post(of(client, where.workflow) + "/releases", where.body(), Optional.empty());
      caller.show(answer, _ -> where.said("%s %s may run in %s%n"));
      return Exit.OK;
    }
  }

  /// `rails workflow withdraw`.
  @Command(
      name = "withdraw",
      description = {
        "Take a version's release back: no new run starts on it, and it can not be activated there.",
        "Runs under way go on; cancel them one by one, or pause the workflow."
      },
      mixinStandardHelpOptions = true)
  static final class Withdraw implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Where where = new Where();

    @Option(
        names = "--reason",
        paramLabel = "CODE",
        defaultValue = "WITHDRAWN",
        description = "For the log (default: ${DEFAULT-VALUE}).")
    private String reason = "WITHDRAWN";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.APPROVER);
      Map<String, Object> body = new TreeMap<>(where.body());
      body.put("reason", reason);
      JsonNode answer =
          client.post(of(client, where.workflow) + "/release-withdrawals", body, Optional.empty());
      caller.show(answer, _ -> where.said("%s %s starts no new run in %s%n"));
      return Exit.OK;
    }
  }

  /// `rails workflow activate`.
  @Command(
      name = "activate",
      description = "New runs in an environment start on this version from now on.",
      mixinStandardHelpOptions = true)
  static final class Activate implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Mixin private Where where = new Where();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.BUILDER);
      JsonNode answer =
          client.post(of(client, where.workflow) + "/activate", where.body(), Optional.empty());
      caller.show(answer, _ -> where.said("%s %s is active in %s%n"));
      return Exit.OK;
    }
  }

  /// `rails workflow grant`.
  @Command(
      name = "grant",
      description = {
        "Set what a workflow's active version may do; without a grant it may do nothing.",
        "FILE is JSON: {\"environment\": \"dev\", \"actions\": [{\"connector\": ALIAS,",
        "\"action\": NAME, \"allowed\": {PARAMETER: [VALUE, ..]}}]}"
      },
      mixinStandardHelpOptions = true)
  static final class Grant implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "WORKFLOW", description = "Its id.")
    private String workflow = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The grants.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      JsonNode grants = json();
      Client client = caller.as(Persona.ADMIN);
      caller.show(
          client.put(of(client, workflow) + "/grants", grants),
          answer ->
              "granted: policy bundle %s revision %s%n"
                  .formatted(answer.path("bundle").asText(), answer.path("revision").asText()));
      return Exit.OK;
    }

    private JsonNode json() {
      try {
        return Api.JSON.readTree(Sources.read(spec, file));
      } catch (JsonProcessingException e) {
        throw caller.usage(
            "%s:%d:%d: no JSON"
                .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
      }
    }
  }
}
