package ai.rails.enclave.worker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.schema.StepCommand;

import static org.assertj.core.api.Assertions.assertThat;

/// Which commands are claimed, how many at a time, and when they are given back.
class LoopTest {
  @TempDir Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory, Map.of("worker.concurrency", "2"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void commandsOfOtherVersionsEnvironmentsAndTenantsAreNotClaimed() throws Exception {
    bench.commands.add(command("a", Triage.TENANT, "prod", Triage.DIGEST));
    bench.commands.add(command("b", Triage.TENANT, Triage.ENVIRONMENT, "sha256:other"));
    bench.commands.add(command("c", "tenant-2", Triage.ENVIRONMENT, Triage.DIGEST));

    bench.start();
    bench.complete("write.undo", Purpose.UNDO);

    assertThat(bench.server.requests("/steps/claim")).hasSize(1);
    Eventually.holds("all four are answered", () -> bench.commands.answered.size() == 4);
  }

  @Test
  void aCommandThatAnotherWorkerHasIsGivenBack() throws Exception {
    bench.start();

    bench.commands.add(command("a", Triage.TENANT, Triage.ENVIRONMENT, Triage.DIGEST));
    Eventually.holds("it is answered", () -> bench.commands.answered.contains(0L));

    assertThat(bench.server.requests("/steps/claim")).hasSize(1);
    assertThat(bench.world.effects).isEmpty();
  }

  @Test
  void aCommandIsAnsweredWhenItsClaimIsAndNotWhenItsStepIsDone() throws Exception {
    var release = new CountDownLatch(1);
    bench.world.reacts(order -> {
      release.await();
      return World.success("{}");
    });
    bench.start();

    bench.send("write.undo", 1, Purpose.UNDO);
    Eventually.holds("the claim is answered", () -> bench.commands.answered.contains(0L));

    assertThat(bench.run.isCompleted("write.undo")).isFalse();
    release.countDown();
    Eventually.holds("the step is completed", () -> bench.run.isCompleted("write.undo"));
  }

  @Test
  void aCommandWaitsUncommittedWhileTheControlPlaneIsAway() throws Exception {
    bench.start();
    bench.server.failuresAhead.set(4);

    bench.send("write.undo", 1, Purpose.UNDO);
    Eventually.holds("a claim failed", () -> bench.server.failuresAhead.get() < 3);
    boolean early = bench.commands.answered.contains(0L);
    Eventually.holds("the step is completed", () -> bench.run.isCompleted("write.undo"));

    assertThat(early).isFalse();
    assertThat(bench.server.requests("/steps/claim")).hasSize(5);
  }

  @Test
  void noMoreAttemptsRunAtATimeThanAreAllowed() throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var release = new CountDownLatch(1);
    bench.world.reacts(order -> {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      release.await();
      running.decrementAndGet();
      return World.success("{}");
    });
    bench.start();

    for (String step : new String[] {"write.undo", "approve.card", "write", "fetch"}) {
      bench.run.wrappedRunKey = Optional.of(Sealing.wrappedRunKey(bench.keys.workflowKey));
      bench.send(step, 1, step.endsWith(".card") ? Purpose.CARD : Purpose.PERFORM);
    }
    Eventually.holds("the stream is paused", () -> bench.commands.paused);
    release.countDown();
    Eventually.holds("the rest is taken", () -> bench.commands.answered.size() == 4);

    assertThat(most.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void aCommandThatIsDeliveredAgainWhileItIsDoneIsNotClaimedAgain() throws Exception {
    var release = new CountDownLatch(1);
    bench.world.reacts(order -> {
      release.await();
      return World.success("{}");
    });
    bench.start();

    StepCommand command = bench.send("write.undo", 1, Purpose.UNDO);
    Eventually.holds("the effect has begun", () -> bench.world.effects.size() == 1);
    bench.commands.add(command);
    Eventually.holds("the second is answered", () -> bench.commands.answered.contains(1L));
    release.countDown();
    Eventually.holds("the step is completed", () -> bench.run.isCompleted("write.undo"));

    assertThat(bench.server.requests("/steps/claim")).hasSize(1);
  }

  @Test
  void aWorkerThatMayClaimNothingStopsAndKeepsItsCommandsForOthers() throws Exception {
    bench.claimsForbidden = true;
    Worker worker = bench.worker();
    bench.send("write.undo", 1, Purpose.UNDO);

    boolean sound = worker.run();

    assertThat(sound).isFalse();
    assertThat(bench.commands.answered).isEmpty();
  }

  private static StepCommand command(String id, String tenant, String environment, String digest) {
    return new StepCommand(
        id, tenant, "workspace-1", environment, RunDesk.RUN, "fetch", 1, Purpose.PERFORM, digest);
  }
}
