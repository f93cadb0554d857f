package ai.rails.app.gate;

import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.gate.Inbox.Found;
import ai.rails.app.http.Declined;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Digest;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;

/// What a person says of a gate. He says it of one call, named by its digest: he gives the digest
/// that he was shown, or sees the card now and confirms it.
@Command(mixinStandardHelpOptions = true)
final class Decision implements Callable<Integer> {
  private final String verdict;
  private final String done;

  @Mixin private Caller caller = new Caller();

  @Mixin private WhichGate which = new WhichGate();

  @Option(
      names = "--digest",
      paramLabel = "HEX",
      description = "Digest of the call that you were shown; at least its first 12 digits.")
  private @Nullable String digest;

  @Option(names = "--yes", description = "Do not ask: take the call as it is now.")
  private boolean yes;

  @Option(
      names = "--with",
      paramLabel = "DELEGATION",
      description = "Decide with the say that was handed to you (approve and deny).")
  private @Nullable String delegation;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "The same key and request give the same answer, once more.")
  private @Nullable String key;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = {
        "What you ask or answer (ask and answer). It is sealed here; the log has its hash,",
        "and who may see the call reads it: rails approval show RUN --reveal."
      })
  private @Nullable String text;

  /// @param verdict as the API names it
  /// @param done what is printed when the server took it
  Decision(String verdict, String done) {
    this.verdict = verdict;
    this.done = done;
  }

  @Override
  public Integer call() {
    Client client = caller.as(Persona.APPROVER);
    Inbox inbox = new Inbox(client);
    Found found = which.in(inbox);
    String about = decidedDigest(inbox, found);
    if (text != null && !verdict.endsWith("_INFO")) {
      throw caller.usage("a text goes with ask and answer");
    }
    JsonNode answer =
        client.post(
            found.path() + "/decisions", body(client, found, about), Optional.ofNullable(key));
    caller.show(
        answer,
        _ ->
            "%s: gate %s of run %s, call %s%n"
                .formatted(
                    done,
                    answer.path("gate").asText(),
                    answer.path("run").asText(),
                    Digest.shortened(about)));
    return Exit.OK;
  }

  private Map<String, Object> body(Client client, Found found, String about) {
    Map<String, Object> body =
        new TreeMap<>(Map.of("verdict", verdict, "callDigest", about, "channel", "CLI"));
    if (delegation != null) {
      body.put("delegation", delegation);
    }
    if (text != null) {
      body.put("comment", SealedFor.comment(client, found, text.getBytes(StandardCharsets.UTF_8)));
    }
    return body;
  }

  /// The server compares it once more: what changed since then is refused there.
  private String decidedDigest(Inbox inbox, Found found) {
    String current = found.gate().path("callDigest").asText();
    if (digest != null) {
      if (!Digest.matches(current, digest)) {
        throw new Declined(
            "the gate is about call %s and not %s; look at it: rails approval show %s"
                .formatted(current, digest, found.gate().path("run").asText()));
      }
      return current;
    }
    if (!yes) {
      confirm(inbox, found);
    }
    return current;
  }

  private void confirm(Inbox inbox, Found found) {
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(() ->
                caller.usage(
                    "nobody is there to confirm; give the digest that was shown (--digest), or"
                        + " --yes"));
    caller
        .err()
        .print(
            new GateText(Times.here(), caller.palette())
                .card(found.gate(), found.run(), inbox.asked(found)));
    caller.err().flush();
    String said = console.readLine("%s this call? [y/N] ", verdict.replace('_', ' '));
    if (said == null || !said.strip().equalsIgnoreCase("y")) {
      throw new Declined("nothing was decided");
    }
  }
}
