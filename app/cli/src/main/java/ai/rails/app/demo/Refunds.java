package ai.rails.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
import ai.rails.command.CommandServices;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;

/// The second flagship: refunds to a customer's balance, with Stripe and Zendesk. A small one, one
/// above the limit that two people approve, and one whose ticket is closed after it was approved,
/// so that the credit is taken back.
public final class Refunds {
  private static final String WORKFLOW = "customer-refund";
  private static final String RESOURCE = "/packs/refund/customer-refund.yaml";
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final List<String> ENDED = List.of("COMPLETED", "FAILED", "CANCELLED");
  private static final List<String> APPROVERS = List.of(People.APPROVER, People.SECOND_APPROVER);

  private final Flagship flagship;
  private final World world;
  private final Narrator narrator;
  private final long salt;
  private final Map<String, Asked> runs = new LinkedHashMap<>();
  private final Set<String> decided = new HashSet<>();
  private int approvals;

  /// @param salt makes tickets and charges new ones, 0 to 999999
  public Refunds(Flagship flagship, World world, Narrator narrator, long salt) {
    this.flagship = flagship;
    this.world = world;
    this.narrator = narrator;
    this.salt = salt;
  }

  /// One customer's case.
  private record Asked(String what, String charge, String customer, long ticket, long amount) {}

