package ai.rails.domain;

/// Who acts. People are opaque ids; their names live in a deletable table.
///
/// @param id at most 64 characters
public record Actor(Kind kind, String id) {
  public Actor {
    Limits.requireId("actor", id);
  }

  /// What kind of principal acts.
  public enum Kind {
    USER,
    SERVICE,
    WORKER,
    TIMER
  }
}
