package ai.rails.app.tenant;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;

/// `rails tenant retention`.
@Command(
    name = "retention",
    description = {
      "Show how long the tenant keeps what; with options, set it.",
      "What is not named stays as it is. It holds for data that exists, too."
    },
    mixinStandardHelpOptions = true)
final class TenantRetention implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Option(
      names = "--content",
      paramLabel = "DAYS",
      description = "Sealed content and run keys, from the run's end on: 1 to 3650.")
  private @Nullable Integer content;

  @Option(
      names = "--trace",
      paramLabel = "DAYS",
      description = "The operational trail that is no evidence: 14 to 30.")
  private @Nullable Integer trace;

  @Option(
      names = "--audit",
      paramLabel = "DAYS",
      description = "Events and leaves, which nothing deletes earlier: at least 365.")
  private @Nullable Integer audit;

  @Override
  public Integer call() {
    Client client = caller.as(Persona.ADMIN);
    String path = "/v1/tenants/" + Client.encoded(client.tenant()) + "/retention";
    JsonNode now = client.get(path);
    boolean asked = content != null || trace != null || audit != null;
    caller.show(asked ? client.put(path, changed(now)) : now, this::text);
    return Exit.OK;
  }

  private Map<String, Object> changed(JsonNode now) {
    return Map.of(
        "contentDays", days(content, now, "contentDays"),
        "traceDays", days(trace, now, "traceDays"),
        "auditDays", days(audit, now, "auditDays"));
  }

  private static int days(@Nullable Integer asked, JsonNode now, String name) {
    return Optional.ofNullable(asked).orElseGet(() -> now.path(name).asInt());
  }

  private String text(JsonNode retention) {
    Facts facts =
        new Facts()
            .add("content", "%d days after a run's end".formatted(days(retention, "contentDays")))
            .add("trace", "%d days after a run's end".formatted(days(retention, "traceDays")))
            .add("audit", "at least %d days".formatted(days(retention, "auditDays")));
    if (retention.has("setAt")) {
      facts.add("set", Times.here().full(retention.path("setAt").asLong()));
    }
    return "%s%n%s"
        .formatted(
            caller.palette().heading("Tenant " + retention.path("tenant").asText()), facts.text());
  }

  private static int days(JsonNode retention, String name) {
    return retention.path(name).asInt();
  }
}
