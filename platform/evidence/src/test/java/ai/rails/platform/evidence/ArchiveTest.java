package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Archives that somebody made to harm who opens them, or to show one reader something else than
/// another.
final class ArchiveTest {
  private static final String ROOT = "evidence-r1/";
  private static final int CENTRAL_FLAGS = 8;
  private static final int CENTRAL_ATTRIBUTES = 38;

  @TempDir private Path scratch;

  private Bench bench() {
    return Bench.over(new SyntheticLog(), scratch);
  }

  private void assertRefused(byte[] archive, String reason) {
    Verdict verdict = bench().verify(archive);
    assertThat(verdict.verified()).isFalse();
    assertThat(verdict.failures())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.check()).isEqualTo(Check.ARCHIVE);
          assertThat(failure.reason()).contains(reason);
        });
  }

  /// Stored files in the order and with the names that are given.
  private static byte[] archive(String... names) {
    var out = new ByteArrayOutputStream();
    var central = new ByteArrayOutputStream();
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      var crc = new CRC32();
      crc.update(bytes);
      int sum = (int) crc.getValue();
      central.writeBytes(ZipFormat.central(bytes, bytes.length, sum, out.size()));
      out.writeBytes(ZipFormat.local(bytes, bytes.length, sum));
      out.writeBytes(bytes);
    }
    int start = out.size();
    out.writeBytes(central.toByteArray());
    out.writeBytes(ZipFormat.end(names.length, central.size(), start));
    return out.toByteArray();
  }

  private static int find(byte[] archive, int mark) {
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < archive.length - 3; at++) {
      if (bytes.getInt(at) == mark) {
        return at;
      }
    }
    throw new IllegalStateException("no such record");
  }

  private static byte[] patched(byte[] archive, int mark, int offset, int value) {
    byte[] patched = archive.clone();
    patched[find(archive, mark) + offset] = (byte) value;
    return patched;
  }

  @ParameterizedTest
  @CsvSource({
    "../../etc/passwd, the name leads out of the bundle",
    "a/../b, the name leads out of the bundle",
    "a/./b, the name leads out of the bundle",
    "a\\b, the name has a backslash",
    "a//b, characters",
    "a/, characters",
    ".hidden, characters",
    "naïve, characters"
  })
  void aNameThatIsNoFilesIsRefused(String name, String reason) {
    assertRefused(archive(ROOT + "a", ROOT + name), reason);
  }

  @Test
  void aNameOutsideOfTheDirectoryIsRefused() {
    assertRefused(archive("/etc/passwd"), "the name is absolute");
    assertRefused(archive("C:/windows"), "the name is absolute");
    assertRefused(archive("elsewhere/a"), "it does not lie in the one directory");
    assertRefused(archive(ROOT + "a", "evidence-r2/a"), "it does not lie in the one directory");
  }

  @Test
  void namesThatReadersMayTakeForEachOtherAreRefused() {
    assertRefused(archive(ROOT + "a", ROOT + "a"), "the name is in the archive twice");
    assertRefused(archive(ROOT + "b", ROOT + "a"), "not in order");
    assertRefused(archive(ROOT + "A", ROOT + "a"), "differ by case only");
    assertRefused(archive(ROOT + "a".repeat(201)), "at most");
  }

  @Test
  void aBombIsRefusedBeforeItIsOpened() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(ROOT + "a"));
      zip.write(new byte[10_000_000]);
    }
    assertThat(out.size()).isLessThan(20_000);

    assertRefused(out.toByteArray(), "it has a descriptor behind its data");
    byte[] plain = archive(ROOT + "a");
    assertRefused(patched(plain, ZipFormat.CENTRAL_MARK, 10, 8), "it is compressed");
  }

  @Test
  void whatReadersMayReadDifferentlyIsRefused() {
    byte[] archive = archive(ROOT + "a");
    assertRefused(
        patched(archive, ZipFormat.CENTRAL_MARK, CENTRAL_ATTRIBUTES + 3, 0xA1), "symbolic link");
    assertRefused(patched(archive, ZipFormat.CENTRAL_MARK, CENTRAL_FLAGS, 1), "it is encrypted");
    assertRefused(patched(archive, ZipFormat.CENTRAL_MARK, CENTRAL_FLAGS, 8), "a descriptor");
    assertRefused(patched(archive, ZipFormat.LOCAL_MARK, 30, 'x'), "contradicts");
    assertRefused(patched(archive, ZipFormat.LOCAL_MARK, 10, 1), "contradicts");
    assertRefused(patched(archive, ZipFormat.END_MARK, 20, 1), "comment");
    assertRefused(patched(archive, ZipFormat.END_MARK, 8, 2), "contradict");
  }

  @Test
  void bytesThatBelongToNoFileAreRefused() {
    byte[] archive = archive(ROOT + "a");
    var in = new ByteArrayOutputStream();
    in.write('M');
    in.writeBytes(archive);

    assertRefused(in.toByteArray(), "");
    assertRefused("not an archive at all".repeat(9).getBytes(StandardCharsets.UTF_8), "cut off");
  }

  @Test
  void countsThatAreOnlySaidCostNothing() {
    byte[] end = ZipFormat.end(3_000_000_000L, 1L << 40, 1L << 41);

    assertRefused(end, "the archive says to have 3000000000 files");
  }

  @Test
  void jsonThatHarmsIsRefused() {
    var log = new SyntheticLog().whole(1, 2);
    Bench bench = Bench.over(log, scratch);
    Opened opened = Opened.of(bench.write(log.ofRun(1)));
    String good = opened.text(BagNames.SIGSTORE);
    List<String> bad = new ArrayList<>();
    bad.add("[".repeat(1_000_000));
    bad.add(good.replaceFirst("\\{", "{\"mediaType\":\"x\","));
    bad.add(good + " ");
    bad.add(good.replaceFirst(":", ": "));
    bad.add("{\"payload\":1e999999999}");
    bad.add("");
    bad.add("{\"x\":\"" + "y".repeat(17_000_000) + "\"}");
    for (String json : bad) {
      Verdict verdict = bench.verify(opened.with(BagNames.SIGSTORE, json).zip());
      assertThat(verdict.verified()).isFalse();
      assertThat(verdict.failures().getFirst().check()).isEqualTo(Check.SIGNATURE);
      assertThat(verdict.failures().getFirst().reason()).isNotBlank().hasSizeLessThan(600);
    }
  }

  @Test
  void aManyThousandFilesArchiveNeedsItsLargerForm() throws IOException {
    var names = new String[70_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = ROOT + "%06d".formatted(i);
    }
    Path file = scratch.resolve("many.zip");
    Files.write(file, archive(names));

    try (Bundle bundle = Bundle.open(file)) {
      assertThat(bundle.files()).isEqualTo(70_000);
      assertThat(bundle.sha256("069999")).isNotEqualTo(Optional.empty());
      assertThat(bundle.has("070000")).isFalse();
    }
  }
}
