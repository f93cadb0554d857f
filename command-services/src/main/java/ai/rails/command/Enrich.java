package ai.rails.command;

/// Adds to a command what its decision needs and only the outside knows, for example what policy
/// says. Runs between sourcing and deciding, outside of the transaction, and again after a
/// conflict.
@FunctionalInterface
public interface Enrich<C, S> {
  C enrich(CommandContext context, S state, C command);

  /// For commands that carry everything they need.
  static <C, S> Enrich<C, S> none() {
    return (_, _, command) -> command;
  }
}
