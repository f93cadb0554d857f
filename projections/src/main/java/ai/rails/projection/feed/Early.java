package ai.rails.projection.feed;

/// A record speaks of entries that have not been folded yet. It is no failure: they come.
final class Early extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Early(String message) {
    super(message, null, false, false);
  }
}
