package ai.rails.platform.evidence;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What somebody can do who has a bundle and no key.
final class OutsiderTest {
  private static final int MUTATIONS = 1_000;

  @TempDir private Path scratch;

  private Bench bench = Bench.over(new SyntheticLog(), Path.of("."));
  private byte[] bundle = {};
  private Opened opened = new Opened("", new TreeMap<>());

  @BeforeEach
  void aBundle() {
    var log = new SyntheticLog().worker().whole(2, 3).whole(1, 6).whole(3, 2);
    bench = Bench.over(log, scratch).stamped();
    bundle = bench.write(log.ofRun(1), Bench.DOCUMENTS);
    opened = Opened.of(bundle);
  }

  private void assertRefused(byte[] changed, Check check, String where, String reason) {
    Verdict verdict = bench.verify(changed, bench.trust(), Bench.DOCUMENTS);
    assertThat(verdict.verified()).isFalse();
    assertThat(verdict.failures())
        .as("%s", verdict.failures())
        .anySatisfy(failure -> {
          assertThat(failure.check()).isEqualTo(check);
          assertThat(failure.where()).contains(where);
          assertThat(failure.reason()).contains(reason);
        });
  }

  @Test
  void leavesItAndItVerifies() {
    Verdict verdict = bench.verify(bundle, bench.trust(), Bench.DOCUMENTS);

    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.verified()).isTrue();
    assertThat(Opened.of(bundle).zip()).isEqualTo(bundle);
  }

  @ParameterizedTest
  @ValueSource(longs = 20_261_122)
  void changesOneByteAnywhere(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] changed = bundle.clone();
      int at = random.nextInt(changed.length);
      changed[at] ^= (byte) (1 + random.nextInt(255));
      Verdict verdict = bench.verify(changed, bench.trust(), Bench.DOCUMENTS);
      assertThat(verdict.verified()).as("mutation %d at byte %d", i, at).isFalse();
      assertThat(verdict.failures()).as("mutation %d at byte %d", i, at).isNotEmpty();
      assertThat(verdict.failures().getFirst().reason()).isNotBlank();
    }
  }

  @Test
  void cutsItOff() {
    for (int length : new int[] {0, 1, 21, 22, bundle.length / 2, bundle.length - 1}) {
      assertRefused(Arrays.copyOf(bundle, length), Check.ARCHIVE, "", "");
    }
  }

  @Test
  void appendsAByte() {
    assertRefused(
        Arrays.copyOf(bundle, bundle.length + 1), Check.ARCHIVE, "", "bytes behind its end");
  }

  @Test
  void addsAFile() {
    assertRefused(
        opened.with("data/note.txt", "x").zip(),
        Check.MANIFESTS,
        "data/note.txt",
        "the file is in no manifest");
    assertRefused(
        opened.with("data/note.txt", "x").listed().zip(),
        Check.STATEMENT,
        "",
        "its SHA-256 is not that of the statement");
    assertRefused(
        opened.with("trust/other.pem", "x").zip(),
        Check.MANIFESTS,
        "trust/other.pem",
        "the file is in no manifest");
  }

  @Test
  void dropsAFile() {
    String event = opened.first(BagNames.EVENTS);
    assertRefused(
        opened.without(event).zip(),
        Check.MANIFESTS,
        event,
        "the manifest lists it, and it is missing");
    assertRefused(opened.without(event).listed().zip(), Check.STATEMENT, "", "SHA-256 is not that");
    assertRefused(
        opened.without(BagNames.EVIDENCE_STAMP).zip(),
        Check.TIME,
        BagNames.EVIDENCE_STAMP,
        "the file is missing");
  }

  @Test
  void renamesAFile() {
    String event = opened.first(BagNames.EVENTS);
    String other = event.replace(".avro", "0.avro");
    assertRefused(
        opened.without(event).with(other, opened.file(event)).zip(),
        Check.MANIFESTS,
        event,
        "the manifest lists it, and it is missing");
  }

  @Test
  void putsTheDirectoryUnderAnotherName() {
    assertRefused(
        new Opened("evidence-" + SyntheticLog.run(2), opened.files()).zip(),
        Check.MANIFESTS,
        BagNames.INFO,
        "it names bundle");
  }

  @Test
  void swapsAFileFromAnotherRun() {
    Opened other = Opened.of(bench.write(bench.log().ofRun(2), Bench.DOCUMENTS));
    String event = opened.first(BagNames.EVENTS);
    assertRefused(
        opened.with(event, other.file(other.first(BagNames.EVENTS))).zip(),
        Check.MANIFESTS,
        event,
        "its SHA-256 is not that of the manifest");
  }

  @Test
  void takesTheAttestationOfAnotherRun() {
    Opened other = Opened.of(bench.write(bench.log().ofRun(2), Bench.DOCUMENTS));
    assertRefused(
        opened
            .with(BagNames.SIGSTORE, other.file(BagNames.SIGSTORE))
            .with(BagNames.EVIDENCE_STAMP, other.file(BagNames.EVIDENCE_STAMP))
            .zip(),
        Check.STATEMENT,
        BagNames.SIGSTORE,
        "the statement is about bundle " + SyntheticLog.run(2));
  }

  @Test
  void signsWithAKeyOfHisOwn() {
    EvidenceKey own = EvidenceKey.generate(new SecureRandom());
    Opened forged =
        opened.with(BagNames.TRUST_EVIDENCE, PublicKeys.pem(own.publicKey())).listed().signed(own);
    assertRefused(forged.zip(), Check.SIGNATURE, BagNames.SIGSTORE, "which is not a trusted one");
  }
}
