package ai.rails.app.demo;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.http.Api;

/// The story of a worker whose image nobody released: its evidence is genuine, policy does not know
/// the measurement, no keys are released, and the run waits and says why.
public final class Tampered {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Flagship flagship;
  private final Narrator narrator;
  private final Demo demo;

  public Tampered(Flagship flagship, Narrator narrator, Demo demo) {
    this.flagship = flagship;
    this.narrator = narrator;
    this.demo = demo;
  }

  /// @return what came of it, for `-o json`; `refused` says whether it went as it must
  public Map<String, Object> tell(Ticket ticket) {
    narrator.chapter("A worker boots an image that nobody released, and asks for keys");
    JsonNode worker =
        Waiter.until("the refusal of keys", PATIENCE, () -> one("refused", "/v1/workers"));
    JsonNode refused = worker.path("refused");
    narrator.line("evidence: a genuine quote; image %s", refused.path("measurement").asText());
    narrator.line(
        "policy: %s, %s", refused.path("code").asText(), refused.path("reasons").toString());
    narrator.line(
        "KEY_RELEASE_REFUSED is entry %s of the workspace's ledger",
        refused.path("position").asText());
    narrator.chapter("A run that needs it waits, and says why");
    String run = demo.report(ticket);
    JsonNode waiting =
        Waiter.until("the reason why run " + run + " waits", PATIENCE, () -> because(run));
    narrator.line(
        "run %s waits at %s for a %s",
        run, waiting.path("step").asText(), waiting.path("reason").asText());
    narrator.line("because %s", waiting.path("because").asText());
    boolean noKeys = !worker.has("keys");
    narrator.line("keys released to that worker: %s", noKeys ? "none" : "SOME");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("refused", noKeys && refused.path("code").asText().equals("POLICY_DENIED"));
    result.put("code", refused.path("code").asText());
    result.put("run", run);
    result.put("waitsFor", waiting.path("reason").asText());
    result.put("because", waiting.path("because").asText());
    return result;
  }

  private Optional<JsonNode> one(String member, String path) {
    Api.Answer answer = flagship.api().get(flagship.people().operator(flagship.tenant()), path);
    return answer.ok().path("items").valueStream().filter(each -> each.has(member)).findFirst();
  }

  private Optional<JsonNode> because(String run) {
    Api.Answer answer =
        flagship.api().get(flagship.people().operator(flagship.tenant()), "/v1/runs/" + run);
    if (answer.code().equals("NOT_FOUND")) {
      return Optional.empty();
    }
    return answer
        .ok()
        .path("waiting")
        .valueStream()
        .filter(each -> each.has("because"))
        .findFirst();
  }
}
