package ai.rails.command.worker;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.Soon;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.command.access.AccessEntity;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.connector.ConnectorInstanceEntity;
import ai.rails.command.flow.Pace;
import ai.rails.command.reveal.RevealCommands;
import ai.rails.command.reveal.Reveals;
import ai.rails.command.run.Actions;
import ai.rails.command.run.PolicyCheck;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunPlace;
import ai.rails.command.run.RunRows;
import ai.rails.command.run.TimerRows;
import ai.rails.command.run.Timers;
import ai.rails.domain.Actor;
import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.access.AccessCommand;
import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.domain.connector.ConnectorInstanceCommand.CreateConnectorInstance;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.run.RunRules;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;

/// The write side over a real store, for one workflow.
final class Rig implements AutoCloseable {
  static final WorkerIdentity WORKER = new WorkerIdentity("t1", "worker-1", Triage.DIGEST, "dev");
  private static final AtomicInteger RUNS = new AtomicInteger();

  final TestStore store;
  final FakePolicy policy = new FakePolicy();
  final CommandBus bus;
  final Entity<RunCommand, Run, RunEvent> runs;
  final Ed25519Sign.KeyPair ticketKey;
  final Reveals reveals;
  KeyHolders holders = (_, _, _) -> true;
  final TestIds ids = new TestIds();
  private final BudgetCounters budget;
  private final AxonCommandBus engine;
  private final Semaphore wake = new Semaphore(0);
  private final WorkerApi api;
  private final Timers timers;
  private final StepCommandCodec codec = new StepCommandCodec();

  Rig(TestStore store, Workflow workflow) {
    this(store, workflow, new Money("USD", 10_000_000_000L));
  }

  Rig(TestStore store, Workflow workflow, Money monthly) {
    this.store = store;
    InstantSource clock = InstantSource.system();
    Artifacts artifacts = (_, _) -> workflow;
    this.budget = new BudgetCounters(monthly);
    var rules = new RunRules(artifacts, (_, _, _) -> true);
    this.runs =
        RunEntity.of(
            rules,
            new PolicyCheck(store.app(), artifacts, Rig::facts, budget, policy, "c1", clock));
    this.engine =
        AxonCommandBus.start(
            store.app(),
            List.of(runs, AccessEntity.TYPE, ConnectorInstanceEntity.TYPE),
            Map.of(
                RunEntity.STREAM_TYPE,
                List.of(new RunRows(artifacts, budget, new TimerRows(ids), ids)),
                AccessEntity.TYPE.streamType(),
                List.of(new RevealCommands())),
            Set.of("Tenant"),
            clock,
            ids);
    this.bus = new CommandBus(engine, wake::release, new Random(1));
    this.ticketKey = keyPair();
    var tickets = new Tickets(signer(), "proxy-1", 1 << 20, 1 << 20, ids, clock);
    this.reveals = new Reveals(store.app(), bus, runs, artifacts, policy, "c1", clock);
    this.api =
        new WorkerApi(
            store.app(),
            bus,
            runs,
            artifacts,
            reveals,
            tickets,
            this::noteAccess,
            (connection, worker, work) -> holders.holdsKeys(connection, worker, work),
            Duration.ofSeconds(30),
            ids,
            clock);
    this.timers = timers();
    store.execute(
        """
        INSERT INTO connector_instance (tenant, instance, workspace, connector, connector_digest,
          host, port, settings, ingest_public, ingest_wrapped)
        VALUES ('t1', 'snow-dev', 'w1', 'servicenow', ?, 'snow.test', 443, '{}', '\\x00', '\\x00')
        ON CONFLICT DO NOTHING\
        """,
        Triage.CONNECTOR);
  }

  /// Makes the instance known to the ledger too.
  void created(String instance) {
    var create =
        new CreateConnectorInstance(
            "t1",
            instance,
            "servicenow",
            Triage.CONNECTOR,
            "snow.test",
            443,
            "0".repeat(64),
            Optional.empty());
    bus.dispatch(
        place("none").context(person("admin"), "create", Optional.empty()),
        ConnectorInstanceEntity.TYPE,
        create);
  }

  Timers timers() {
    return new Timers(store.app(), bus, runs, ids, wake);
  }

  /// With the clock running.
  Rig ticking() {
    timers.start();
    return this;
  }

  TestWorker worker() {
    return worker(WORKER);
  }

  TestWorker worker(WorkerIdentity identity) {
    return new TestWorker(api, identity);
  }

