package ai.rails.app.policy;

import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;

/// `rails pause`: the kill switch.
@Command(
    name = "pause",
    description = "Stop a tenant, workflow, tool, connector or model; what is stopped waits.",
    mixinStandardHelpOptions = true)
public final class PauseCommand implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Parameters(index = "0", paramLabel = "SCOPE", description = "tenant, workflow, tool, ...")
  private String scope = "";

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "Its id; of a tool connector.action, for example servicenow.update-incident.")
  private String target = "";

  @Option(
      names = "--code",
      defaultValue = "operator",
      description = "Why, as a short code (default: ${DEFAULT-VALUE}).")
  private String code = "operator";

  @Override
  public Integer call() {
    JsonNode answer = caller.as(Persona.OPERATOR).put(path(scope, target), Map.of("code", code));
    caller.show(answer, _ -> "%s %s is paused%n".formatted(scope, target));
    return Exit.OK;
  }

  private static String path(String scope, String target) {
    return "/v1/policy/pauses/%s/%s".formatted(Client.encoded(scope), Client.encoded(target));
  }

  /// `rails resume`.
  @Command(
      name = "resume",
      description = "Let what was paused go on.",
      mixinStandardHelpOptions = true)
  public static final class Resume implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(index = "0", paramLabel = "SCOPE", description = "tenant, workflow, tool, ...")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "Its id.")
    private String target = "";

    @Override
    public Integer call() {
      JsonNode answer = caller.as(Persona.ADMIN).delete(path(scope, target));
      caller.show(answer, _ -> "%s %s may go on%n".formatted(scope, target));
      return Exit.OK;
    }
  }
}
