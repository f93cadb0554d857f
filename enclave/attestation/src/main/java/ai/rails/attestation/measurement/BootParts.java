package ai.rails.attestation.measurement;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.tdx.EventLog;

/// What a boot of known files may extend into RTMR1 and RTMR2, by digest. The order of events is
/// the firmware's and the boot loader's own; which digests may occur at all follows from files.
///
/// @param names what has that SHA-384
public record BootParts(Map<Bytes, String> names) {
  private static final String KERNEL_SECTION = ".linux";
  private static final String INITRD_SECTION = ".initrd";
  private static final String COMMAND_LINE_SECTION = ".cmdline";
  private static final long PARTITION_TABLE = 0x8000_0006L;

  public BootParts {
    names = Map.copyOf(names);
  }

  /// What every firmware extends when it hands over, whatever it boots.
  public static BootParts ofEveryBoot() {
    return new BootParts(Map.of())
        .with("separator", Bytes.copyOf(new byte[Integer.BYTES]))
        .with("firmware calls the boot option", text("Calling EFI Application from Boot Option"))
        .with("boot services end", text("Exit Boot Services Invocation"))
        .with("boot services have ended", text("Exit Boot Services Returned with Success"));
  }

  /// A unified kernel image: the file itself, the kernel in it, and each section as systemd's stub
  /// measures it, its name and then its content.
  public BootParts withUnified(Executable image) throws Malformed {
    BootParts all = withDigest("unified kernel image", image.digest());
    for (Executable.Section section : image.sections()) {
      Bytes content = image.content(section);
      all = all.with("name of section " + section.name(), text(section.name() + "\0"));
      all =
          switch (section.name()) {
            case KERNEL_SECTION ->
                all.withKernel(Executable.of(content)).with("section .linux", content);
            case INITRD_SECTION -> all.withInitrd(content);
            case COMMAND_LINE_SECTION ->
                all.withCommandLine(commandLine(content)).with("section .cmdline", content);
            default -> all.with("section " + section.name(), content);
          };
    }
    return all;
  }

  public BootParts withKernel(Executable kernel) {
    return withDigest("kernel", kernel.digest());
  }

  public BootParts withInitrd(Bytes initrd) {
    return with("initial file system", initrd);
  }

  /// In the three ways that kernel, stub and boot loaders measure it.
  public BootParts withCommandLine(String line) {
    return with("kernel command line", text(line))
        .with("kernel command line", text(line + "\0"))
        .with(
            "kernel command line", Bytes.copyOf((line + "\0").getBytes(StandardCharsets.UTF_16LE)));
  }

  /// What an event stands for; nothing if these files do not explain it. A partition table explains
  /// itself where its digest covers it: nothing in it runs.
  public Optional<String> explain(EventLog.Event event) {
    return Optional.ofNullable(names.get(event.digest()))
        .or(() ->
            event.type() == PARTITION_TABLE && sha384(event.data()).equals(event.digest())
                ? Optional.of("partition table")
                : Optional.empty());
  }

  private BootParts with(String name, Bytes content) {
    return withDigest(name, sha384(content));
  }

  private BootParts withDigest(String name, Bytes digest) {
    var more = new LinkedHashMap<>(names);
    more.putIfAbsent(digest, name);
    return new BootParts(more);
  }

  private static Bytes sha384(Bytes content) {
    MessageDigest sha384 = Bytes.digest("SHA-384");
    content.updateInto(sha384);
    return Bytes.copyOf(sha384.digest());
  }

  private static Bytes text(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A section may end with zeros that are not part of the line.
  private static String commandLine(Bytes content) {
    String line = new String(content.toArray(), StandardCharsets.UTF_8);
    int end = line.indexOf('\0');
    return (end < 0 ? line : line.substring(0, end)).stripTrailing();
  }
}
