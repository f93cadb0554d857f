package ai.rails.enclave.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.CallId;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.GateView;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Route;

import static org.assertj.core.api.Assertions.assertThat;

/// Steps, from command to completion, over real mutual TLS and with real sealing.
class StepsTest {
  private static final String CANARY = "canary-6c1f0d7e";
  private static final String TICKET =
      "{\"category\":\"network\",\"text\":\"%s\",\"complete\":true,\"known\":true}"
          .formatted(CANARY);

  @TempDir Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory);
    bench.world.reacts(order -> World.success(TICKET));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void aToolStepIsIntendedExecutedAndCompleted() throws Exception {
    bench.start();

    bench.complete("fetch", Purpose.PERFORM);

    Order order = bench.world.effects.getFirst();
    assertThat(order.call().params()).isEqualTo(World.json("{\"number\":\"INC0010001\"}"));
    assertThat(order.credential()).isEqualTo(Map.of("token", "secret-of-sn-prod"));
    assertThat(order.tickets()).containsExactly("ticket-1");
    assertThat(order.recovering()).isFalse();
    Intent intent = bench.run.intents.getFirst();
    assertThat(intent.call().callId())
        .isEqualTo(CallId.of(Triage.TENANT, RunDesk.RUN, "fetch", 0, 1));
    assertThat(intent.call().callDigest()).isEqualTo(order.call().digest());
    assertThat(intent.call().parameters()).isEqualTo(Map.of("number", "INC0010001"));
    assertThat(bench.run.disclosed.get("fetch")).isEqualTo(Map.of("category", "network"));
    assertThat(World.json(bench.open("fetch/output/1"))).isEqualTo(World.json(TICKET));
    assertThat(World.json(bench.open("fetch/evidence/1/response"))).isEqualTo(World.json(TICKET));
  }

  @Test
  void noContentIsInTheClearInAnyRequest() throws Exception {
    bench.start();

    bench.complete("fetch", Purpose.PERFORM);
    bench.complete("check", Purpose.PERFORM);
    bench.complete("write", Purpose.PERFORM);
    bench.complete("prove", Purpose.PERFORM);

    assertThat(bench.open("write/call/1")).contains(CANARY);
    assertThat(bench.server.seen)
        .allSatisfy(request ->
            assertThat(request.body()).doesNotContain(CANARY).doesNotContain("secret-of"));
  }

  @Test
  void aCallThatWasIntendedBeforeACrashIsSentAgainByteForByte() throws Exception {
    bench.start();
    bench.world.reacts(order -> {
      throw new IllegalStateException("the process dies here");
    });
    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the first attempt reached the gateway", () -> effects() == 1);
    bench.world.reacts(order -> World.success(TICKET));

    bench.send("fetch", 2, Purpose.RECOVER);
    Eventually.holds("the step is completed", () -> bench.run.isCompleted("fetch"));

    Order first = bench.world.effects.getFirst();
    Order second = bench.world.effects.getLast();
    assertThat(second.call().bytes()).isEqualTo(first.call().bytes());
    assertThat(second.recovering()).isTrue();
    assertThat(second.sinceIntentMillis()).isNotNegative();
    assertThat(bench.run.intents.getLast().sealed()).isEmpty();
  }

  @Test
  void whatIsRefusedWhileNobodyKnowsOfAnEarlierEffectDoesNotEndTheStep() throws Exception {
    bench.start();
    bench.world.reacts(order -> {
      throw new IllegalStateException("the process dies here");
    });
    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the first attempt left", () -> bench.world.effects.size() == 1);
    bench.world.revoked = true;

    bench.send("fetch", 2, Purpose.RECOVER);
    Eventually.holds("the second attempt failed", () -> bench.run.hasFailed("fetch"));

    Fail failed = bench.run.failures.getFirst();
    assertThat(failed.code()).isEqualTo("CONNECTOR_REVOKED");
    assertThat(failed.retryable()).as("a person looks in the end").isTrue();
    assertThat(bench.run.outcomes).isEmpty();
  }

  @Test
  void whatIsRefusedBeforeAnythingLeftEndsTheStep() throws Exception {
    bench.start();
    bench.world.revoked = true;

    bench.fail("fetch", Purpose.PERFORM);

    assertThat(bench.run.failures.getFirst().retryable()).isFalse();
  }

  @Test
  void aStepWhoseOutcomeWasRecordedIsCompletedWithoutAnotherEffect() throws Exception {
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);
    bench.run.disclosed.clear();

    bench.send("fetch", 2, Purpose.PERFORM);
    Eventually.holds("the step is completed again", () -> bench.run.isCompleted("fetch"));

    assertThat(bench.world.effects).hasSize(1);
    assertThat(World.json(bench.open("fetch/output/2"))).isEqualTo(World.json(TICKET));
  }

  @Test
  void aModelIsAskedWherePolicyRoutesItWithThatInstancesCredential() throws Exception {
    bench.run.effect = "ROUTE";
    bench.run.route = Optional.of(new Route("azure", Triage.MODEL, "eu"));
    bench.start();

    bench.complete("sort", Purpose.PERFORM);

    assertThat(bench.world.effects).hasSize(1);
    Order order = bench.world.effects.getFirst();
    assertThat(order.pin().connector()).isEqualTo("azure");
    assertThat(order.instance().instance()).isEqualTo(Triage.EU);
    assertThat(order.credential()).isEqualTo(Map.of("token", "secret-of-" + Triage.EU));
    assertThat(bench.run.intents)
        .extracting(intent -> intent.call().connector())
        .containsExactly("openai", "azure");
    assertThat(bench.run.intents.getLast().call().callDigest()).isEqualTo(order.call().digest());
  }

  @Test
  void aRouteToWhatTheWorkflowDoesNotNameEndsTheStepAndNothingLeaves() throws Exception {
    bench.run.effect = "ROUTE";
    bench.run.route = Optional.of(new Route("azure", Triage.MODEL, "us"));
    bench.start();

    bench.fail("sort", Purpose.PERFORM);

    assertThat(bench.run.failures.getFirst().code()).isEqualTo("ROUTE_UNAVAILABLE");
    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void aGateFreezesTheGuardedCallAndThatCallIsWhatRuns() throws Exception {
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);

    bench.send("approve", 1, Purpose.PROPOSE);
    Eventually.holds("approval is asked for", () -> !bench.run.proposals.isEmpty());
    bench.complete("write", Purpose.PERFORM);

    Propose proposal = bench.run.proposals.getFirst();
    assertThat(proposal.gate()).isEqualTo("approve");
    assertThat(proposal.call().forStep()).isEqualTo("write");
    assertThat(proposal.display()).isEqualTo(Map.of("Category", "network", "Number", "INC0010001"));
    assertThat(bench.world.effects.getLast().call().digest())
        .isEqualTo(proposal.call().callDigest());
    assertThat(bench.run.intents.getLast().sealed()).isEmpty();
  }

  @Test
  void aCardShowsDisclosedFieldsAndRevealedTextOfTheCallToBeApproved() throws Exception {
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);
    bench.send("approve", 1, Purpose.PROPOSE);
    Eventually.holds("approval is asked for", () -> !bench.run.proposals.isEmpty());
    String digest = bench.run.proposals.getFirst().call().callDigest();
    bench.run.gate = Optional.of(gate(digest));

    bench.complete("approve.card", Purpose.CARD);

    assertThat(bench.world.effects.getLast().call().params().path("text").asText())
        .isEqualTo("network About: %s %s service-desk".formatted(CANARY, digest));
    assertThat(bench.world.effects.getLast().instance().instance()).isEqualTo(Triage.CHAT);
  }

  @Test
  void aCardOfACallThatIsNotTheFrozenOneIsRefused() throws Exception {
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);
    bench.send("approve", 1, Purpose.PROPOSE);
    Eventually.holds("approval is asked for", () -> !bench.run.proposals.isEmpty());
    bench.run.gate = Optional.of(gate("sha256:" + "0".repeat(64)));

    assertThat(failure("approve.card", Purpose.CARD).code()).isEqualTo("FROZEN_CALL_DIFFERS");

    assertThat(bench.world.effects).hasSize(1);
  }

  @Test
  void aFieldOutsideItsEnumerationIsNotDisclosed() throws Exception {
    bench.start();
    bench.world.reacts(order -> World.success("{\"category\":\"%s\"}".formatted(CANARY)));

    Fail failure = failure("fetch", Purpose.PERFORM);

    assertThat(failure.code()).isEqualTo("DISCLOSURE_REFUSED");
    assertThat(failure.retryable()).isFalse();
    assertThat(bench.run.outcomes).hasSize(1);
  }

  @Test
  void theFirstRuleThatDoesNotHoldFailsAGuard() throws Exception {
    bench.start();
    bench.world.reacts(
        order -> World.success("{\"category\":\"email\",\"complete\":true,\"known\":false}"));
    bench.complete("fetch", Purpose.PERFORM);

    assertThat(failure("check", Purpose.PERFORM).code()).isEqualTo("UNKNOWN");
  }

  @Test
  void aProofNamesWhatTheRunLeft() throws Exception {
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);

    bench.complete("prove", Purpose.PERFORM);

    assertThat(World.json(bench.open("prove/output/1")).at("/fetch/ref").asText())
        .isEqualTo("fetch/output/1");
    assertThat(World.json(bench.open("prove/output/1")).at("/fetch/ciphertextSha256").asText())
        .hasSize(64);
  }

  @Test
  void anUndoMakesTheCompensatingCall() throws Exception {
    bench.start();

    bench.complete("write.undo", Purpose.UNDO);

    assertThat(bench.run.intents.getFirst().call().forStep()).isEqualTo("write.undo");
    assertThat(bench.world.effects.getFirst().call().params())
        .isEqualTo(World.json("{\"number\":\"INC0010001\"}"));
  }

  @Test
  void nothingLeavesAndNothingMoreIsSaidWhenPolicyHoldsACallBack() throws Exception {
    for (String effect :
        List.of("REQUIRE_HITL", "REQUIRE_STEP_UP", "THROTTLE", "DENY", "SOMETHING_NEW")) {
      bench.run.effect = effect;
      int before = bench.run.intents.size();
      if (before == 0) {
        bench.start();
      }
      bench.send("fetch", before + 1, Purpose.PERFORM);
      Eventually.holds("intent under " + effect, () -> bench.run.intents.size() == before + 1);
    }

    bench.run.effect = "ALLOW";
    bench.complete("write.undo", Purpose.UNDO);
    assertThat(bench.world.effects).hasSize(1);
    assertThat(bench.run.failures).isEmpty();
    assertThat(bench.server.requests("/outcome")).hasSize(1);
  }

  @Test
  void anAmbiguousOutcomeIsReportedAndTheStepIsNotCompleted() throws Exception {
    bench.start();
    bench.world.reacts(
        order -> World.result(Outcome.AMBIGUOUS, "TIMEOUT", Optional.empty(), "no answer"));

    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the outcome is reported", () -> bench.run.outcomes.size() == 1);

    ReportOutcome outcome = bench.run.outcomes.getFirst();
    assertThat(outcome.outcome()).isEqualTo("AMBIGUOUS");
    assertThat(outcome.code()).isEqualTo("TIMEOUT");
    assertThat(outcome.vendorRef()).isEqualTo("vendor-7");
    bench.world.reacts(order -> World.success("{}"));
    bench.complete("write.undo", Purpose.UNDO);
    assertThat(bench.run.isCompleted("fetch")).isFalse();
  }

  @Test
  void aLostLeaseEndsTheCallThatIsUnderWayAndNoOutcomeIsPosted() throws Exception {
    bench.run.lease = Duration.ofMillis(400);
    bench.run.renewing = false;
    var interrupted = new CountDownLatch(1);
    bench.world.reacts(order -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
      return World.success(TICKET);
    });
    bench.start();

    bench.send("fetch", 1, Purpose.PERFORM);
    interrupted.await();

    bench.run.lease = Duration.ofSeconds(30);
    bench.world.reacts(order -> World.success(TICKET));
    bench.complete("write.undo", Purpose.UNDO);
    assertThat(bench.server.requests("/leases/renew")).isNotEmpty();
    assertThat(bench.run.outcomes).hasSize(1);
    assertThat(bench.run.isCompleted("fetch")).isFalse();
    assertThat(bench.run.failures).isEmpty();
  }

  @Test
  void aLeaseIsRenewedWhileAStepWorks() throws Exception {
    bench.run.lease = Duration.ofMillis(600);
    bench.world.reacts(order -> {
      Eventually.holds(
          "the lease is renewed", () -> bench.server.requests("/leases/renew").size() >= 3);
      return World.success(TICKET);
    });
    bench.start();

    bench.complete("fetch", Purpose.PERFORM);

    assertThat(bench.run.outcomes).hasSize(1);
  }

  @Test
  void aRunKeyThatAnotherWorkerMadeIsTakenOver() throws Exception {
    bench.run.otherWorkerMakesKey = true;
    bench.start();

    bench.complete("fetch", Purpose.PERFORM);

    assertThat(bench.server.requests("/steps/claim")).hasSize(2);
    assertThat(World.json(bench.open("fetch/output/1"))).isEqualTo(World.json(TICKET));
  }

  @Test
  void contentOfAnotherPlaceDoesNotOpen() throws Exception {
    bench.start();
    bench.complete("fetch", Purpose.PERFORM);
    bench.run.contents.put("fetch/output/1", bench.run.contents.get("fetch/evidence/1/response"));

    assertThat(failure("check", Purpose.PERFORM).code()).isEqualTo("CONTENT_NOT_OPENED");
  }

  @Test
  void theTraceOfTheRunGoesOnInEveryRequestOfTheAttempt() throws Exception {
    bench.start();

    bench.complete("fetch", Purpose.PERFORM);

    assertThat(bench.server.requests("/intent").getFirst().traceparent().orElseThrow())
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-");
  }

  private GateView gate(String digest) {
    return new GateView(
        "approve", "write", digest, List.of("tool.gated"), Map.of(), 1L, "approver", 1);
  }

  private Fail failure(String step, Purpose purpose) {
    bench.fail(step, purpose);
    return bench.run.failures.getLast();
  }

  private int effects() {
    return bench.world.effects.size();
  }
}
