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
import ai.rails.app.verb.Persona;

/// `rails tenant offboard`.
@Command(
    name = "offboard",
    description = {
      "End the tenant for ever: destroy its keys and ciphertexts, keep its log.",
      "One administrator proposes with --reason; another one says --approve, or --keep.",
      "Legal holds, open runs, workers with keys and SIEM subscribers stop it."
    },
    mixinStandardHelpOptions = true)
final class TenantOffboard implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Option(names = "--reason", paramLabel = "CODE", description = "Propose, and why.")
  private @Nullable String reason;

  @Option(names = "--approve", description = "Destroy, as somebody else proposed.")
  private boolean approve;

  @Option(names = "--keep", description = "Take a proposal back.")
  private boolean keep;

  @Override
  public Integer call() {
    int asked = (reason == null ? 0 : 1) + (approve ? 1 : 0) + (keep ? 1 : 0);
    if (asked != 1) {
      throw caller.usage("give one of --reason, --approve and --keep");
    }
    Client client = caller.as(Persona.ADMIN);
    String path = "/v1/tenants/" + Client.encoded(client.tenant()) + "/offboarding";
    JsonNode answer =
        reason == null
            ? client.post(path + "/decision", Map.of("approve", approve), Optional.empty())
            : client.post(path, Map.of("reason", reason), Optional.empty());
    caller.show(answer, TenantOffboard::text);
    return Exit.OK;
  }

  private static String text(JsonNode answer) {
    String tenant = answer.path("tenant").asText();
    if (answer.path("status").asText().equals("OFFBOARDED")) {
      return "tenant %s is no more: its keys are destroyed; entry %s of its log says so%n"
          .formatted(tenant, answer.path("position").asText());
    }
    return "offboarding of tenant %s: %s%n".formatted(tenant, answer.path("offboarding").asText());
  }
}
