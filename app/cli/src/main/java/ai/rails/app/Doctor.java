package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.UserNamespaces;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Looks at what the installation needs from this machine, and says how to get what is missing.
final class Doctor {
  private static final int JDK = 25;
  private static final long NEEDED_GIB = 2;
  private static final List<Integer> MAVEN = List.of(3, 8, 7);
  private static final List<Integer> GO = List.of(1, 26);
  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?");

  private final DataDirectory data;
  private final Map<String, String> environment;

  Doctor(DataDirectory data, Map<String, String> environment) {
    this.data = data;
    this.environment = Map.copyOf(environment);
  }

  List<Finding> examine() {
    return List.of(
        jdk(),
        program("maven", List.of("mvn", "-v"), MAVEN, "install Maven 3.8.7 or newer"),
        program("go", List.of("go", "version"), GO, "install Go 1.26 or newer (builds OPA)"),
        program("node", List.of("node", "-v"), List.of(22), "install Node 22 or newer (UI only)")
            .optional(),
        userNamespaces(),
        opa(),
        disk(),
        ports(),
        permissions());
  }

  private static Finding jdk() {
    int feature = Runtime.version().feature();
    return feature >= JDK
        ? Finding.ok("jdk", Runtime.version().toString())
        : Finding.missing("jdk", "Java " + feature, "export JAVA_HOME=(a JDK 25)");
  }

  private static Finding program(
      String name, List<String> command, List<Integer> least, String fix) {
    Optional<String> version = versionOf(command);
    if (version.isEmpty()) {
      return Finding.missing(name, "not on PATH", fix);
    }
    return atLeast(version.get(), least)
        ? Finding.ok(name, version.get())
        : Finding.missing(name, version.get() + " is too old", fix);
  }

  private static Finding userNamespaces() {
    return UserNamespaces.problem()
        .map(problem -> Finding.missing("namespaces", "unshare -U fails", problem))
        .orElseGet(() -> Finding.ok("namespaces", "PostgreSQL can be started"));
  }

  private Finding opa() {
    try {
      OpaBinary found = OpaBinary.find(environment, Plans.projectDirectory(environment));
      return Finding.ok("opa", found.version() + " at " + found.path());
    } catch (Unavailable e) {
      return Finding.missing("opa", String.valueOf(e.getMessage()), OpaBinary.INSTALL);
    }
  }

  private Finding disk() {
    Path existing = data.root();
    while (!Files.exists(existing)) {
      existing = Optional.ofNullable(existing.getParent()).orElseThrow();
    }
    try {
      long free = Files.getFileStore(existing).getUsableSpace() >> 30;
      return free >= NEEDED_GIB
          ? Finding.ok("disk", free + " GiB free at " + existing)
          : Finding.missing(
              "disk", free + " GiB free at " + existing, "free 2 GiB, or use --data DIR elsewhere");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the free space at " + existing, e);
    }
  }

  private Finding ports() {
    if (LauncherLock.holder(data).isPresent()) {
      return Finding.ok("ports", "in use by the running launcher");
    }
    if (!Files.exists(data.ports())) {
      return Finding.ok("ports", "picked at the first start");
    }
    List<String> taken =
        EffectiveProperties.load(data.ports()).values().entrySet().stream()
            .filter(port -> !Ports.free(Integer.parseInt(port.getValue())))
            .map(port -> port.getKey() + "=" + port.getValue())
            .toList();
    return taken.isEmpty()
        ? Finding.ok("ports", "free")
        : Finding.missing("ports", "taken: " + taken, "none needed: rails up picks others")
            .optional();
  }

  private Finding permissions() {
    List<Path> open =
        Stream.concat(
                Stream.of(
                        data.secrets(),
                        data.effectiveProperties(),
                        data.root().resolve("signer").resolve("keys"),
                        data.root().resolve("witness").resolve("key"))
                    .filter(Files::exists),
                filesIn(data.tls()).stream())
            .filter(Doctor::readableByOthers)
            .toList();
    return open.isEmpty()
        ? Finding.ok("permissions", "secrets are readable by their owner only")
        : Finding.missing("permissions", "others can read " + open, "chmod 600 " + open.getFirst());
  }

  private static List<Path> filesIn(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
  }

  private static boolean readableByOthers(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.GROUP_READ)
          || permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the permissions of " + file, e);
    }
  }

  private static Optional<String> versionOf(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Matcher version = NUMBERS.matcher(new String(process.getInputStream().readAllBytes(), UTF_8));
      return process.waitFor() == 0 && version.find()
          ? Optional.of(version.group())
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static boolean atLeast(String version, List<Integer> least) {
    String[] parts = version.split("\\.", -1);
    for (int i = 0; i < least.size(); i++) {
      int part = i < parts.length ? Integer.parseInt(parts[i]) : 0;
      if (part != least.get(i)) {
        return part > least.get(i);
      }
    }
    return true;
  }
}
