package ai.rails.attestation;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Mutation;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/// Whoever changes evidence gets a refusal: no exception, and never other claims.
final class MutationTest {
  private static final int SIGNED_V4 = 632;
  private static final int DECLARED_V4 = SIGNED_V4 + 4 + 4299;
  private static final int BLOCK = 500;
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  /// 20 blocks of 500 mutations; a failure names its seed.
  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  @Tag("slow")
  void mutatedQuotesGiveVerdictsAndNeverOtherClaims(long seed) {
    byte[] genuine = Samples.bytes(seed % 2 == 0 ? "tdx-v4.bin" : "tdx-v5.bin");
    Verdict.Accepted original = (Verdict.Accepted) verdict(genuine);
    RandomGenerator random = new Random(seed);

    for (int i = 0; i < BLOCK; i++) {
      byte[] mutated = Mutation.of(genuine, random);
      long before = allocated();
      Verdict verdict = verdict(mutated);
      assertThat(allocated() - before).as("seed %d, mutation %d", seed, i).isLessThan(MOST_BYTES);
      if (verdict instanceof Verdict.Accepted accepted) {
        assertThat(body(accepted)).as("seed %d, mutation %d", seed, i).isEqualTo(body(original));
      }
    }
  }

  static Stream<Integer> signedBytes() {
    return IntStream.range(0, SIGNED_V4).filter(i -> i % 13 == 0).boxed();
  }

  @Test
  void noSignedByteOfQuoteCanChange() {
    byte[] genuine = Samples.bytes("tdx-v4.bin");

    signedBytes().forEach(index -> assertRefused(genuine, index));
  }

  @Test
  void noByteOfSignaturesAndKeysCanChange() {
    byte[] genuine = Samples.bytes("tdx-v4.bin");

    IntStream.range(SIGNED_V4, SIGNED_V4 + 626)
        .filter(i -> i % 11 == 0)
        .forEach(index -> assertRefused(genuine, index));
  }

  @Test
  void noPrefixIsAccepted() {
    byte[] genuine = Samples.bytes("tdx-v4.bin");

    assertThat(IntStream.range(0, DECLARED_V4))
        .noneMatch(
            length -> Samples.v4(Arrays.copyOf(genuine, length)) instanceof Verdict.Accepted);
  }

  @Test
  void noByteOfReportCanChange() {
    byte[] genuine = Samples.bytes("snp-milan.bin");

    assertThat(IntStream.range(0, genuine.length))
        .filteredOn(i -> i < 0x60 || i % 17 == 0 || (i >= 0x2A0 && i % 5 == 0))
        .noneMatch(index -> {
          byte[] mutated = genuine.clone();
          mutated[index] ^= 0x10;
          return Samples.snp(mutated) instanceof Verdict.Accepted;
        });
  }

  @ParameterizedTest
  @MethodSource("collateralSeeds")
  void mutatedCollateralGivesVerdictsAndNeverOtherOnes(long seed) {
    Verdict.Accepted original = (Verdict.Accepted) Samples.v4(Samples.bytes("tdx-v4.bin"));
    Bytes[] parts = Samples.collateral("collateral-v4").parts().toArray(Bytes[]::new);
    RandomGenerator random = new Random(seed);

    for (int i = 0; i < 100; i++) {
      Bytes[] changed = parts.clone();
      int which = random.nextInt(changed.length);
      changed[which] = Bytes.copyOf(Mutation.of(parts[which].toArray(), random));
      Verdict verdict =
          Verifier.verify(
              Evidence.tdx(Samples.bytes("tdx-v4.bin")),
              new Collateral.Tdx(
                  changed[0], changed[1], changed[2], changed[3], changed[4], changed[5]),
              Samples.VENDORS,
              Samples.V4_TIME);
      if (verdict instanceof Verdict.Accepted accepted) {
        assertThat(accepted.tcb()).as("seed %d, mutation %d", seed, i).isEqualTo(original.tcb());
      }
    }
  }

  static LongStream collateralSeeds() {
    return LongStream.range(100, 105);
  }

  /// What this thread has allocated so far.
  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static void assertRefused(byte[] genuine, int index) {
    byte[] mutated = genuine.clone();
    mutated[index] ^= (byte) (1 << index % Byte.SIZE);
    assertThat(Samples.v4(mutated)).as("byte %d", index).isInstanceOf(Verdict.Rejected.class);
  }

  private static Verdict verdict(byte[] quote) {
    boolean v4 = quote.length > 0 && quote[0] == 4;
    return Verifier.verify(
        Evidence.tdx(quote),
        Samples.collateral(v4 ? "collateral-v4" : "collateral-v5"),
        Samples.VENDORS,
        v4 ? Samples.V4_TIME : Samples.V5_TIME);
  }

  /// All that is signed: padding and the spelling of PEM are not.
  private static Object body(Verdict.Accepted accepted) {
    Claims.Tdx claims = (Claims.Tdx) accepted.claims();
    return List.of(claims.report(), claims.quotingEnclave(), claims.attestationKey(), claims.pck());
  }
}
