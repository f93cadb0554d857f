package ai.rails.attestation.format;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Evidence changed at random, for tests and benchmarks that look for a verifier's holes.
public final class Mutation {
  private static final int KINDS = 6;
  private static final int LONGEST_PART = 64;
  private static final int LONGEST_NOISE = 16;

  private Mutation() {}

  /// Flips a bit, overwrites a number, cuts, repeats a part elsewhere, or writes noise.
  ///
  /// @param genuine at least 5 bytes
  public static byte[] of(byte[] genuine, RandomGenerator random) {
    byte[] changed = genuine.clone();
    switch (random.nextInt(KINDS)) {
      case 0, 1 ->
          changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      case 2 -> {
        int at = random.nextInt(changed.length - Integer.BYTES);
        Arrays.fill(changed, at, at + Integer.BYTES, (byte) (random.nextBoolean() ? 0xFF : 0));
      }
      case 3 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length));
      case 4 -> {
        int from = random.nextInt(changed.length);
        int length = random.nextInt(Math.min(LONGEST_PART, changed.length - from) + 1);
        System.arraycopy(
            genuine, from, changed, random.nextInt(changed.length - length + 1), length);
      }
      default -> {
        byte[] noise = new byte[1 + random.nextInt(LONGEST_NOISE)];
        random.nextBytes(noise);
        int at = random.nextInt(changed.length);
        System.arraycopy(noise, 0, changed, at, Math.min(noise.length, changed.length - at));
      }
    }
    return changed;
  }
}