  /// Starts a run.
  String start() {
    String run = "run-%d".formatted(RUNS.incrementAndGet());
    var start =
        new StartRun(
            "t1",
            run,
            "triage",
            "1.0.0",
            Triage.DIGEST,
            "dev",
            "manual",
            "",
            "requester",
            Map.of("incident", "INC001"),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    bus.dispatch(place(run).context(person("requester"), "start", Optional.empty()), runs, start);
    return run;
  }

  Receipt order(RunCommand command) {
    CommandContext context =
        place(command.run()).context(person("operator"), "order", Optional.empty());
    return bus.dispatch(context, runs, command);
  }

  Receipt decide(String run, Verdict verdict) {
    String digest = state(run).gate("ask").orElseThrow().request().callDigest();
    return order(
        new DecideGate(
            "t1",
            run,
            "ask",
            verdict,
            "ann",
            List.of("approver"),
            "API",
            digest,
            Optional.empty()));
  }

  /// Sets a month's cap, as the command does in its transaction.
  void raise(Scope scope, Unit unit, long limit) {
    store.everything(c -> {
      budget.set(c, "t1", scope, Period.MONTH, unit, Optional.of(limit), Instant.now());
      return scope;
    });
  }

  Run state(String run) {
    return bus.load("t1", runs, run);
  }

  List<EntryType> entries(String run) {
    return history(run).stream().map(Event::entryType).toList();
  }

  List<Event> history(String run) {
    return bus.history("t1", RunEntity.STREAM_TYPE, run).stream()
        .<Event>map(Recorded::event)
        .toList();
  }

  /// The step command of an attempt, once it is out.
  StepCommand command(String run, String step, int attempt) {
    Soon.until(
        "step command %s %d".formatted(step, attempt), () -> find(run, step, attempt).size() == 1);
    return find(run, step, attempt).getFirst();
  }

  List<StepCommand> find(String run, String step, int attempt) {
    return store
        .everything(c ->
            Sql.all(
                c,
                "SELECT payload FROM step_command WHERE tenant = 't1' AND run = ?",
                row -> codec.decode(row.getBytes(1)),
                run))
        .stream()
        .filter(command -> command.step().equals(step) && command.attempt() == attempt)
        .toList();
  }

  /// Lets every lease of a run end now.
  void endLeases(String run) {
    store.execute(
        "UPDATE step_task SET lease_until = clock_timestamp() - interval '1 s' WHERE run = ?", run);
    store.execute(
        "UPDATE timer SET due_at = clock_timestamp() WHERE run = ? AND kind = 'LEASE'", run);
  }

  long timersOf(String run) {
    return store.number("SELECT count(*) FROM timer WHERE run = ?", run);
  }

  long openTasks(String run) {
    return store.number("SELECT count(*) FROM step_task WHERE run = ? AND open", run);
  }

  @Override
  public void close() {
    timers.close();
    engine.close();
  }

  private void noteAccess(
      String tenant, String principal, String route, String resource, String code) {
    var note =
        new AccessCommand.NoteRefusal(
            tenant, "_tenant/2026-03-02T12", principal, route, resource, code);
    CommandContext context =
        new CommandContext(
            tenant,
            "_tenant",
            Optional.empty(),
            new Actor(Actor.Kind.WORKER, principal),
            "access",
            "access",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    bus.dispatch(context, AccessEntity.TYPE, note);
  }

  private static Optional<Actions.Facts> facts(String digest, String action) {
    return Optional.ofNullable(
        switch (action) {
          case "get-incident" -> new Actions.Facts("R0", false, IdempotencyClass.U);
          case "complete" -> new Actions.Facts("R1", false, IdempotencyClass.M);
          case "think" ->
              new Actions.Facts(
                  "R0",
                  false,
                  IdempotencyClass.M,
                  Pace.FREE,
                  Duration.ofSeconds(10),
                  true,
                  List.of());
          case "update-incident" -> new Actions.Facts("R2", true, IdempotencyClass.U);
          case "post-card" -> new Actions.Facts("R1", true, IdempotencyClass.Q);
          case "page" -> new Actions.Facts("R1", true, IdempotencyClass.N);
          default -> null;
        });
  }

  private static RunPlace place(String run) {
    return new RunPlace("t1", run, "w1", "dev", "triage", Triage.DIGEST);
  }

  private static Actor person(String id) {
    return new Actor(Actor.Kind.USER, id);
  }

  private static Ed25519Sign.KeyPair keyPair() {
    try {
      return Ed25519Sign.KeyPair.newKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Ed25519Sign signer() {
    try {
      return new Ed25519Sign(ticketKey.getPrivateKey());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
