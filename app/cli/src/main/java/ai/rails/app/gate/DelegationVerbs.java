package ai.rails.app.gate;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// Handing one's say about gates to another person, and how much everybody decides.
final class DelegationVerbs {
  private DelegationVerbs() {}

  /// `rails approval delegate`.
  @Command(
      name = "delegate",
      description = "Hand your own say about gates to another person, for a time or for one gate.",
      mixinStandardHelpOptions = true)
  static final class Delegate implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(index = "0", paramLabel = "PERSON", description = "Who gets it; not handed on.")
    private String to = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "RUN",
        description = "Of one gate only: its run, as with show.")
    private @Nullable String run;

    @Parameters(index = "2", arity = "0..1", paramLabel = "GATE", description = "Which gate.")
    private @Nullable String gate;

    @Option(
        names = "--for",
        paramLabel = "DURATION",
        description = "For how long: PT8H (default), P14D; at most P90D.")
    private String time = "PT8H";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.APPROVER);
      Map<String, Object> body = new TreeMap<>();
      body.put("to", to);
      body.put("until", Times.here().now().plus(duration()).toEpochMilli());
      if (run != null) {
        JsonNode found = new Inbox(client).find(run, Optional.ofNullable(gate)).gate();
        body.put("run", found.path("run").asText());
        body.put("gate", found.path("gate").asText());
      }
      JsonNode answer = client.post("/v1/delegations", body, Optional.empty());
      caller.show(
          answer,
          made ->
              "delegation %s: %s may decide with your say until %s%n"
                  .formatted(
                      made.path("delegation").asText(),
                      to,
                      Instant.ofEpochMilli(made.path("until").asLong())));
      return Exit.OK;
    }

    private Duration duration() {
      try {
        return Duration.parse(time);
      } catch (DateTimeParseException e) {
        throw caller.usage("--for is a duration such as PT8H or P14D");
      }
    }
  }

  /// `rails approval delegations`.
  @Command(
      name = "delegations",
      description = "Says that are handed on: yours, or everybody's for an administrator.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.APPROVER).get("/access/v1/delegations"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      if (answer.path("items").isEmpty()) {
        return "nobody's say is handed on%n".formatted();
      }
      Table table = Table.of("DELEGATION", "SAY OF", "WITH", "ABOUT", "UNTIL");
      for (JsonNode each : answer.path("items")) {
        table.row(
            each.path("delegation").asText(),
            each.path("by").asText(),
            each.path("to").asText(),
            each.has("run")
                ? each.path("run").asText() + " " + each.path("gate").asText()
                : "every gate",
            Times.here().relative(each.path("until").asLong()));
      }
      return table.text(caller.palette());
    }
  }

  /// `rails approval undelegate`.
  @Command(
      name = "undelegate",
      description = "Take your say back.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "DELEGATION", description = "Its id.")
    private String delegation = "";

    @Override
    public Integer call() {
      JsonNode answer =
          caller.as(Persona.APPROVER).delete("/v1/delegations/" + Client.encoded(delegation));
      caller.show(answer, _ -> "delegation %s: taken back%n".formatted(delegation));
      return Exit.OK;
    }
  }

  /// `rails approval load`.
  @Command(
      name = "load",
      description = "How much each approver decided in the last hour and day.",
      mixinStandardHelpOptions = true)
  static final class Load implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.APPROVER).get("/access/v1/approvers"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      JsonNode limit = answer.path("limitPerHour");
      String most =
          limit.isMissingNode()
              ? "no limit%n".formatted()
              : "at most %s approvals an hour%n".formatted(limit.asInt());
      if (answer.path("items").isEmpty()) {
        return "nobody decided in the last day; " + most;
      }
      Table table = Table.of("APPROVER", "LAST HOUR", "LAST DAY");
      for (JsonNode each : answer.path("items")) {
        table.row(
            each.path("approver").asText(),
            each.path("lastHour").asLong(),
            each.path("lastDay").asLong());
      }
      return table.text(caller.palette()) + most;
    }
  }
}
