package ai.rails.enclave.worker;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.runner.CallEnvelope;
import ai.rails.enclave.runner.ResultEnvelope;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.ControlPlane.Nothing;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.keys.RunnerCard;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Await;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.HandOver;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;
import ai.rails.schema.worker.WorkerProtocol.Runner;

/// Lets a runner make a call: one call's parameters and credential, sealed to the key that the
/// runner's own certificate signed. The control plane carries what it can not open. Thread-safe.
final class ByRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ByRunner.class);

  /// As long as the call's tickets live.
  private static final Duration LIFE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ControlPlane controlPlane;
  private final List<X509Certificate> authorities;
  private final InstantSource clock;

  /// @param authorities who may name runners; with none no call is handed over
  ByRunner(ControlPlane controlPlane, List<X509Certificate> authorities, InstantSource clock) {
    this.controlPlane = controlPlane;
    this.authorities = List.copyOf(authorities);
    this.clock = clock;
  }

  /// Hands a call over and waits for what became of it, as long as the attempt is this worker's.
  ///
  /// @throws CallRefused with RUNNER_UNTRUSTED if the card is not that of a runner of the run's own
  ///   tenant, workspace and environment; nothing has left then
  /// @throws Abandoned if the attempt is no longer this worker's, or nobody says what became of it
  Result execute(Work work, Order order, Runner card) throws InterruptedException {
    Claimed claimed = work.claimed();
    var runner =
        new RunnerIdentity(
            claimed.tenant(), claimed.workspace(), claimed.environment(), card.runner());
    Attempt attempt = work.attempt();
    HpkeKeyPair answerKey;
    HandOver call;
    try {
      byte[] key = trusted(card, runner).hpkePublicKey();
      answerKey = HpkeKeyPair.generate();
      long notAfter = clock.millis() + LIFE.toMillis();
      byte[] sealed =
          CallEnvelope.of(order, answerKey.publicKey())
              .seal(key, runner, attempt.epoch(), notAfter);
      call =
          new HandOver(
              attempt,
              order.instance().instance(),
              notAfter,
              Base64.getEncoder().encodeToString(sealed));
    } catch (GeneralSecurityException e) {
      throw new CallRefused(
          "RUNNER_UNTRUSTED", "runner %s: %s".formatted(card.runner(), e.getMessage()));
    }
    Optional<Result> kept = handOver(work, order, call);
    return kept.isPresent() ? kept.get() : await(work, order, runner, answerKey);
  }

  /// @return empty if the call is where its runner finds it, else that it is not
  /// @throws Abandoned if nobody knows
  private Optional<Result> handOver(Work work, Order order, HandOver call)
      throws InterruptedException {
    try {
      Nothing _ = controlPlane.handOver(order.callId(), call, work.fence()).orAbandon();
      return Optional.empty();
    } catch (ControlPlaneRefused e) {
      LOG.error("call not handed over call={} reason={}", order.callId(), e.getMessage());
      if (!e.isFirst()) {
        throw new Abandoned("HANDOVER_UNKNOWN");
      }
      return Optional.of(Result.notSent("HANDOVER_REFUSED", true, order.recovering()));
    }
  }

  private RunnerCard.Verified trusted(Runner card, RunnerIdentity runner)
      throws GeneralSecurityException {
    RunnerCard.Verified verified =
        new RunnerCard(card.certificate(), card.hpkePublicKey(), card.signature())
            .verified(authorities, clock.instant());
    if (!verified.identity().equals(runner)) {
      throw new GeneralSecurityException("the card is of %s".formatted(verified.identity().uri()));
    }
    return verified;
  }

  private Result await(Work work, Order order, RunnerIdentity runner, HpkeKeyPair answerKey)
      throws InterruptedException {
    while (true) {
      HandedOver now = standing(work, order);
      if (now.sealed().isPresent()) {
        return opened(work, order, runner, answerKey, now.sealed().get());
      }
      if (now.state().equals("WITHDRAWN")) {
        // Nobody took it. Of an earlier attempt that says nothing.
        return Result.notSent("RUNNER_UNREACHABLE", true, order.recovering());
      }
      Thread.sleep(PAUSE);
    }
  }

  /// From the hand-over on the call may leave: who is not told of it says nothing, and it is
  /// recovered later.
  private HandedOver standing(Work work, Order order) throws InterruptedException {
    try {
      return controlPlane
          .handedOver(order.callId(), new Await(work.attempt()), work.fence())
          .orAbandon();
    } catch (ControlPlaneRefused e) {
      LOG.error("runner's answer not given call={} reason={}", order.callId(), e.getMessage());
      throw new Abandoned("RUNNER_ANSWER_REFUSED");
    }
  }

  /// What does not open was not sealed by who took the call; nobody knows what became of it.
  private static Result opened(
      Work work, Order order, RunnerIdentity runner, HpkeKeyPair answerKey, String sealed) {
    try {
      return ResultEnvelope.open(
          answerKey,
          Base64.getDecoder().decode(sealed),
          runner,
          order.callId(),
          work.attempt().epoch());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      LOG.error("a runner's answer does not open call={} runner={}", order.callId(), runner.uri());
      return Result.bare(Outcome.AMBIGUOUS, "RUNNER_ANSWER_INVALID", true);
    }
  }
}
