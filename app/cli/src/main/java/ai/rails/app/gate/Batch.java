package ai.rails.app.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

import ai.rails.app.http.Declined;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Digest;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails approval batch`: one decision about several calls of a kind, each named by the digest
/// that was shown. There is no way to say *all*: what is decided is what was looked at.
@Command(
    name = "batch",
    description = "Decide about up to 20 calls of one workflow and step, each by its digest.",
    mixinStandardHelpOptions = true)
final class Batch implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Parameters(index = "0", paramLabel = "VERDICT", description = "approve or deny.")
  private String verdict = "";

  @Parameters(
      index = "1..*",
      arity = "1..20",
      paramLabel = "RUN=DIGEST",
      description = "A run, and at least 12 digits of the digest that was shown.")
  private List<String> calls = List.of();

  @Option(
      names = "--with",
      paramLabel = "DELEGATION",
      description = "Decide with the say that was handed to you.")
  private @Nullable String delegation;

  @Override
  public Integer call() {
    String word = verdict.toUpperCase(Locale.ROOT);
    if (!word.equals("APPROVE") && !word.equals("DENY")) {
      throw caller.usage("a batch is approved or denied");
    }
    Client client = caller.as(Persona.APPROVER);
    Inbox inbox = new Inbox(client);
    List<Map<String, String>> items = new ArrayList<>();
    for (String call : calls) {
      items.add(item(inbox, call));
    }
    Map<String, Object> body = new TreeMap<>();
    body.put("verdict", word);
    body.put("items", items);
    body.put("channel", "CLI");
    if (delegation != null) {
      body.put("delegation", delegation);
    }
    JsonNode answer = client.post("/v1/gate-decisions", body, Optional.empty());
    caller.show(answer, this::text);
    return answer.path("decided").asInt() == items.size() ? Exit.OK : Exit.FAILED;
  }

  private Map<String, String> item(Inbox inbox, String call) {
    int equals = call.lastIndexOf('=');
    if (equals < 1) {
      throw caller.usage("%s is not RUN=DIGEST".formatted(call));
    }
    JsonNode gate = inbox.find(call.substring(0, equals), Optional.empty()).gate();
    String current = gate.path("callDigest").asText();
    if (!Digest.matches(current, call.substring(equals + 1))) {
      throw new Declined(
          "the gate of %s is about another call now: %s; nothing was decided"
              .formatted(call.substring(0, equals), current));
    }
    return Map.of(
        "run", gate.path("run").asText(),
        "gate", gate.path("gate").asText(),
        "callDigest", current);
  }

  private String text(JsonNode answer) {
    Table table = Table.of("RUN", "GATE", "CALL", "DECIDED");
    for (JsonNode item : answer.path("items")) {
      table.row(
          item.path("run").asText(),
          item.path("gate").asText(),
          Digest.shortened(item.path("callDigest").asText()),
          item.path("decided").asBoolean() ? "yes" : "no: " + item.path("code").asText());
    }
    return table.text(caller.palette());
  }
}
