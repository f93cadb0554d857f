package ai.rails.app.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.run.FindRun;
import ai.rails.app.verb.Client;

/// Finds the gate that a person means.
final class Inbox {
  private static final int RECENT = 200;

  private final Client client;

  Inbox(Client client) {
    this.client = client;
  }

  /// A gate as the server shows it, and its run.
  record Found(JsonNode gate, JsonNode run) {
    String path() {
      return path(gate.path("run").asText(), gate.path("gate").asText());
    }

    private static String path(String run, String gate) {
      return "/v1/runs/%s/gates/%s".formatted(Client.encoded(run), Client.encoded(gate));
    }
  }

  /// @param gate may be left out when the run stands at one gate, or has had one only
  /// @throws Declined if there is no such gate, or more than one
  Found find(String given, Optional<String> gate) {
    String id = waiting(given).orElseGet(() -> FindRun.id(client, given));
    JsonNode run = client.get("/v1/runs/" + Client.encoded(id));
    if (gate.isPresent()) {
      return new Found(client.get(Found.path(id, gate.get())), run);
    }
    List<JsonNode> open = new ArrayList<>();
    for (JsonNode waiting : run.path("waiting")) {
      if (waiting.path("reason").asText().equals("GATE")) {
        open.add(client.get(Found.path(id, waiting.path("step").asText())));
      }
    }
    return new Found(only(id, open.isEmpty() ? decided(id, run) : open), run);
  }

  /// What policy was told of a gate's call: the tool, where it goes, its disclosed parameters.
  /// Empty when no decision about it is to be seen.
  JsonNode asked(Found found) {
    String run = found.gate().path("run").asText();
    JsonNode latest = MissingNode.getInstance();
    for (JsonNode decision : client.list("/v1/decisions", Map.of("run", run), RECENT).items()) {
      boolean same = decision.path("callId").equals(found.gate().path("callId"));
      if (same && latest.isMissingNode()) {
        latest = input(decision.path("input").asText());
      }
    }
    return latest;
  }

  private static JsonNode input(String text) {
    try {
      return Api.JSON.readTree(text);
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    }
  }

  /// A ticket may have had several runs; the one that waits is meant.
  private Optional<String> waiting(String ticket) {
    List<String> runs = new ArrayList<>();
    for (JsonNode gate : client.list("/v1/gates", Map.of(), RECENT).items()) {
      if (gate.path("externalId").asText().equals(ticket)) {
        runs.add(gate.path("run").asText());
      }
    }
    return runs.size() == 1 ? Optional.of(runs.getFirst()) : Optional.empty();
  }

  private List<JsonNode> decided(String id, JsonNode run) {
    List<JsonNode> gates = new ArrayList<>();
    for (JsonNode step : run.path("steps")) {
      client.find(Found.path(id, step.path("step").asText())).ifPresent(gates::add);
    }
    return gates;
  }

  private static JsonNode only(String run, List<JsonNode> gates) {
    if (gates.size() == 1) {
      return gates.getFirst();
    }
    if (gates.isEmpty()) {
      throw new Declined(
          "run %s has no gate; see why it waits: rails run show %s".formatted(run, run));
    }
    throw new Declined(
        "run %s has several gates; name one of %s"
            .formatted(run, gates.stream().map(gate -> gate.path("gate").asText()).toList()));
  }
}
