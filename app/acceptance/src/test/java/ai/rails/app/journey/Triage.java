package ai.rails.app.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.Ticket;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Declined;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.standin.Callback;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.StandIns;
import ai.rails.standin.servicenow.DemoIncidents;
import ai.rails.standin.servicenow.ServiceNowStandIn;

/// The flagship of one tenant at work: incidents come in, a person approves, and ServiceNow's own
/// journal says what was written.
final class Triage {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long PAUSE_NANOS = Duration.ofMillis(150).toNanos();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger NUMBERS = new AtomicInteger(1);

  private final Flagship flagship;
  private final World world;

  Triage(Flagship flagship, World world) {
    this.flagship = flagship;
    this.world = world;
  }

  String tenant() {
    return flagship.tenant();
  }

  String workspace() {
    return flagship.workspace();
  }

  Flagship flagship() {
    return flagship;
  }

  ServiceNowStandIn serviceNow() {
    return world.standIns().serviceNow();
  }

  StandIns standIns() {
    return world.standIns();
  }

  /// Somebody reports an incident; nobody has told us yet.
  Ticket report() {
    List<DemoIncidents.Labelled> texts = DemoIncidents.all();
    DemoIncidents.Labelled text = texts.get(NUMBERS.get() % texts.size());
    return report(
        text.incident().shortDescription(), text.incident().description(), text.expectedCategory());
  }

  private Ticket report(String shortDescription, String description, String category) {
    var ticket =
        new Ticket(
            UUID.randomUUID().toString().replace("-", ""),
            "INC7%06d".formatted(NUMBERS.getAndIncrement()),
            shortDescription,
            description,
            category);
    world.report(ticket, List.copyOf(new TreeSet<>(OfflineClassifier.standard().labels())));
    return ticket;
  }

  /// Somebody reports an incident that ServiceNow answers with errors the first times it is read.
  Ticket reportUnreadable(int times) {
    Ticket ticket = report();
    serviceNow().faults().inject(times, Faults.on("GET", ticket.sysId()), new Fault.ServerError());
    return ticket;
  }

