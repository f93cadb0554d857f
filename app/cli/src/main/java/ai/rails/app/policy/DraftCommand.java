package ai.rails.app.policy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails policy draft`: a tenant's policy data, changed by two people.
@Command(
    name = "draft",
    description = "Change the tenant's policy data: one drafts and simulates, another accepts.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DraftCommand.Current.class,
      DraftCommand.New.class,
      DraftCommand.Listing.class,
      DraftCommand.Show.class,
      DraftCommand.Simulate.class,
      DraftCommand.Approve.class,
      DraftCommand.Reject.class,
      DraftCommand.Contents.class
    })
final class DraftCommand extends Group {
  private static final String DRAFTS = "/policy/v1/drafts";

  DraftCommand() {
    super("rails policy draft list");
  }

  static String told(JsonNode draft) {
    return "draft %s is %s, content %s%n"
        .formatted(
            draft.path("draft").asText(),
            draft.path("state").asText(),
            draft.path("contentSha256").asText());
  }

  /// `rails policy draft current`.
  @Command(
      name = "current",
      description = "The policy data in effect, as a file to start from.",
      mixinStandardHelpOptions = true)
  static final class Current implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      JsonNode answer = caller.as(Persona.BUILDER).get("/policy/v1/data");
      caller.show(answer, all -> all.path("data").toPrettyString() + System.lineSeparator());
      return Exit.OK;
    }
  }

  /// `rails policy draft new`.
  @Command(
      name = "new",
      description = "Propose other data, or to bring an earlier content back.",
      mixinStandardHelpOptions = true)
  static final class New implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Option(names = "--file", paramLabel = "FILE", description = "The data, JSON.")
    private @Nullable Path file;

    @Option(
        names = "--content",
        paramLabel = "SHA256",
        description = "An earlier content (rails policy draft contents).")
    private @Nullable String content;

    @Option(
        names = "--version",
        paramLabel = "VERSION",
        description = "SemVer; without it, the least that a replay permits.")
    private @Nullable String version;

    @Override
    public Integer call() {
      if ((file == null) == (content == null)) {
        throw caller.usage("give one of --file and --content");
      }
      Map<String, Object> body =
          new TreeMap<>(
              file == null
                  ? Map.of("content", Optional.ofNullable(content).orElse(""))
                  : Map.of("data", PolicyFiles.read(file).getOrDefault("tenantData", Map.of())));
      Optional.ofNullable(version).ifPresent(called -> body.put("version", called));
      JsonNode answer =
          caller.as(Persona.BUILDER).post("/v1/policy/drafts", body, Optional.empty());
      caller.show(answer, DraftCommand::told);
      return Exit.OK;
    }
  }

  /// `rails policy draft list`.
  @Command(name = "list", description = "The latest drafts.", mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.BUILDER).get(DRAFTS), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("DRAFT", "AUTHOR", "STATE", "CONTENT");
      for (JsonNode draft : answer.path("items")) {
        table.row(
            draft.path("draft").asText(),
            draft.path("author").asText(),
            draft.path("state").asText(),
            draft.path("contentSha256").asText());
      }
      return table.text(caller.palette());
    }
  }

  /// `rails policy draft show`.
  @Command(name = "show", description = "A draft's data.", mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "DRAFT")
    private String draft = "";

    @Override
    public Integer call() {
      JsonNode answer = caller.as(Persona.BUILDER).get(DRAFTS + "/" + Client.encoded(draft));
      caller.show(answer, all -> told(all) + all.path("data").toPrettyString() + "\n");
      return Exit.OK;
    }
  }

  /// `rails policy draft simulate`.
  @Command(
      name = "simulate",
      description = "Replay recorded decisions with a draft; without that it is not accepted.",
      mixinStandardHelpOptions = true)
  static final class Simulate implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "DRAFT")
    private String draft = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.BUILDER);
      JsonNode data = client.get(DRAFTS + "/" + Client.encoded(draft)).path("data");
      return SimulateCommand.simulate(caller, client, Map.of("tenantData", data));
    }
  }

  /// `rails policy draft approve`.
  @Command(
      name = "approve",
      description = "Accept a simulated draft of somebody else; it takes effect.",
      mixinStandardHelpOptions = true)
  static final class Approve implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "DRAFT")
    private String draft = "";

    @Override
    public Integer call() {
      caller.show(decide(caller, draft, true), DraftCommand::told);
      return Exit.OK;
    }
  }

  /// `rails policy draft reject`.
  @Command(name = "reject", description = "Reject a draft.", mixinStandardHelpOptions = true)
  static final class Reject implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "DRAFT")
    private String draft = "";

    @Override
    public Integer call() {
      caller.show(decide(caller, draft, false), DraftCommand::told);
      return Exit.OK;
    }
  }

  private static JsonNode decide(Caller caller, String draft, boolean approve) {
    String path = "/v1/policy/drafts/%s/decision".formatted(Client.encoded(draft));
    return caller.as(Persona.ADMIN).post(path, Map.of("approve", approve), Optional.empty());
  }

  /// `rails policy draft contents`.
  @Command(
      name = "contents",
      description = "The contents that were in effect, by digest.",
      mixinStandardHelpOptions = true)
  static final class Contents implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.BUILDER).get("/policy/v1/contents"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("SINCE", "CONTENT");
      for (JsonNode content : answer.path("items")) {
        table.row(content.path("since").asText(), content.path("contentSha256").asText());
      }
      return table.text(caller.palette());
    }
  }
}
