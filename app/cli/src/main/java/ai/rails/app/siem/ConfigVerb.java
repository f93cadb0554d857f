package ai.rails.app.siem;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.http.Api;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;

/// `rails siem config`.
@Command(
    name = "config",
    description = "Print ready configurations; none holds a secret.",
    mixinStandardHelpOptions = true)
final class ConfigVerb implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();
  @Mixin private BrokerOptions brokers = new BrokerOptions();

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "Of the subscriber.")
  private String name = "";

  @Option(names = "--for", paramLabel = "TOOL", description = "${COMPLETION-CANDIDATES}")
  private @Nullable Tool tool;

  @Override
  public Integer call() {
    String tenant = caller.as(Persona.ADMIN).tenant();
    Subscription subscription = brokers.subscription(caller, tenant, name);
    List<Tool> tools = Optional.ofNullable(tool).map(List::of).orElse(List.of(Tool.values()));
    ObjectNode all = Api.JSON.createObjectNode();
    tools.forEach(each -> all.put(each.word(), each.configuration(subscription)));
    caller.show(all, _ -> text(subscription, tools));
    return Exit.OK;
  }

  private static String text(Subscription subscription, List<Tool> tools) {
    if (tools.size() == 1) {
      return tools.getFirst().configuration(subscription);
    }
    var text = new StringBuilder();
    tools.forEach(each ->
        text.append("# ----- %s -----\n".formatted(each.file()))
            .append(each.configuration(subscription))
            .append('\n'));
    return text.toString();
  }
}
