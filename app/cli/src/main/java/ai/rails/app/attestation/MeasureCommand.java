package ai.rails.app.attestation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.attestation.Guest;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.measurement.BootParts;
import ai.rails.attestation.measurement.Executable;
import ai.rails.attestation.measurement.Firmware;
import ai.rails.attestation.measurement.Measured;
import ai.rails.attestation.tdx.EventLog;

/// `rails attestation measure`: what a TDX guest of these files measures. Exit code 0 when its boot
/// is explained by them, 1 when something else ran too, 2 for usage.
@Command(
    name = "measure",
    description = "Compute what an image measures, from its files, and explain a boot's event log.",
    footer = {
      "",
      "Without --event-log: MRTD. With the log of one boot of this image (/sys/firmware/acpi/",
      "tables/data/CCEL): the registers too, and which file each event of RTMR1 to RTMR3 is. RTMR0",
      "is the machine's (memory, ACPI, Secure Boot), so it needs a log of that kind of machine."
    },
    mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 512L * 1024 * 1024;
  private static final Pattern LAUNCH =
      Pattern.compile("([a-z0-9-]+)/([a-z0-9-]+)/(sha256:[0-9a-f]{64})");

  @Option(
      names = "--firmware",
      paramLabel = "FILE",
      required = true,
      description = "The virtual firmware (TDVF).")
  private Path firmware = Path.of("");

  @Option(names = "--uki", paramLabel = "FILE", description = "The unified kernel image.")
  private @Nullable Path unified;

  @Option(names = "--kernel", paramLabel = "FILE", description = "A kernel that boots by itself.")
  private @Nullable Path kernel;

  @Option(names = "--initrd", paramLabel = "FILE", description = "Its initial file system.")
  private @Nullable Path initrd;

  @Option(names = "--cmdline", paramLabel = "TEXT", description = "Its command line.")
  private @Nullable String commandLine;

  @Option(names = "--event-log", paramLabel = "FILE", description = "The CCEL of one boot.")
  private @Nullable Path eventLog;

  @Option(
      names = "--for",
      paramLabel = "TENANT/ENVIRONMENT/DIGEST",
      description = "Say MRCONFIGID too, which the host sets at launch for this workflow version.")
  private @Nullable String launchedFor;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try {
      Firmware launched = Firmware.of(bytes(firmware));
      BootParts parts = parts();
      Optional<Measured> boot =
          eventLog == null
              ? Optional.empty()
              : Optional.of(Measured.of(launched, parts, EventLog.of(bytes(eventLog))));
      print(launched, configId(), boot);
      return boot.map(Measured::isExplained).orElse(Boolean.TRUE) ? Exit.OK : Exit.FAILED;
    } catch (NoSuchFileException e) {
      throw usage("no file " + e.getFile());
    } catch (IOException | Malformed e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private BootParts parts() throws IOException, Malformed {
    BootParts parts = BootParts.ofEveryBoot();
    parts = unified == null ? parts : parts.withUnified(Executable.of(bytes(unified)));
    parts = kernel == null ? parts : parts.withKernel(Executable.of(bytes(kernel)));
    parts = initrd == null ? parts : parts.withInitrd(bytes(initrd));
    return commandLine == null ? parts : parts.withCommandLine(commandLine);
  }

  private Optional<Bytes> configId() {
    if (launchedFor == null) {
      return Optional.empty();
    }
    Matcher named = LAUNCH.matcher(launchedFor);
    if (!named.matches()) {
      throw usage("--for is TENANT/ENVIRONMENT/DIGEST, with the digest as sha256:<hex>");
    }
    return Optional.of(Guest.mrConfigId(named.group(1), named.group(2), named.group(3)));
  }

  private void print(Firmware launched, Optional<Bytes> configId, Optional<Measured> boot) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> out.println(MeasuredJson.of(launched, configId, boot));
      case TEXT -> {
        out.println("MRTD   " + launched.mrTd());
        configId.ifPresent(id ->
            out.printf(
                "MRCONFIGID  %s%n            base64 %s%n",
                id, Base64.getEncoder().encodeToString(id.toArray())));
        boot.ifPresent(measured -> out.println(text(measured).stripTrailing()));
      }
    }
  }

  private static String text(Measured measured) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < measured.registers().size(); i++) {
      text.append("RTMR%s  %s%n".formatted(i, measured.registers().get(i)));
    }
    text.append("image  %s%n".formatted(measured.image()));
    text.append(
        measured.events().stream()
            .map(event ->
                "RTMR%s  %s  %s%n"
                    .formatted(
                        event.register(),
                        event.digest().hex().substring(0, 16),
                        event.by().orElse("NOT EXPLAINED by these files")))
            .collect(Collectors.joining()));
    return text.toString();
  }

  private static Bytes bytes(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("%s is larger than %s bytes".formatted(file, MOST_BYTES));
    }
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  private CommandLine.ParameterException usage(String problem) {
    return new CommandLine.ParameterException(spec.commandLine(), problem);
  }
}
