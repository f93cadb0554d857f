package ai.rails.standin.model;

/// A rough token count, four characters each: stable, so that a cost can be computed by hand.
public final class Tokens {
  private static final int CHARACTERS = 4;

  private Tokens() {}

  public static int count(String text) {
    return text.isEmpty() ? 0 : (text.length() + CHARACTERS - 1) / CHARACTERS;
  }

  /// The part of `text` that `tokens` tokens hold.
  public static String first(String text, int tokens) {
    return text.substring(0, (int) Math.min(text.length(), (long) tokens * CHARACTERS));
  }
}
