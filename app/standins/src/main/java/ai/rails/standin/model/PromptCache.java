package ai.rails.standin.model;

import java.util.HashSet;
import java.util.Set;

/// Which prompt prefixes were seen: from 1,024 tokens on, in steps of 128. Thread safe; this object
/// owns the set.
public final class PromptCache {
  private static final int LEAST_TOKENS = 1024;
  private static final int STEP_TOKENS = 128;

  private final Set<String> prefixes = new HashSet<>();

  /// How many tokens of `text` are read from the cache; the rest is kept for the next call.
  public synchronized int cachedTokens(String text) {
    int cached = 0;
    for (int tokens = LEAST_TOKENS; tokens <= Tokens.count(text); tokens += STEP_TOKENS) {
      if (!prefixes.add(Tokens.first(text, tokens))) {
        cached = tokens;
      }
    }
    return cached;
  }
}
