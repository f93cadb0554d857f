package ai.rails.domain.run;

/// A model's own count of what it used; cached tokens are counted beside the others.
public record Usage(
    long inputTokens,
    long cachedInputTokens,
    long cacheWriteTokens,
    long outputTokens,
    long reasoningTokens) {
  public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

  /// What a quota counts. Reasoning is part of the output.
  public long total() {
    return inputTokens + cachedInputTokens + cacheWriteTokens + outputTokens;
  }
}
