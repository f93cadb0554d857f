package ai.rails.app.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.standin.Callback;
import ai.rails.standin.slack.Press;

/// Tells the flagship's story once: incidents come in, a model classifies, policy decides, people
/// approve, the gateway writes back.
public final class Demo {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Set<String> ENDED = Set.of("COMPLETED", "FAILED", "CANCELLED");

  private final Flagship flagship;
  private final World world;
  private final Narrator narrator;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Ticket> runs = new LinkedHashMap<>();
  private final Set<String> decided = new HashSet<>();
  private int approved;
  private int denied;

  public Demo(Flagship flagship, World world, Narrator narrator) {
    this.flagship = flagship;
    this.world = world;
    this.narrator = narrator;
  }

  /// What came of it.
  ///
  /// @param states end state to number of runs
  /// @param correct runs whose category is the person's
  /// @param classified runs that have a category
  public record Told(
      Map<String, Integer> states,
      int approved,
      int denied,
      int correct,
      int classified,
      int deniedCalls,
      long costNanos,
      String traceId) {}

  public Told tell(List<Ticket> tickets) {
    narrator.chapter("Incidents arrive by signed webhook: ids only");
    tickets.forEach(ticket -> fire(ticket));
    refuseForgeries(tickets.getFirst());
    narrator.chapter("A worker fetches and classifies each; policy decides; people are asked");
    Waiter.until("the end of all runs", PATIENCE, this::settle);
    return told();
  }

  /// A run that has completed, if there is one.
  public Optional<String> completed() {
    return runs.keySet().stream().filter(run -> status(run).equals("COMPLETED")).findFirst();
  }

  /// What waits for whoever reads the story.
  public record Open(String run, String gate, String number) {}

  /// Reports one incident more and decides nothing about it.
  ///
  /// @param categories of ServiceNow's choice list
  /// @param salt makes the ticket a new one
  /// @return its gate; empty when none opened in time
  public Optional<Open> leaveOpen(List<String> categories, String salt) {
    Optional<Ticket> like =
        runs.entrySet().stream()
            .filter(each -> status(each.getKey()).equals("COMPLETED"))
            .map(Map.Entry::getValue)
            .findFirst();
    if (like.isEmpty()) {
      return Optional.empty();
    }
    Ticket ticket = like.get().again(salt);
    world.report(ticket, categories);
    String run = fire(ticket);
    try {
      return Optional.of(
          Waiter.until("a gate of run " + run, PATIENCE, () -> openGate(run, ticket.number())));
    } catch (Unavailable _) {
      return Optional.empty();
    }
  }

  private Optional<Open> openGate(String run, String number) {
    for (JsonNode gate : flagship.openGates()) {
      if (gate.path("run").asText().equals(run)) {
        return Optional.of(new Open(run, gate.path("gate").asText(), number));
      }
    }
    return Optional.empty();
  }

  /// Reports an incident and waits for nothing.
  ///
  /// @return its run
  public String report(Ticket ticket) {
    return fire(ticket);
  }

  private String fire(Ticket ticket) {
    Callback.Receipt receipt =
        world.standIns().serviceNow().fire(ticket.sysId(), "insert", flagship.hook());
    if (receipt.status() != 202) {
      throw new Unavailable(
          "the webhook of %s was answered %d: %s"
              .formatted(ticket.number(), receipt.status(), receipt.body()));
    }
    String run = json(receipt.body()).path("run").asText();
    runs.put(run, ticket);
    narrator.line("%s  ->  run %s", ticket.number(), run);
    return run;
  }

  private void refuseForgeries(Ticket ticket) {
    Callback genuine = world.standIns().serviceNow().webhook(ticket.sysId(), "insert");
    URI hook = flagship.hook();
    int forged =
        genuine
            .withHeader("X-AIRails-Signature", "v1=" + "0".repeat(64))
            .deliver(client, hook)
            .status();
    Callback.Receipt replayed = genuine.deliver(client, hook);
    expect("a forged signature", 401, forged);
    expect("the same message again", 200, replayed.status());
    String run = json(replayed.body()).path("run").asText();
    narrator.line("a forged signature is refused (401); a replay starts no second run (%s)", run);
  }

  private static void expect(String what, int expected, int status) {
    if (status != expected) {
      throw new Unavailable("%s was answered %d, not %d".formatted(what, status, expected));
    }
  }