  /// ServiceNow's webhook about it.
  ///
  /// @return the run, if it was acknowledged; else the same message may be sent again
  Optional<String> fire(Callback webhook) {
    try {
      Callback.Receipt receipt = webhook.deliver(Http.CLIENT, flagship.hook());
      return switch (receipt.status()) {
        case 200, 202 -> Optional.of(json(receipt.body()).path("run").asText());
        case 503 -> Optional.empty();
        default ->
            throw new AssertionError(
                "the webhook was answered %d: %s".formatted(receipt.status(), receipt.body()));
      };
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /// Reports an incident, and sends its webhook until it is acknowledged.
  Started start() {
    return start(report());
  }

  /// Reports an incident in these words.
  Started start(String shortDescription, String description, String category) {
    return start(report(shortDescription, description, category));
  }

  /// Sends the webhook of an incident until it is acknowledged.
  Started start(Ticket ticket) {
    Callback webhook = serviceNow().webhook(ticket.sysId(), "insert");
    String run = awaited("acknowledgement of " + ticket.number(), () -> fire(webhook));
    return new Started(run, ticket);
  }

  List<Started> start(int count) {
    var all = new ArrayList<Started>();
    for (int i = 0; i < count; i++) {
      all.add(start());
    }
    return all;
  }

  /// Eight runs: some at their gate, some just begun, and one whose write ServiceNow has done and
  /// not yet answered.
  List<Started> inTheMiddleOfAWrite() {
    var all = new ArrayList<Started>(start(4));
    Started writing = all.getFirst();
    awaitGate(writing);
    serviceNow()
        .faults()
        .inject(
            1,
            Faults.on("PATCH", writing.ticket().sysId()),
            new Fault.SlowAnswer(Duration.ofSeconds(3)));
    all.addAll(start(4));
    approve(writing);
    awaitWrite(writing);
    return all;
  }

  /// A run and what it is about.
  record Started(String run, Ticket ticket) {}

  /// The run as the read side shows it, as soon as it does.
  JsonNode run(String run) {
    return awaited("run " + run, () -> asked("/v1/runs/" + run));
  }

  /// The run's ledger entries, once they are folded.
  List<JsonNode> events(String run) {
    return all("/v1/runs/%s/events?limit=200".formatted(run));
  }

  /// What an operator of the tenant reads, as soon as there is an answer.
  JsonNode get(String path) {
    return awaited(path, () -> asked(path));
  }

  /// The items of every page, as an operator reads them.
  ///
  /// @param path with a query
  List<JsonNode> all(String path) {
    var all = new ArrayList<JsonNode>();
    String next = path;
    while (!next.isEmpty()) {
      JsonNode page = get(next);
      page.path("items").forEach(all::add);
      String cursor = page.path("next").asText();
      next =
          cursor.isEmpty()
              ? ""
              : path + "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    }
    return all;
  }

  /// Empty while the read side does not serve, or has not folded it yet.
  private Optional<JsonNode> asked(String path) {
    String token = flagship.people().operator(tenant());
    return sent("GET", path, token, "").filter(a -> a.status() == 200).map(Http.Answer::body);
  }

  private Optional<Http.Answer> sent(String method, String path, String token, String body) {
    try {
      return Optional.of(
          Http.send(
              method,
              flagship.api().uri(path),
              Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json"),
              body));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  String status(String run) {
    return run(run).path("status").asText();
  }

  /// The status of a step; empty while it has not begun.
  String step(String run, String step) {
    for (JsonNode each : run(run).path("steps")) {
      if (each.path("step").asText().equals(step)) {
        return each.path("status").asText();
      }
    }
    return "";
  }

  void awaitGate(Started started) {
    await("the gate of " + started.run(), () -> gate(started.run()).isPresent());
  }

  Optional<JsonNode> gate(String run) {
    Optional<JsonNode> page = asked("/v1/gates?limit=200");
    if (page.isPresent()) {
      for (JsonNode gate : page.get().path("items")) {
        if (gate.path("run").asText().equals(run)) {
          return Optional.of(gate);
        }
      }
    }
    return Optional.empty();
  }

  /// A person approves, until it is taken.
  void approve(Started started) {
    await(
        "approval of " + started.run(),
        () ->
            gate(started.run())
                .map(gate -> decided(gate) || !gate(started.run()).isPresent())
                .orElse(false));
  }

  private boolean decided(JsonNode gate) {
    return sent(
            "POST",
            "/v1/runs/%s/gates/%s/decisions"
                .formatted(gate.path("run").asText(), gate.path("gate").asText()),
            flagship.people().approver(tenant(), People.SECOND_APPROVER),
            "{\"verdict\":\"APPROVE\",\"callDigest\":\"%s\"}"
                .formatted(gate.path("callDigest").asText()))
        .filter(answer -> answer.status() < 300)
        .isPresent();
  }

  /// Returns when ServiceNow has taken the write, answered or not.
  void awaitWrite(Started started) {
    await(
        "the write to " + started.ticket().number(),
        () -> serviceNow().patches(started.ticket().sysId()) > 0);
  }

  /// Approves whatever asks, until all runs have ended.
  ///
  /// @return run to its end
  Map<String, String> settle(Collection<Started> all) {
    return settle(all, LIMIT);
  }

  Map<String, String> settle(Collection<Started> all, Duration limit) {
    var ends = new TreeMap<String, String>();
    boolean ended =
        until(
            limit,
            () -> {
              for (Started each : all) {
                gate(each.run()).ifPresent(this::decided);
                String status = status(each.run());
                if (List.of("COMPLETED", "FAILED", "CANCELLED").contains(status)) {
                  ends.put(each.run(), status);
                }
              }
              return ends.size() == all.size();
            });
    if (!ended) {
      var open = new ArrayList<String>();
      for (Started each : all) {
        if (!ends.containsKey(each.run())) {
          open.add(run(each.run()).toString());
        }
      }
      throw new AssertionError("runs have not ended within %s: %s".formatted(limit, open));
    }
    return ends;
  }

  static void await(String what, BooleanSupplier condition) {
    if (!until(LIMIT, condition)) {
      throw new AssertionError("%s did not happen within %s".formatted(what, LIMIT));
    }
  }

  private static <T> T awaited(String what, Supplier<Optional<T>> question) {
    var found = new AtomicReference<Optional<T>>(Optional.empty());
    await(
        what,
        () -> {
          found.set(question.get());
          return found.get().isPresent();
        });
    return found.get().orElseThrow();
  }

  /// With pauses that leave the machine to the product.
  private static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Fetches a run's evidence bundle, once a cosigned checkpoint covers it.
  void evidence(Started started, Path into) {
    await(
        "the evidence of " + started.run(),
        () -> {
          try {
            var _ =
                flagship()
                    .api()
                    .download(
                        flagship().people().operator(tenant()),
                        "/v1/evidence/runs/" + started.run(),
                        into);
            return true;
          } catch (Unavailable | Declined _) {
            return false;
          }
        });
  }
}
