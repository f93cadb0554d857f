package ai.rails.app.policy;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails policy shadow`: a draft beside live traffic, enforcing nothing.
@Command(
    name = "shadow",
    description = "Ask a draft about live traffic, beside what is enforced.",
    mixinStandardHelpOptions = true,
    subcommands = {ShadowCommand.Start.class, ShadowCommand.Show.class, ShadowCommand.End.class})
final class ShadowCommand extends Group {
  ShadowCommand() {
    super("rails policy shadow start DRAFT");
  }

  /// What a shadow has said so far.
  private static String text(Caller caller, JsonNode report) {
    Table matrix = Table.of("TOOL", "ACTION", "RISK", "ENFORCED", "WOULD BE", "DECISIONS");
    for (JsonNode cell : report.path("matrix")) {
      matrix.row(
          cell.path("tool").asText(),
          cell.path("action").asText(),
          cell.path("risk").asText(),
          cell.path("from").asText(),
          cell.path("to").asText(),
          cell.path("count").asText());
    }
    Facts facts = new Facts();
    report
        .propertyStream()
        .filter(each -> each.getValue().isValueNode())
        .forEach(each -> facts.add(each.getKey(), each.getValue().asText()));
    return facts.text() + "\n" + matrix.text(caller.palette());
  }

  /// `rails policy shadow start`.
  @Command(
      name = "start",
      description = "From now on, for some hours.",
      mixinStandardHelpOptions = true)
  static final class Start implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "DRAFT")
    private String draft = "";

    @Option(
        names = "--hours",
        paramLabel = "N",
        description = "1 to 168; default ${DEFAULT-VALUE}.")
    private int hours = 24;

    @Override
    public Integer call() {
      String path = "/v1/policy/drafts/%s/shadow".formatted(Client.encoded(draft));
      JsonNode answer =
          caller.as(Persona.BUILDER).post(path, Map.of("hours", hours), Optional.empty());
      caller.show(
          answer,
          all ->
              "shadow %1$s for %2$s h%nrails policy shadow show %1$s%n"
                  .formatted(all.path("shadow").asText(), all.path("hours").asText()));
      return Exit.OK;
    }
  }

  /// `rails policy shadow show`.
  @Command(name = "show", description = "What it says so far.", mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "SHADOW")
    private String shadow = "";

    @Override
    public Integer call() {
      String path = "/policy/v1/shadows/" + Client.encoded(shadow);
      caller.show(caller.as(Persona.BUILDER).get(path), report -> text(caller, report));
      return Exit.OK;
    }
  }

  /// `rails policy shadow end`.
  @Command(
      name = "end",
      description = "End it before its time; the report is kept.",
      mixinStandardHelpOptions = true)
  static final class End implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "SHADOW")
    private String shadow = "";

    @Override
    public Integer call() {
      String path = "/v1/policy/shadows/" + Client.encoded(shadow);
      caller.show(caller.as(Persona.BUILDER).delete(path), report -> text(caller, report));
      return Exit.OK;
    }
  }
}
