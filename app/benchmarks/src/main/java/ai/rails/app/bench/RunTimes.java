package ai.rails.app.bench;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import ai.rails.app.embedded.Unavailable;
import ai.rails.domain.Event;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.schema.Recorded;

/// One governed run by the times of its events, in milliseconds of the database's clock. Written by
/// the thread that follows the store; the run's caller reads what the futures have published.
final class RunTimes {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String run;
  private final CompletableFuture<HumanGateRequested> gate = new CompletableFuture<>();
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private volatile String last = "none";
  private volatile long triggered;
  private volatile long asked;
  private volatile long decided;
  private volatile long written;

  RunTimes(String run) {
    this.run = run;
  }

  /// @param at when the webhook was sent, by this machine's clock
  void triggered(long at) {
    triggered = at;
  }

  void saw(Recorded recorded, long at) {
    last = last(recorded.event());
    switch (recorded.event()) {
      case HumanGateRequested requested -> {
        asked = at;
        gate.complete(requested);
      }
      case HumanGateDecisioned decision when decision.closes() -> decided = at;
      case ToolActionExecuted executed when gated(executed) -> written = at;
      case RunCompleted _ -> end.complete(true);
      case RunFailed failed ->
          fail("failed in step %s: %s".formatted(failed.step(), failed.code()));
      case RunCancelled cancelled -> fail("was cancelled: " + cancelled.reason());
      case StepFailed failed when failed.dead() ->
          fail("stopped in step %s: %s".formatted(failed.step(), failed.code()));
      default -> {} // of other events only the count matters
    }
  }

  HumanGateRequested awaitGate() {
    return await(gate, "ask for approval");
  }

  void awaitEnd() {
    await(end, "complete");
  }

  /// Trigger to accepted write-back, less the human's time.
  Duration overhead() {
    return Duration.ofMillis(written - triggered - (decided - asked));
  }

  /// For the message about a run that stands still: what is due, or what happened.
  private static String last(Event event) {
    return event instanceof StepScheduled due
        ? "STEP_SCHEDULED %s %d %s %s"
            .formatted(due.step(), due.attempt(), due.purpose(), due.reason())
        : event.entryType().name();
  }

  private boolean gated(ToolActionExecuted executed) {
    return gate.isDone()
        && !gate.isCompletedExceptionally()
        && executed.callId().equals(gate.join().callId());
  }

  private void fail(String how) {
    Unavailable failure = new Unavailable("run " + run + " " + how);
    gate.completeExceptionally(failure);
    end.completeExceptionally(failure);
  }

  private <T> T await(CompletableFuture<T> future, String what) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new Unavailable(String.valueOf(e.getMessage()), e);
    } catch (TimeoutException e) {
      throw new Unavailable(
          "run %s did not %s within %d s; its last event is %s"
              .formatted(run, what, PATIENCE.toSeconds(), last),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for run " + run, e);
    }
  }
}
