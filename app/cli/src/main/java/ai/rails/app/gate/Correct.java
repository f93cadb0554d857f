package ai.rails.app.gate;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.gate.Inbox.Found;
import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.reveal.Revealed;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Digest;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.keys.CallCorrection;

/// `rails approval correct`: the call is revealed, corrected here, and named by the digest that it
/// has then. The server gets that digest, the names of the parameters, and the values sealed.
@Command(
    name = "correct",
    description = {
      "Correct parameters of the call that a gate asks about, and approve what comes of it.",
      "The call that was shown will not run. A worker renders the corrected one and policy decides",
      "anew; the gate asks about its digest, and your approval counts if it still asks your group."
    },
    mixinStandardHelpOptions = true)
final class Correct implements Callable<Integer> {
  private static final int SALT_BYTES = 32;

  @Mixin private Caller caller = new Caller();

  @Mixin private WhichGate which = new WhichGate();

  @Option(
      names = "--set",
      required = true,
      paramLabel = "NAME=VALUE",
      description = "A parameter's new value: text where it is text now, else JSON.")
  private Map<String, String> values = Map.of();

  @Option(
      names = "--digest",
      required = true,
      paramLabel = "HEX",
      description = "Digest of the call that you were shown; at least its first 12 digits.")
  private String digest = "";

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "The same key and request give the same answer, once more.")
  private @Nullable String key;

  @Override
  public Integer call() {
    Client client = caller.as(Persona.APPROVER);
    Found found = which.in(new Inbox(client));
    String shown = found.gate().path("callDigest").asText();
    if (!Digest.matches(shown, digest)) {
      throw new Declined(
          "the gate is about call %s and not %s; nothing was corrected".formatted(shown, digest));
    }
    JsonNode frozen = revealed(client, found, shown);
    CallCorrection correction = CallCorrection.of(salt(), changed(frozen.path("params")));
    String corrected = CallCorrection.digest(correction.appliedTo(CanonicalJson.bytes(frozen)));
    JsonNode answer =
        client.post(
            found.path() + "/corrections",
            body(client, found, correction, corrected),
            Optional.ofNullable(key));
    caller.show(
        answer,
        _ ->
            "corrected: gate %s of run %s, %s; the call is %s now%n"
                .formatted(
                    found.gate().path("gate").asText(),
                    found.run().path("run").asText(),
                    String.join(", ", correction.fields()),
                    Digest.shortened(corrected)));
    return Exit.OK;
  }

  private static JsonNode revealed(Client client, Found found, String callDigest) {
    JsonNode shown =
        new Revealed(client)
            .of(
                found.run().path("run").asText(),
                "GATE",
                found.gate().path("gate").asText(),
                Optional.of(callDigest));
    return shown
        .path("parts")
        .valueStream()
        .filter(part -> part.path("digest").asText().equals(callDigest))
        .map(part -> part.path("content"))
        .findFirst()
        .orElseThrow(() -> new Declined("the call was not among what a worker revealed"));
  }

  private Map<String, JsonNode> changed(JsonNode params) {
    Map<String, JsonNode> changed = new TreeMap<>();
    values.forEach((name, text) -> {
      JsonNode before = params.path(name);
      if (before.isMissingNode()) {
        throw caller.usage(
            "the call has no parameter %s; it has %s"
                .formatted(name, params.properties().stream().map(Map.Entry::getKey).toList()));
      }
      changed.put(name, before.isTextual() ? TextNode.valueOf(text) : json(name, text));
    });
    return changed;
  }

  private JsonNode json(String name, String text) {
    try {
      return Api.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw caller.usage(
          "%s is no text in this call, and what you gave is no JSON".formatted(name));
    }
  }

  private static Map<String, Object> body(
      Client client, Found found, CallCorrection correction, String corrected) {
    String shown = found.gate().path("callDigest").asText();
    String info =
        CallCorrection.info(
            client.tenant(),
            found.run().path("run").asText(),
            found.gate().path("gate").asText(),
            shown,
            corrected);
    return Map.of(
        "callDigest",
        shown,
        "correctedDigest",
        corrected,
        "fields",
        List.copyOf(correction.fields()),
        "correction",
        SealedFor.sealed(client, found, correction.bytes(), info),
        "channel",
        "CLI");
  }

  private static byte[] salt() {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return salt;
  }
}
