package ai.rails.app.tenant;

import java.util.Map;
import java.util.Optional;
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

/// Auditors from outside: read-only, and for a time that was said before.
final class AuditVerbs {
  private AuditVerbs() {}

  /// `rails role audit-grant`.
  @Command(
      name = "audit-grant",
      description = {
        "Let an auditor from outside in for a time: a subject without roles reads as an auditor,",
        "and nothing afterwards, whatever roles its provider's tokens name."
      },
      mixinStandardHelpOptions = true)
  static final class Grant implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "SUBJECT", description = "As its tokens name it: PROVIDER|SUBJECT.")
    private String subject = "";

    @Option(
        names = "--hours",
        required = true,
        paramLabel = "N",
        description = "Until it ends by itself, 1 to 2160.")
    private int hours;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String once;

    @Override
    public Integer call() {
      JsonNode answer =
          caller
              .as(Persona.ADMIN)
              .post(
                  "/v1/audit-access",
                  Map.of("subject", subject, "hours", hours),
                  Optional.ofNullable(once));
      caller.show(
          answer,
          access ->
              "%s reads as an auditor until %s (%s)%n"
                  .formatted(
                      subject, access.path("until").asText(), access.path("access").asText()));
      return Exit.OK;
    }
  }

  /// `rails role audit-list`.
  @Command(
      name = "audit-list",
      description = "Who was let in from outside, and until when.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.ADMIN).get("/access/v1/audit-access"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("ACCESS", "SUBJECT", "UNTIL", "GRANTED BY", "STATE");
      for (JsonNode access : answer.path("items")) {
        table.row(
            access.path("access").asText(),
            access.path("subject").asText(),
            access.path("until").asText(),
            access.path("grantedBy").asText(),
            access.path("living").asBoolean()
                ? "living"
                : "ended by " + access.path("endedBy").asText("timer"));
      }
      return table.text(caller.palette());
    }
  }

  /// `rails role audit-end`.
  @Command(
      name = "audit-end",
      description = "End such access before its time, from the next request on.",
      mixinStandardHelpOptions = true)
  static final class End implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "ACCESS", description = "Its id.")
    private String access = "";

    @Override
    public Integer call() {
      JsonNode answer =
          caller.as(Persona.ADMIN).delete("/v1/audit-access/" + Client.encoded(access));
      caller.show(
          answer, ended -> "%s reads nothing any more%n".formatted(ended.path("subject").asText()));
      return Exit.OK;
    }
  }
}
