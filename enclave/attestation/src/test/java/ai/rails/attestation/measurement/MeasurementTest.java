package ai.rails.attestation.measurement;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.attestation.Samples;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.tdx.EventLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Expected measurements, beside values of programs and machines that are not ours.
final class MeasurementTest {
  private static final String COMMAND_LINE = "console=hvc0 rails.environment=prod";

  /// Computed by Google's gce-tcb-verifier (commit 74582c0) from the same bytes.
  private static final String MRTD =
      "6756d89f6d148c7af8219a4cd13ff7fbfb406ab27dd45b526e7a386103f8c447f789d3a4a2e971a65f5f19e433733477";

  /// Computed by pefile and hashlib from the same bytes.
  private static final String KERNEL =
      "57c4bc0460d3275aaaa83a8356101eb4c073aea17c447fc003fc1ba74788a96703d46bc76ef58959d59e9b08b96b34ae";

  @Test
  void firmwareGivesMrTd() throws Exception {
    assertThat(Firmware.of(firmware()).mrTd().hex()).isEqualTo(MRTD);
  }

  @Test
  void contentCountsOnlyWhereItIsMeasured() throws Exception {
    Bytes code = Firmware.of(firmware(0x3000, 1)).mrTd();
    Bytes variables = Firmware.of(firmware(0x1000, 1)).mrTd();

    assertThat(code.hex()).isNotEqualTo(MRTD);
    assertThat(variables.hex()).isEqualTo(MRTD);
  }

  @ParameterizedTest
  @CsvSource({
    "0x100, 0, descriptor",
    "0x108, 2, version",
    "0x10c, 65, sections",
    "0x10c, 0, sections",
    "0x110, 0x3000, behind the file",
    "0x114, 0x2000, not as long",
    "0x118, 0x10, whole pages",
    "0x140, 0x7ffff000, pages",
    "0xffb8, 0x7fffffff, before",
    "0xffbe, 0, without",
    "0xffd0, 0, table"
  })
  void contradictingFirmwareIsRefused(String at, String value, String why) {
    Bytes image = firmware(Integer.decode(at), Integer.decode(value));

    assertThatThrownBy(() -> Firmware.of(image))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mutatedFilesAreReadOrRefused(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      assertReadOrRefused(mutated(firmware(), 0x200, random), true);
      assertReadOrRefused(mutated(unified(), SmallKernel.HEADERS, random), false);
    }
  }

  @Test
  void kernelsDigestLeavesOutChecksumAndSignature() throws Exception {
    Bytes kernel = kernel();
    byte[] signed = kernel.concat(Bytes.copyOf(new byte[] {8, 7, 6, 5, 4, 3, 2, 1})).toArray();
    signed[SmallKernel.CHECKSUM] = 9;
    signed[SmallKernel.SECURITY + 4] = 8;

    assertThat(Executable.of(kernel).digest().hex()).isEqualTo(KERNEL);
    assertThat(Executable.of(Bytes.copyOf(signed)).digest().hex()).isEqualTo(KERNEL);
  }

  @Test
  void changedSectionChangesTheKernel() throws Exception {
    Bytes other = new SmallKernel().with(".text", "kernel code").with(".data", "Data").bytes();

    assertThat(Executable.of(other).digest().hex()).isNotEqualTo(KERNEL);
  }

  /// The log of a genuine guest whose quote has just these registers: what its firmware said is
  /// known here, what its own boot loader said is not.
  @Test
  void genuineLogIsExplainedAsFarAsFilesAreKnown() throws Exception {
    EventLog log = EventLog.of(Bytes.copyOf(Samples.bytes("tdx-v4-ccel.dat")));
    Firmware firmware = Firmware.of(firmware());
    String line =
        log.events().stream()
            .map(event -> new String(event.data().toArray(), StandardCharsets.UTF_8))
            .filter(text -> text.startsWith("kernel_cmdline: "))
            .map(text -> text.substring("kernel_cmdline: ".length(), text.length() - 1))
            .findFirst()
            .orElseThrow();

    Measured known = Measured.of(firmware, BootParts.ofEveryBoot().withCommandLine(line), log);

    assertThat(known.isExplained()).isFalse();
    assertThat(known.registers()).isEqualTo(log.replay());
    assertThat(known.events().stream().flatMap(event -> event.by().stream()))
        .containsExactly(
            "firmware calls the boot option",
            "separator",
            "partition table",
            "kernel command line",
            "boot services end",
            "boot services have ended");
  }

  @Test
  void bootOfUnifiedImageIsExplainedAndAnythingElseIsNot() throws Exception {
    BootParts parts = BootParts.ofEveryBoot().withUnified(Executable.of(unified()));
    BootParts whole =
        BootParts.ofEveryBoot()
            .withKernel(Executable.of(kernel()))
            .withInitrd(Bytes.copyOf(new byte[] {1, 2, 3}))
            .withCommandLine(COMMAND_LINE);
    List<EventLog.Event> events =
        whole.names().keySet().stream()
            .map(digest -> new EventLog.Event(1, 13, digest, Bytes.copyOf(new byte[0])))
            .toList();
    Firmware firmware = Firmware.of(firmware());

    assertThat(Measured.of(firmware, parts, new EventLog(events)).isExplained()).isTrue();
    assertThat(
            Measured.of(
                    firmware,
                    BootParts.ofEveryBoot().withCommandLine(COMMAND_LINE + " debug"),
                    new EventLog(events))
                .isExplained())
        .isFalse();
  }

  /// 64 KiB with four sections and the same tables as a real one.
  private static Bytes firmware() {
    return Bytes.copyOf(Samples.bytes("firmware.fd"));
  }

  private static Bytes firmware(int at, int value) {
    byte[] image = firmware().toArray();
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return Bytes.copyOf(image);
  }

  private static Bytes kernel() {
    return new SmallKernel().with(".text", "kernel code").with(".data", "data").bytes();
  }

  private static Bytes unified() {
    return new SmallKernel()
        .with(".cmdline", COMMAND_LINE + "\n")
        .with(".linux", kernel().toArray())
        .with(".initrd", new byte[] {1, 2, 3})
        .bytes();
  }

  private static Bytes mutated(Bytes file, int within, Random random) {
    byte[] changed = file.toArray();
    for (int flips = 0; flips < 3; flips++) {
      int at = random.nextInt(within);
      changed[random.nextBoolean() ? at : changed.length - 1 - at % 80] = (byte) random.nextInt();
    }
    return Bytes.copyOf(changed);
  }

  private static void assertReadOrRefused(Bytes file, boolean firmware) {
    try {
      if (firmware) {
        assertThat(Firmware.of(file).mrTd().length()).isEqualTo(48);
      } else {
        assertThat(BootParts.ofEveryBoot().withUnified(Executable.of(file)).names()).isNotEmpty();
      }
    } catch (Malformed refused) {
      assertThat(refused).hasMessageContaining(" ");
    }
  }
}
