package ai.rails.app.verb;

/// What a verb's exit code means; scripts rely on it.
public final class Exit {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int UNAVAILABLE = 3;

  private Exit() {}
}
