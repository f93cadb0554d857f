package ai.rails.app.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import ai.rails.app.Stack;
import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Ticket;
import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.Secrets;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.schema.Topics;
import ai.rails.standin.servicenow.DemoIncidents;

/// The governed side: starts everything, drives the flagship, then the write side alone, and looks
/// how the stages behind follow.
final class GovernedBench {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final int CLASSIFICATIONS = 200;

  private final Path directory;
  private final Map<String, String> environment;
  private final Trial.Plan plan;
  private final Consumer<String> progress;
  private final InstantSource clock = InstantSource.system();

  GovernedBench(
      Path directory, Map<String, String> environment, Trial.Plan plan, Consumer<String> progress) {
    this.directory = directory;
    this.environment = environment;
    this.plan = plan;
    this.progress = progress;
  }

  GovernedFigures measure() throws IOException, SQLException {
    progress.accept("starting an installation in an empty directory, and again");
    Path home = Path.of(environment.getOrDefault("AIRAILS_HOME", ".")).toAbsolutePath();
    ReadyTime.build(home);
    double cold = ReadyTime.seconds(home, directory);
    double again = ReadyTime.seconds(home, directory);
    progress.accept("READY after %.1f s, and again after %.1f s".formatted(cold, again));
    try (Stack stack = Stack.start(directory, environment, progress)) {
      progress.accept("setting up the flagship");
      Flagship flagship = stack.flagship(OfflineClassifier.standard());
      try (Connection administering = administer(stack.properties());
          Watches watches = watches(stack.properties(), flagship)) {
        return measure(stack, flagship, new PostgresMeter(administering), watches, cold, again);
      }
    }
  }

  /// Those who follow each stage.
  private record Watches(StoreWatch store, TopicWatch relay, TopicWatch ledger)
      implements AutoCloseable {
    void forget() {
      var _ = relay.takeLags();
      var _ = ledger.takeLags();
      var _ = store.takeLags();
    }

    Map<String, Latency> lags() {
      return Map.of(
          "relay", Latency.of(relay.takeLags()),
          "ledger", Latency.of(ledger.takeLags()),
          "projection", Latency.of(store.takeLags()));
    }

    Map<String, LongSupplier> stages() {
      return Map.of(
          "relay", relay::position, "ledger", ledger::position, "projection", store::folded);
    }

    @Override
    public void close() {
      ledger.close();
      relay.close();
      store.close();
    }
  }

  private GovernedFigures measure(
      Stack stack,
      Flagship flagship,
      PostgresMeter meter,
      Watches watches,
      double cold,
      double again) {
    Governed engine = engine(stack, flagship, watches.store(), meter);
    progress.accept("looking at it while it is idle, then measuring governed runs");
    drained(watches, settled(watches.store()));
    double idle = idleProcessors(engine);
    meter.checkpoint();
    plan.warmUp().on(engine);
    Sustained alone = Sustained.measure(plan.alone(), engine, meter);
    watches.forget();
    long before = watches.store().stored();
    Sustained loaded = Sustained.measure(plan.loaded(), engine, meter);
    long events = watches.store().stored() - before;
    Map<String, Latency> lags = watches.lags();
    Map<String, ProcessFigures> memory = Memory.byProcess(meter.postmaster());
    drained(watches, settled(watches.store()));
    progress.accept("measuring commands, and how fast the stages behind take them");
    GovernedFigures.Commands commands =
        CommandLoad.run(stack.properties(), flagship.tenant(), flagship.workspace());
    Map<String, GovernedFigures.Drain> drains = drained(watches, commands.lastPosition());
    return new GovernedFigures(
        cold,
        again,
        idle,
        new Trial("AI Rails", "0.1.0-SNAPSHOT", alone, loaded),
        (double) events / loaded.runs(),
        events / loaded.seconds(),
        commands,
        lags,
        drains,
        memory);
  }