  /// Decides what waits; done when every run has ended.
  private Optional<Boolean> settle() {
    for (JsonNode gate : flagship.openGates()) {
      String id = gate.path("run").asText() + "/" + gate.path("gate").asText();
      if (runs.containsKey(gate.path("run").asText()) && !decided.contains(id)) {
        if (decide(gate)) {
          decided.add(id);
        }
      }
    }
    boolean over = runs.keySet().stream().allMatch(run -> ENDED.contains(status(run)));
    return over ? Optional.of(true) : Optional.empty();
  }

  /// The first gate is decided through the API, the second is denied in Slack, the rest is approved
  /// in Slack.
  private boolean decide(JsonNode gate) {
    String number =
        Optional.ofNullable(runs.get(gate.path("run").asText())).map(Ticket::number).orElse("");
    String digest = gate.path("callDigest").asText().substring(0, 12);
    if (decided.isEmpty()) {
      flagship.decide(People.SECOND_APPROVER, gate, "APPROVE").ok();
      approved++;
      narrator.line("%s  approved through the API: call %s...", number, digest);
      return true;
    }
    Optional<String> card = card(gate);
    if (card.isEmpty()) {
      return false;
    }
    boolean no = denied == 0 && decided.size() == 1;
    Press press =
        new Press(
            World.SLACK_USER,
            Flagship.CHANNEL,
            card.get(),
            no ? "airails.deny" : "airails.approve");
    Callback.Receipt receipt = world.standIns().slack().press(press, flagship.interactivity());
    expect("a press of the button of " + number, 200, receipt.status());
    if (no) {
      denied++;
    } else {
      approved++;
    }
    narrator.line("%s  %s in Slack: call %s...", number, no ? "denied" : "approved", digest);
    return true;
  }

  /// The message that shows a gate, once the worker has posted it.
  private Optional<String> card(JsonNode gate) {
    String value = gate.path("run").asText() + "/" + gate.path("gate").asText();
    for (JsonNode message : world.standIns().slack().messages(Flagship.CHANNEL)) {
      if (message.toString().contains(value)) {
        return Optional.of(message.path("ts").asText());
      }
    }
    return Optional.empty();
  }

  private String status(String run) {
    Api.Answer answer =
        flagship.api().get(flagship.people().operator(flagship.tenant()), "/v1/runs/" + run);
    return answer.status() == 200 ? answer.body().path("status").asText() : "";
  }

  private Told told() {
    narrator.chapter("What became of them");
    Map<String, Integer> states = new LinkedHashMap<>();
    int correct = 0;
    int classified = 0;
    long cost = 0;
    String trace = "";
    for (Map.Entry<String, Ticket> each : runs.entrySet()) {
      JsonNode run = flagship.run(each.getKey());
      String status = run.path("status").asText();
      states.merge(status, 1, Integer::sum);
      String category = category(run);
      classified += category.isEmpty() ? 0 : 1;
      correct += category.equals(each.getValue().category()) ? 1 : 0;
      for (JsonNode amount : run.path("cost")) {
        cost += amount.path("nanos").asLong();
      }
      trace = run.path("traceId").asText(trace);
      narrator.line(
          "%s  %-9s %-22s %s",
          each.getValue().number(), status, category, run.path("failureCode").asText(""));
    }
    return new Told(states, approved, denied, correct, classified, deniedCalls(), cost, trace);
  }

  private static String category(JsonNode run) {
    for (JsonNode step : run.path("steps")) {
      if (step.path("step").asText().equals("classify")) {
        JsonNode disclosed = step.path("disclosed");
        JsonNode members = disclosed.isTextual() ? json(disclosed.asText()) : disclosed;
        return members.path("category").asText("");
      }
    }
    return "";
  }

  private int deniedCalls() {
    int count = 0;
    String token = flagship.people().operator(flagship.tenant());
    for (String run : runs.keySet()) {
      JsonNode items =
          flagship.api().get(token, "/v1/decisions?effect=DENY&run=" + run).ok().path("items");
      List<String> calls = new ArrayList<>();
      items.forEach(item -> {
        if (!item.has("unavailable")) {
          calls.add(item.path("callId").asText());
        }
      });
      count += Set.copyOf(calls).size();
    }
    return count;
  }

  private static JsonNode json(String text) {
    try {
      return Api.JSON.readTree(text);
    } catch (java.io.IOException e) {
      throw new Unavailable("an answer is no JSON", e);
    }
  }
}
