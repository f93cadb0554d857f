package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.List;

import ai.rails.schema.StepCommand;

/// A stream of step commands, delivered at least once. Used by one thread.
interface StepCommands extends AutoCloseable {
  /// A command and where it was read.
  record Received(int partition, long offset, StepCommand command) {}

  /// Waits for commands.
  ///
  /// @param wait longest time to wait
  List<Received> poll(Duration wait);

  /// While paused, [#poll] gives nothing but keeps this consumer's place in its group.
  void pause(boolean paused);

  /// Whether this consumer still owns what it read; after a rebalance another one gets it again.
  boolean owns(Received received);

  /// Says that a command's claim has been answered; it need not be delivered again. Commands may be
  /// answered in any order.
  void answered(Received received);

  @Override
  void close();
}
