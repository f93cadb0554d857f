package ai.rails.command.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Limits;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;

/// Turns a principal's request into a command's context and the receipt into an answer.
public final class Writes {
  private final CommandBus bus;
  private final Idempotency idempotency;
  private final Supplier<UUID> ids;

  /// @param ids gives UUIDs of version 7
  public Writes(CommandBus bus, Idempotency idempotency, Supplier<UUID> ids) {
    this.bus = bus;
    this.idempotency = idempotency;
    this.ids = ids;
  }

  public CommandBus bus() {
    return bus;
  }

  /// A new id.
  public String newId() {
    return ids.get().toString();
  }

  /// The context of a command that the request's principal gives in his own tenant.
  public CommandContext context(Request request, String workspace) {
    return context(request, request.principal().tenant(), workspace);
  }

  /// The context of a command about `tenant`, for routes that are not bound to the principal's own.
  public CommandContext context(Request request, String tenant, String workspace) {
    String command = newId();
    return new CommandContext(
        tenant,
        workspace,
        Optional.empty(),
        actor(request.principal()),
        command,
        request.header("X-Correlation-Id").map(Writes::correlation).orElse(command),
        Optional.of(request.traceparent()),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /// Gives a command once for each `Idempotency-Key`.
  public <C, S, E extends Event> Answer once(
      Request request, CommandContext context, Draft draft, Entity<C, S, E> entity, C command) {
    return idempotency.once(
        request,
        context.tenant(),
        context.workspace(),
        draft,
        part -> bus.dispatch(context.with(part), entity, command));
  }

  /// Does something else than one command once for each `Idempotency-Key`.
  ///
  /// @param workspace of the principal's tenant, whose position the answer shows
  /// @param give does it in a transaction into which it writes the given part
  public Answer once(
      Request request, String workspace, Draft draft, Function<TransactionPart, Receipt> give) {
    return idempotency.once(request, request.principal().tenant(), workspace, draft, give);
  }

  /// Does something that takes several transactions, once for each `Idempotency-Key`.
  ///
  /// @param work does it, harmless when done again, and gives the answer
  public Answer several(Request request, Supplier<Map<String, Object>> work) {
    return idempotency.several(request, work);
  }

  /// Gives a command that may be repeated by itself, as with PUT.
  public <C, S, E extends Event> Answer give(
      CommandContext context, Draft draft, Entity<C, S, E> entity, C command) {
    Receipt receipt = bus.dispatch(context, entity, command);
    return draft.answer(receipt.position());
  }

  private static Actor actor(Principal principal) {
    boolean service = principal.is(Role.SERVICE) || principal.is(Role.PLATFORM);
    return new Actor(service ? Actor.Kind.SERVICE : Actor.Kind.USER, principal.subject());
  }

  private static String correlation(String given) {
    return Limits.requireId("X-Correlation-Id", given);
  }
}
