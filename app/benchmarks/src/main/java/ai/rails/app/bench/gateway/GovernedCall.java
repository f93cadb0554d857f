package ai.rails.app.bench.gateway;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import ai.rails.app.bench.policy.GuardedCell;
import ai.rails.app.bench.policy.OneWrite;
import ai.rails.app.embedded.Unavailable;
import ai.rails.command.Receipt;
import ai.rails.command.run.RunPlace;
import ai.rails.connector.Connector;
import ai.rails.domain.Actor;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.RecordOutcome;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.content.FrozenCall.Target;
import ai.rails.enclave.gateway.Gateway;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// One governed call from its intent to its outcome, on the real parts. Thread-safe.
final class GovernedCall {
  private static final long LEASE_MILLIS = 120_000;
  private static final String ACTION = "k";

  private final GuardedCell cell;
  private final Gateway gateway;
  private final Connector connector;
  private final String token;
  private final AtomicLong decideNanos;
  private final SecureRandom random = new SecureRandom();

  /// @param decideNanos where the time of the last decision is kept
  GovernedCall(
      GuardedCell cell,
      Gateway gateway,
      Connector connector,
      String token,
      AtomicLong decideNanos) {
    this.cell = cell;
    this.gateway = gateway;
    this.connector = connector;
    this.token = token;
    this.decideNanos = decideNanos;
  }

  /// How long each part took.
  ///
  /// @param decide the question to policy
  /// @param intent the command with decision, intent and reservation in one transaction, less
  ///   `decide`
  /// @param ticket signing it
  /// @param send the gateway: checks, tunnel, TLS, request, answer, redaction
  /// @param outcome the command that records it
  record Parts(Duration decide, Duration intent, Duration ticket, Duration send, Duration outcome) {
    Duration total() {
      return decide.plus(intent).plus(ticket).plus(send).plus(outcome);
    }
  }

  /// A run that waits for its one write.
  RunPlace run(int workspace) {
    String run = cell.ids().get().toString();
    RunPlace place =
        new RunPlace(
            OneWrite.TENANT,
            run,
            OneWrite.WORKSPACE + workspace,
            OneWrite.ENVIRONMENT,
            OneWrite.WORKFLOW.id(),
            OneWrite.ARTIFACT);
    Receipt _ = dispatch(place, new Actor(Actor.Kind.USER, "requester"), OneWrite.start(run));
    return place;
  }

  /// @throws Unavailable if policy did not allow it or it did not succeed
  Parts make(RunPlace run, String item) throws InterruptedException {
    long began = System.nanoTime();
    ToolActionIntended leave = intend(run);
    long decide = decideNanos.get();
    long intended = System.nanoTime();
    List<String> tickets = tickets(leave, 1);
    long signed = System.nanoTime();
    Result result = gateway.execute(order(run, leave, item, tickets));
    long sent = System.nanoTime();
    if (result.outcome() != Outcome.SUCCESS) {
      throw new Unavailable("a call ended with " + result.code());
    }
    Receipt _ = dispatch(run, worker(), outcome(run, leave, result));
    long recorded = System.nanoTime();
    return new Parts(
        Duration.ofNanos(decide),
        Duration.ofNanos(Math.max(0, intended - began - decide)),
        Duration.ofNanos(signed - intended),
        Duration.ofNanos(sent - signed),
        Duration.ofNanos(recorded - sent));
  }

  /// How long the proxy takes for a ticket and a tunnel, and nothing else.
  Duration tunnel(RunPlace run) throws IOException {
    String ticket =
        cell.tickets()
            .issue(
                OneWrite.TENANT,
                OneWrite.call(run.run()).callId(),
                2,
                GuardedCell.SINK_HOST,
                443,
                1,
                InstantSource.system().millis() + LEASE_MILLIS)
            .getFirst();
    long began = System.nanoTime();
    int answer = cell.way().tunnel(ticket);
    if (answer != 200) {
      throw new Unavailable("the proxy refused a ticket with " + answer);
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /// Sends a call that was never intended, to fill the gateway.
  Result send(String item) throws InterruptedException {
    String run = cell.ids().get().toString();
    String call = OneWrite.call(run).callId();
    List<String> tickets =
        cell.tickets()
            .issue(
                OneWrite.TENANT,
                call,
                1,
                GuardedCell.SINK_HOST,
                443,
                1,
                InstantSource.system().millis() + LEASE_MILLIS);
    return gateway.execute(order(run, call, item, tickets));
  }

  private ToolActionIntended intend(RunPlace run) {
    Receipt receipt =
        dispatch(
            run,
            worker(),
            new IntendCall(
                OneWrite.TENANT,
                run.run(),
                OneWrite.STEP,
                1,
                1,
                OneWrite.call(run.run()),
                Money.zero("USD"),
                "",
                Optional.empty()));
    return receipt.events().stream()
        .filter(ToolActionIntended.class::isInstance)
        .map(ToolActionIntended.class::cast)
        .findFirst()
        .orElseThrow(() -> new Unavailable("policy held a call back: " + receipt.events()));
  }

  private List<String> tickets(ToolActionIntended leave, int count) {
    return cell.tickets()
        .issue(
            OneWrite.TENANT,
            leave.callId(),
            leave.epoch(),
            leave.host(),
            leave.port(),
            count,
            InstantSource.system().millis() + LEASE_MILLIS);
  }

  private Order order(RunPlace run, ToolActionIntended leave, String item, List<String> tickets) {
    return order(run.run(), leave.callId(), item, tickets);
  }

  private Order order(String run, String call, String item, List<String> tickets) {
    Target target =
        new Target(
            connector.name(), ACTION, connector.digest(), "sink-bench", GuardedCell.SINK_HOST);
    return new Order(
        FrozenCall.freeze(target, JsonNodeFactory.instance.objectNode().put("item", item), random),
        run,
        OneWrite.STEP,
        1,
        call,
        run,
        new ConnectorPin(
            connector.name(), "1.0.0", connector.digest(), "sink-bench", Optional.empty()),
        new Instance(
            "sink-bench",
            connector.name(),
            connector.digest(),
            GuardedCell.SINK_HOST,
            443,
            Map.of(),
            Optional.empty()),
        Map.of("token", token),
        tickets,
        _ -> List.of(),
        Optional.empty(),
        false,
        0);
  }

  private static RecordOutcome outcome(RunPlace run, ToolActionIntended leave, Result result) {
    return new RecordOutcome(
        OneWrite.TENANT,
        run.run(),
        OneWrite.STEP,
        1,
        leave.epoch(),
        leave.callId(),
        result.outcome(),
        result.code(),
        false,
        Optional.empty(),
        result.httpStatus(),
        result.vendorRef(),
        result.requests(),
        result.verified(),
        result.adopted(),
        Optional.empty(),
        Map.of());
  }

  private static Actor worker() {
    return new Actor(Actor.Kind.WORKER, "worker");
  }

  private Receipt dispatch(RunPlace place, Actor actor, RunCommand command) {
    return cell.bus()
        .dispatch(
            place.context(actor, cell.ids().get().toString(), Optional.empty()),
            cell.runs(),
            command);
  }
}
