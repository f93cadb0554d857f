package ai.rails.standin;

/// A vendor's behaviour behind a [LocalServer].
public interface Service {
  /// Decides and performs; called by many threads at once.
  Response answer(Request request);

  /// The vendor's wording of an injected refusal.
  Response refuse(Fault.Refusal refusal);
}