  private Governed engine(Stack stack, Flagship flagship, StoreWatch store, PostgresMeter meter) {
    Model model = OfflineClassifier.standard();
    List<String> categories = List.copyOf(new TreeSet<>(model.labels()));
    List<Ticket> tickets = tickets(plan.incidents());
    progress.accept("reporting %d incidents".formatted(tickets.size()));
    tickets.forEach(ticket -> stack.world().report(ticket, categories));
    return new Governed(
        flagship,
        stack.world(),
        store,
        tickets,
        List.of(ProcessHandle.current().pid(), meter.postmaster()),
        classification(model, tickets),
        clock);
  }

  /// The demo's texts in turn, each as an incident of its own.
  private static List<Ticket> tickets(int count) {
    List<DemoIncidents.Labelled> texts = DemoIncidents.all();
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DemoIncidents.Labelled text = texts.get(i % texts.size());
      tickets.add(
          new Ticket(
              "90be%028x".formatted(i),
              "INC7%06d".formatted(i),
              text.incident().shortDescription(),
              text.incident().description(),
              text.expectedCategory()));
    }
    return tickets;
  }

  /// The mean of some; the model runs in the worker, with the same bytes.
  private static Duration classification(Model model, List<Ticket> tickets) {
    long began = System.nanoTime();
    for (int i = 0; i < CLASSIFICATIONS; i++) {
      var _ = model.classify(tickets.get(i % tickets.size()).description());
    }
    return Duration.ofNanos((System.nanoTime() - began) / CLASSIFICATIONS);
  }

  /// Waits until every stage has reached the store's head, and says how long each took. One that
  /// does not get there in time is left out.
  private static Map<String, GovernedFigures.Drain> drained(Watches watches, long head) {
    long began = System.nanoTime();
    Map<String, Long> backlogs = new HashMap<>();
    watches.stages().forEach((stage, at) -> backlogs.put(stage, head - at.getAsLong()));
    Map<String, GovernedFigures.Drain> drains = new HashMap<>();
    while (drains.size() < backlogs.size() && System.nanoTime() - began < DRAIN_LIMIT.toNanos()) {
      watches
          .stages()
          .forEach((stage, at) -> {
            if (!drains.containsKey(stage) && at.getAsLong() >= head) {
              double seconds = (System.nanoTime() - began) / 1e9;
              drains.put(
                  stage, GovernedFigures.Drain.of(backlogs.getOrDefault(stage, 0L), seconds));
            }
          });
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return drains;
  }

  /// The store's head once the watch has read it all.
  private static long settled(StoreWatch store) {
    long head = store.stored();
    while (true) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      if (store.stored() == head) {
        return head;
      }
      head = store.stored();
    }
  }

  private static double idleProcessors(Engine engine) {
    ProcessFigures before = ProcessFigures.ofTrees(engine.processes()).orElse(ProcessFigures.NONE);
    long began = System.nanoTime();
    while (System.nanoTime() - began < IDLE.toNanos()) {
      LockSupport.parkNanos(IDLE.toNanos());
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    ProcessFigures after = ProcessFigures.ofTrees(engine.processes()).orElse(ProcessFigures.NONE);
    return (after.cpuSeconds() - before.cpuSeconds()) / seconds;
  }

  private Watches watches(EffectiveProperties properties, Flagship flagship) throws SQLException {
    KafkaLogin admin =
        new KafkaLogin(
            properties.require("kafka.bootstrap.servers"),
            "admin",
            secrets().of(Broker.passwordKey("admin")));
    return new Watches(
        StoreWatch.start(administer(properties), flagship.tenant(), flagship.workspace()),
        TopicWatch.start(admin, Topics.events(flagship.tenant()), flagship.workspace(), clock),
        TopicWatch.start(admin, Topics.ledger(flagship.tenant()), flagship.workspace(), clock));
  }

  private Connection administer(EffectiveProperties properties) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%s/%s"
            .formatted(properties.require("postgres.port"), Postgres.DATABASE),
        "postgres",
        secrets().of("postgres.super.password"));
  }

  private Secrets secrets() {
    return Secrets.open(directory.resolve("secrets.properties"), new SecureRandom());
  }
}
