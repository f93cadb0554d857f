package ai.rails.app.connector;

import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// `rails connector limits`.
@Command(
    name = "limits",
    description = "Which instances calls are held back from, and why.",
    mixinStandardHelpOptions = true)
final class LimitsVerb implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Override
  public Integer call() {
    caller.show(caller.as(Persona.OPERATOR).get("/v1/connector-limits"), this::text);
    return Exit.OK;
  }

  private String text(JsonNode limits) {
    Table table = Table.of("INSTANCE", "BREAKER", "FAILURES", "CODE", "IN FLIGHT", "HELD UNTIL");
    for (JsonNode each : limits.path("items")) {
      table.row(
          each.path("instance").asText(),
          each.path("breaker").asText(),
          each.path("failures").asText(),
          each.path("code").asText(),
          each.path("inFlight").asText(),
          until(each));
    }
    return table.text(caller.palette());
  }

  private static String until(JsonNode each) {
    long until = Math.max(each.path("openUntil").asLong(), each.path("notBefore").asLong());
    return until == 0 ? "" : Times.here().relative(until);
  }
}
