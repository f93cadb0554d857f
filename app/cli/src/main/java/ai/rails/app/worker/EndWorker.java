package ai.rails.app.worker;

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
import ai.rails.app.verb.IdempotencyKey;
import ai.rails.app.verb.Persona;

/// The two ways in which a worker ends.
final class EndWorker {
  private EndWorker() {}

  private static JsonNode ended(
      Client client, String worker, String how, @Nullable String reason, Optional<String> key) {
    return client.post(
        "%s/%s/%s".formatted(WorkerCommand.PATH, Client.encoded(worker), how),
        reason == null ? Map.of() : Map.of("reason", reason),
        key);
  }

  /// `rails worker revoke`.
  @Command(
      name = "revoke",
      description = "End a worker that is not trusted any more, at once and for ever.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Parameters(paramLabel = "WORKER", description = "Its whole name.")
    private String worker = "";

    @Mixin private Caller caller = new Caller();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(
        names = "--reason",
        paramLabel = "CODE",
        description = "A code such as COMPROMISED, no text: it stays in the clear for ever.")
    private @Nullable String reason;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      caller.show(
          ended(client, worker, "revoke", reason, key.chosen()),
          said ->
              "revoked %s: %s%nits keys count no more; what it had begun is rescheduled%n"
                  .formatted(worker, said.path("reason").asText()));
      return Exit.OK;
    }
  }

  /// `rails worker end`.
  @Command(
      name = "end",
      description = "Let a worker finish what it has begun within a minute, and end for ever.",
      mixinStandardHelpOptions = true)
  static final class End implements Callable<Integer> {
    @Parameters(paramLabel = "WORKER", description = "Its whole name.")
    private String worker = "";

    @Mixin private Caller caller = new Caller();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(
        names = "--reason",
        paramLabel = "CODE",
        description = "A code such as RETIRED, no text: it stays in the clear for ever.")
    private @Nullable String reason;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      caller.show(
          ended(client, worker, "end", reason, key.chosen()),
          said ->
              "%s takes no new step and ends: %s%n"
                  .formatted(worker, said.path("reason").asText()));
      return Exit.OK;
    }
  }
}
