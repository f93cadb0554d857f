package ai.rails.app;

/// What a verb's exit code means; scripts rely on it.
final class Exit {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int UNAVAILABLE = 3;

  private Exit() {}
}
