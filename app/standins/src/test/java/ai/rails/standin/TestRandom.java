package ai.rails.standin;

import java.util.random.RandomGeneratorFactory;

/// Identifiers that are the same in every run.
public final class TestRandom {
  private TestRandom() {}

  public static Ids ids(long seed) {
    return new Ids(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
  }
}