  /// What became of them, by the stand-ins' own books.
  ///
  /// @param credits entries in customers' balances
  /// @param duplicateCredits entries that one call made beyond its first
  /// @param approvals that people gave
  public record Told(
      int completed, int compensated, int other, int credits, int duplicateCredits, int approvals) {
    /// As JSON shows it.
    public Map<String, Object> tree() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("completed", completed);
      tree.put("compensated", compensated);
      tree.put("credits", credits);
      tree.put("duplicateCredits", duplicateCredits);
      tree.put("approvals", approvals);
      return tree;
    }
  }

  public Told tell(CommandServices services) {
    narrator.chapter("Second flagship: refunds to a customer's balance (Stripe, Zendesk)");
    connect();
    flagship.awaitReady(services, WORKFLOW);
    start(new Asked("below the limit", charge(1), customer(1), ticket(1), 4_900));
    start(new Asked("above the limit", charge(2), customer(2), ticket(2), 25_000));
    start(new Asked("ticket closed meanwhile", charge(3), customer(3), ticket(3), 3_000));
    Waiter.until("the end of all refunds", PATIENCE, this::settle);
    return told();
  }

  private void connect() {
    Tenancy tenancy = flagship.tenancy();
    instance("stripe-main", "stripe", World.STRIPE_HOST);
    instance("zendesk-main", "zendesk", World.ZENDESK_HOST);
    tenancy.credential("stripe-main", Map.of("secret_key", World.STRIPE_KEY));
    tenancy.credential(
        "zendesk-main", Map.of("user", World.ZENDESK_USER, "api_token", World.ZENDESK_TOKEN));
    tenancy.publish(workflow());
    tenancy.grant(
        WORKFLOW,
        List.of(
            Map.of("connector", "stripe", "action", "get-charge"),
            Map.of("connector", "stripe", "action", "credit-customer"),
            Map.of("connector", "zendesk", "action", "get-ticket"),
            Map.of("connector", "zendesk", "action", "note")));
    narrator.line("Stripe and Zendesk are connected, %s is published and granted", WORKFLOW);
  }

  private void instance(String id, String name, String host) {
    Connector connector = Connectors.builtIn().named(name, "1.0.0").orElseThrow();
    flagship.tenancy().instance(id, name, connector.digest(), host, Map.of());
  }

  private void start(Asked asked) {
    world.standIns().stripe().seedCharge(asked.charge(), asked.customer(), 50_000, "eur");
    world
        .standIns()
        .zendesk()
        .seedTicket(asked.ticket(), "Please refund", "The parcel never came.");
    String run =
        flagship
            .api()
            .post(
                flagship.people().operator(flagship.tenant()),
                "/v1/runs",
                Map.of(
                    "workflow",
                    WORKFLOW,
                    "environment",
                    Flagship.ENVIRONMENT,
                    "inputs",
                    Map.of(
                        "charge",
                        asked.charge(),
                        "ticket",
                        String.valueOf(asked.ticket()),
                        "amount",
                        asked.amount())))
            .ok()
            .path("run")
            .asText();
    runs.put(run, asked);
    narrator.line("%s: %s  ->  run %s", asked.what(), amount(asked.amount()), run);
  }

  /// Decides what waits; done when every run has ended.
  private Optional<Boolean> settle() {
    for (JsonNode gate : flagship.openGates()) {
      Asked asked = runs.get(gate.path("run").asText());
      if (asked != null) {
        decide(gate, asked);
      }
    }
    boolean over = runs.keySet().stream().allMatch(run -> ENDED.contains(status(run)));
    return over ? Optional.of(true) : Optional.empty();
  }

  private void decide(JsonNode gate, Asked asked) {
    int quorum = Math.max(1, gate.path("quorum").asInt(1));
    for (String approver : APPROVERS.subList(0, quorum)) {
      String id =
          "%s/%s/%s".formatted(gate.path("run").asText(), gate.path("gate").asText(), approver);
      if (!decided.contains(id)) {
        if (asked.what().startsWith("ticket closed")) {
          world.standIns().zendesk().closeTicket(asked.ticket());
        }
        Api.Answer answer = flagship.decide(approver, gate, "APPROVE");
        if (answer.status() < 300) {
          decided.add(id);
          approvals++;
          narrator.line(
              "%s: %s approves %s (%s of %s people)",
              asked.what(),
              approver,
              gate.path("forStep").asText(gate.path("gate").asText()),
              APPROVERS.indexOf(approver) + 1,
              quorum);
        }
      }
    }
  }

  /// Empty for a run that the read side does not have yet.
  private String status(String run) {
    Api.Answer answer =
        flagship.api().get(flagship.people().operator(flagship.tenant()), "/v1/runs/" + run);
    return answer.code().equals("NOT_FOUND") ? "" : answer.ok().path("status").asText();
  }

  private Told told() {
    int completed = 0;
    int compensated = 0;
    int credits = 0;
    int duplicates = 0;
    for (Map.Entry<String, Asked> each : runs.entrySet()) {
      Asked asked = each.getValue();
      String status = status(each.getKey());
      List<Long> entries = new ArrayList<>();
      Set<String> calls = new HashSet<>();
      for (JsonNode entry : world.standIns().stripe().balance(asked.customer())) {
        entries.add(entry.path("amount").asLong());
        duplicates += calls.add(entry.at("/metadata/airails").asText()) ? 0 : 1;
      }
      long balance = entries.stream().mapToLong(Long::longValue).sum();
      credits += entries.size();
      completed += status.equals("COMPLETED") && balance == -asked.amount() ? 1 : 0;
      compensated += status.equals("FAILED") && entries.size() == 2 && balance == 0 ? 1 : 0;
      narrator.line(
          "%s: %s, the customer's balance moved by %s", asked.what(), status, entries.reversed());
    }
    return new Told(
        completed,
        compensated,
        runs.size() - completed - compensated,
        credits,
        duplicates,
        approvals);
  }

  private String charge(int number) {
    return "ch_demo%06d%s".formatted(salt, number);
  }

  private String customer(int number) {
    return "cus_demo%06d%s".formatted(salt, number);
  }

  private long ticket(int number) {
    return 100_000_000L + salt * 10 + number;
  }

  private static String amount(long smallest) {
    return "EUR %s.%02d".formatted(smallest / 100, smallest % 100);
  }

  private static String workflow() {
    try (InputStream in = Refunds.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new Unavailable("the pack %s is not on the class path".formatted(RESOURCE));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Unavailable("the pack %s can not be read".formatted(RESOURCE), e);
    }
  }
}
