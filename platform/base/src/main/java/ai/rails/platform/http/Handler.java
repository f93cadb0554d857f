package ai.rails.platform.http;

/// Answers one request on its own virtual thread; it may block.
@FunctionalInterface
public interface Handler {
  /// @throws Problem or [ai.rails.domain.Refused] for an answer that says no; anything else is a
  ///   bug and becomes a 500 without detail
  Answer handle(Request request) throws Exception;
}
