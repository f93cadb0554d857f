package ai.rails.app.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.Ticket;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.Unavailable;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.standin.Callback;

/// The flagship on the embedded stack: webhook in, approval through the API, until the run has
/// completed. Thread-safe.
final class Governed implements Engine {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Flagship flagship;
  private final World world;
  private final StoreWatch store;
  private final Queue<Ticket> tickets;
  private final List<Long> processes;
  private final Duration model;
  private final InstantSource clock;

  /// @param tickets reported and not yet triaged; each run takes one
  /// @param model what one classification takes, which is not overhead
  Governed(
      Flagship flagship,
      World world,
      StoreWatch store,
      Collection<Ticket> tickets,
      List<Long> processes,
      Duration model,
      InstantSource clock) {
    this.flagship = flagship;
    this.world = world;
    this.store = store;
    this.tickets = new ConcurrentLinkedQueue<>(tickets);
    this.processes = List.copyOf(processes);
    this.model = model;
    this.clock = clock;
  }

  @Override
  public String once() {
    Ticket ticket = tickets.poll();
    if (ticket == null) {
      throw new Unavailable("all tickets are triaged; report more for this many runs");
    }
    long triggered = clock.millis();
    Callback.Receipt receipt =
        world.standIns().serviceNow().fire(ticket.sysId(), "insert", flagship.hook());
    if (receipt.status() != 202) {
      throw new Unavailable(
          "the webhook of %s was answered %d: %s"
              .formatted(ticket.number(), receipt.status(), receipt.body()));
    }
    String run = run(receipt.body());
    RunTimes times = store.of(run);
    times.triggered(triggered);
    approve(times.awaitGate());
    times.awaitEnd();
    return run;
  }

  private void approve(HumanGateRequested gate) {
    flagship
        .decide(
            People.SECOND_APPROVER,
            JSON.createObjectNode()
                .put("run", gate.run())
                .put("gate", gate.gate())
                .put("callDigest", gate.callDigest()),
            "APPROVE")
        .ok();
  }

  @Override
  public Map<String, Duration> overheads(Collection<String> runs) {
    Map<String, Duration> overheads = new HashMap<>();
    runs.forEach(run -> overheads.put(run, store.of(run).overhead().minus(model)));
    return overheads;
  }

  @Override
  public List<Long> processes() {
    return processes;
  }

  private static String run(String body) {
    try {
      return JSON.readTree(body).path("run").asText();
    } catch (java.io.IOException e) {
      throw new Unavailable("the webhook's answer is no JSON", e);
    }
  }
}
