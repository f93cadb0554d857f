package ai.rails.app.privacy;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;

/// `rails subject`.
@Command(
    name = "subject",
    description = "What is known about a person, by his pseudonym.",
    mixinStandardHelpOptions = true,
    subcommands = SubjectCommand.Erase.class)
public final class SubjectCommand extends Group {
  public SubjectCommand() {
    super("rails subject erase");
  }

  /// `rails subject erase`.
  @Command(
      name = "erase",
      description = {
        "Destroy the content of all runs about a person, for ever.",
        "What happened stays in the ledger, and so does the erasure."
      },
      mixinStandardHelpOptions = true)
  static final class Erase implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(
        paramLabel = "PSEUDONYM",
        description = "As the runs' triggers disclosed it, whole.")
    private String subject = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "CODE",
        description = "A code such as GDPR_ART_17, no text: it stays in the clear for ever.")
    private String reason = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      String path = "/v1/subjects/" + Client.encoded(subject) + "/erasure";
      int erased = 0;
      JsonNode answer;
      do {
        answer = client.post(path, Map.of("reason", reason), Optional.empty());
        erased += answer.path("erased").asInt();
      } while (answer.path("remaining").asInt() > 0);
      if (answer instanceof ObjectNode whole) {
        whole.put("erased", erased);
      }
      int runs = erased;
      caller.show(
          answer,
          last ->
              "erased %d runs about %s, and %d identities elsewhere%n"
                  .formatted(runs, subject, last.path("links").asInt()));
      return Exit.OK;
    }
  }
}
