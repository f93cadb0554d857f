package ai.rails.app.bench.policy;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.app.embedded.Unavailable;
import ai.rails.command.Receipt;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Actor;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.ticket.EgressTicket;

/// Tool attempts, as a worker makes them that will not take no for an answer: ask for the intent,
/// and go to the proxy with what came of it. Who got no ticket goes without, with a forged one, and
/// with one that was used before.
final class Attempts {
  /// Attempts at the same time.
  static final int AT_ONCE = 64;

  /// So long a run is asked about; its history is read at each attempt.
  private static final int PER_RUN = 32;

  private static final long LEASE_MILLIS = 30_000;

  private final GuardedCell cell;
  private final Way way;
  private final AtomicInteger number = new AtomicInteger();
  private final AtomicReference<String> used = new AtomicReference<>("");
  private final Ed25519Sign stranger;

  Attempts(GuardedCell cell) {
    this.cell = cell;
    this.way = cell.way();
    try {
      this.stranger = new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is not there", e);
    }
  }

  /// What became of a number of attempts.
  ///
  /// @param intents committed, each with tickets
  /// @param answers of policy: effect or reason, to how often
  /// @param proxy its answers to CONNECT, to how often
  record Done(int attempts, long intents, Map<String, Long> answers, Map<String, Long> proxy) {
    Done {
      answers = Map.copyOf(answers);
      proxy = Map.copyOf(proxy);
    }
  }

  /// Makes that many attempts, [#AT_ONCE] at a time.
  Done make(int count) {
    AtomicInteger left = new AtomicInteger(count);
    AtomicLong intents = new AtomicLong();
    Map<String, Long> answers = new ConcurrentHashMap<>();
    Map<String, Long> proxy = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_ONCE, count); i++) {
        int workspace = i % OneWrite.WORKSPACES;
        callers.add(
            threads.submit(() -> {
              Place at = start(workspace);
              while (left.getAndDecrement() > 0) {
                at = once(at, intents, answers, proxy);
              }
              return at;
            }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    } catch (ExecutionException e) {
      throw new Unavailable("an attempt could not be made: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
    return new Done(count, intents.get(), answers, proxy);
  }

  /// Where a caller stands.
  ///
  /// @param attempt the open one of the run's step
  private record Place(RunPlace run, int attempt) {}

  private Place start(int workspace) {
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
    return new Place(place, 1);
  }

  private Place once(
      Place at, AtomicLong intents, Map<String, Long> answers, Map<String, Long> proxy)
      throws IOException {
    Receipt receipt =
        dispatch(
            at.run(),
            new Actor(Actor.Kind.WORKER, "worker"),
            new IntendCall(
                OneWrite.TENANT,
                at.run().run(),
                OneWrite.STEP,
                at.attempt(),
                at.attempt(),
                OneWrite.call(at.run().run()),
                Money.zero("USD"),
                "",
                Optional.empty()));
    Decision decision = event(receipt, PolicyEvaluated.class).orElseThrow().decision();
    answers.merge(decision.unavailable().orElse(decision.effect().name()), 1L, Long::sum);
    Optional<ToolActionIntended> leave = event(receipt, ToolActionIntended.class);
    String ticket = leave.map(this::ticket).orElseGet(() -> without(at));
    int answer = way.out(ticket);
    proxy.merge(Integer.toString(answer), 1L, Long::sum);
    if (leave.isPresent()) {
      intents.incrementAndGet();
      used.set(ticket);
      return start(Math.floorMod(number.getAndIncrement(), OneWrite.WORKSPACES));
    }
    Optional<StepScheduled> next = event(receipt, StepScheduled.class);
    return next.isPresent() && next.get().attempt() <= PER_RUN
        ? new Place(at.run(), next.get().attempt())
        : start(Math.floorMod(number.getAndIncrement(), OneWrite.WORKSPACES));
  }

  private String ticket(ToolActionIntended call) {
    return cell.tickets()
        .issue(
            OneWrite.TENANT,
            call.callId(),
            call.epoch(),
            call.host(),
            call.port(),
            call.requests(),
            InstantSource.system().millis() + LEASE_MILLIS)
        .getFirst();
  }

  /// No ticket, one of a stranger's key, or a used one, in turn.
  private String without(Place at) {
    return switch (Math.floorMod(number.getAndIncrement(), 3)) {
      case 0 -> "";
      case 1 -> forged(at);
      default -> used.get();
    };
  }

  private String forged(Place at) {
    long now = InstantSource.system().millis();
    EgressTicket ticket =
        new EgressTicket(
            cell.ids().get().toString(),
            GuardedCell.PROXY_ID,
            OneWrite.TENANT,
            OneWrite.call(at.run().run()).callId(),
            at.attempt(),
            GuardedCell.SINK_HOST,
            443,
            1 << 16,
            1 << 16,
            now,
            now + 10_000,
            now + LEASE_MILLIS);
    try {
      return ticket.sign(stranger);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the stranger's key can not sign", e);
    }
  }

  private Receipt dispatch(RunPlace place, Actor actor, RunCommand command) {
    return cell.bus()
        .dispatch(
            place.context(actor, cell.ids().get().toString(), Optional.empty()),
            cell.runs(),
            command);
  }

  private static <T> Optional<T> event(Receipt receipt, Class<T> type) {
    return receipt.events().stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
