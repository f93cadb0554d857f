package ai.rails.command;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.domain.Actor;

/// For whom, by whom and why a command is given; it becomes the header of the command's events.
///
/// @param environment of the run or worker
/// @param commandId becomes the events' causation
/// @param correlationId shared by all commands of one trigger
/// @param traceparent W3C trace context
/// @param run the run that the events belong to
/// @param workflow the workflow that the events belong to
/// @param parts written in the command's transaction, in this order
public record CommandContext(
    String tenant,
    String workspace,
    Optional<String> environment,
    Actor actor,
    String commandId,
    String correlationId,
    Optional<String> traceparent,
    Optional<String> run,
    Optional<String> workflow,
    List<TransactionPart> parts) {
  public CommandContext {
    parts = List.copyOf(parts);
  }

  /// This context with one more part, which is written last.
  public CommandContext with(TransactionPart part) {
    return new CommandContext(
        tenant,
        workspace,
        environment,
        actor,
        commandId,
        correlationId,
        traceparent,
        run,
        workflow,
        Stream.concat(parts.stream(), Stream.of(part)).toList());
  }
}
