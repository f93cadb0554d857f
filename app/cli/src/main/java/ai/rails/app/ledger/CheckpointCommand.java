package ai.rails.app.ledger;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.http.Api;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;

/// `rails ledger checkpoint`.
@Command(
    name = "checkpoint",
    description = "The newest checkpoint that witnesses have cosigned, as a signed note.",
    mixinStandardHelpOptions = true)
public final class CheckpointCommand implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Option(
      names = "--covering",
      paramLabel = "SEQ",
      description = "The first one that covers this entry.")
  private @Nullable Long covering;

  @Override
  public Integer call() {
    Client client = caller.as(Persona.AUDITOR);
    String note =
        new String(
            client.bytes(
                "/v1/ledgers/%s/checkpoint%s"
                    .formatted(
                        Client.encoded(client.workspace()),
                        covering == null ? "" : "?covering=" + covering)),
            StandardCharsets.UTF_8);
    caller.show(
        Api.JSON.createObjectNode().put("note", note), shown -> shown.path("note").asText());
    return Exit.OK;
  }
}
