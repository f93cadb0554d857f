package ai.rails.app.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Tessera's own tools for POSIX logs on the same disk: as many entries of a leaf's size, each a
/// file, in one batch up to a signed checkpoint. Needs Go the first time; says so if it is missing.
final class TesseraPosix {
  private static final String VERSION = "v1.0.4";
  private static final String TOOL = "posix-oneshot";
  private static final String SERVER = "posix";
  private static final Map<String, String> PLACES =
      Map.of(TOOL, "cmd/examples/" + TOOL, SERVER, "cmd/conformance/" + SERVER);
  private static final int ENTRIES = 20_000;
  private static final int ENTRY_BYTES = 640;
  private static final Duration INSTALL = Duration.ofMinutes(10);
  private static final Duration RUN = Duration.ofMinutes(2);
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  private final Map<String, String> environment;
  private final Consumer<String> progress;

  TesseraPosix(Map<String, String> environment, Consumer<String> progress) {
    this.environment = environment;
    this.progress = progress;
  }

  /// @param loads entries/s that are offered to its server
  LedgerFigures.Tessera measure(Path directory, List<Integer> loads, Duration limit)
      throws IOException {
    try {
      Optional<Path> tool = tool(TOOL);
      if (tool.isEmpty()) {
        return none("go is not on the PATH, or could not install Tessera's " + TOOL);
      }
      progress.accept("adding %d entries to a Tessera log".formatted(ENTRIES));
      Path entries = entries(Files.createDirectories(directory.resolve("entries")));
      List<String> command =
          List.of(
              tool.get().toString(),
              "--storage_dir=" + directory.resolve("tessera"),
              "--entries=" + entries.resolve("*"));
      ProcessBuilder builder = quiet(command);
      builder.environment().put("LOG_PRIVATE_KEY", key("bench.internal/tessera"));
      long began = System.nanoTime();
      if (!finished(builder.start(), RUN)) {
        return none("Tessera's %s failed or took longer than %s".formatted(TOOL, RUN));
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      return new LedgerFigures.Tessera(
          ENTRIES / seconds,
          "%s %s: %s files of %s bytes in one batch, process start and signed checkpoint included"
              .formatted(TOOL, VERSION, ENTRIES, ENTRY_BYTES),
          streams(directory, loads, limit));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return none("interrupted");
    }
  }

  private List<LedgerFigures.TesseraStreamed> streams(
      Path directory, List<Integer> loads, Duration limit)
      throws IOException, InterruptedException {
    var figures = new ArrayList<LedgerFigures.TesseraStreamed>();
    Optional<Path> binary = tool(SERVER);
    if (binary.isPresent()) {
      for (int load : loads) {
        progress.accept("offering %s entries/s to Tessera's server".formatted(load));
        Path storage = Files.createDirectories(directory.resolve("tessera-" + load));
        try (TesseraServer server =
            TesseraServer.start(binary.get(), storage, key("bench.internal/tessera"))) {
          var _ = server.measure(load, WARM_UP);
          figures.add(server.measure(load, limit));
        }
      }
    }
    return figures;
  }

  private Optional<Path> tool(String name) throws IOException, InterruptedException {
    Path bin =
        Path.of(environment.getOrDefault("HOME", "."), ".cache", "airails", "tessera-" + VERSION);
    Path tool = bin.resolve(name);
    if (Files.isExecutable(tool)) {
      return Optional.of(tool);
    }
    boolean go =
        Arrays.stream(environment.getOrDefault("PATH", "").split(":", -1))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "go")));
    if (!go) {
      return Optional.empty();
    }
    progress.accept("installing Tessera's %s (once, minutes)".formatted(name));
    Files.createDirectories(bin);
    ProcessBuilder install =
        quiet(
            List.of(
                "go",
                "install",
                "github.com/transparency-dev/tessera/%s@%s"
                    .formatted(PLACES.getOrDefault(name, name), VERSION)));
    install.environment().put("GOBIN", bin.toAbsolutePath().toString());
    return finished(install.start(), INSTALL) ? Optional.of(tool) : Optional.empty();
  }

  private static ProcessBuilder quiet(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
  }

  private static boolean finished(Process process, Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      return false;
    }
    return process.exitValue() == 0;
  }

  private static Path entries(Path directory) throws IOException {
    byte[] entry = new byte[ENTRY_BYTES];
    Arrays.fill(entry, (byte) 'e');
    for (int i = 0; i < ENTRIES; i++) {
      String name = "%06d".formatted(i);
      System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, entry, 0, name.length());
      Files.write(directory.resolve(name), entry);
    }
    return directory;
  }

  /// A throw-away signing key in the form of Go's note package.
  private static String key(String name) {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] seed = last32(pair.getPrivate().getEncoded());
      byte[] open = last32(pair.getPublic().getEncoded());
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 1);
      byte[] id = Arrays.copyOf(digest.digest(open), 4);
      byte[] typed = new byte[33];
      typed[0] = 1;
      System.arraycopy(seed, 0, typed, 1, 32);
      return "PRIVATE+KEY+%s+%s+%s"
          .formatted(name, HexFormat.of().formatHex(id), Base64.getEncoder().encodeToString(typed));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no Ed25519", e);
    }
  }

  private static byte[] last32(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  private static LedgerFigures.Tessera none(String said) {
    return new LedgerFigures.Tessera(null, said, List.of());
  }
}
