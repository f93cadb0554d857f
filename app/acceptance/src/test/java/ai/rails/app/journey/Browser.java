package ai.rails.app.journey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/// Debian's Chromium, driven by a script of `ui/e2e`; what it says and photographs is left in
/// `target/console`.
///
/// @param chromium program
/// @param out where photographs go
record Browser(Path chromium, Path out) {
  /// Nothing, which it says aloud, where there is no browser or the build had no Node.
  static Optional<Browser> find() throws IOException {
    Path chromium = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
    if (!Files.isExecutable(chromium) || !Files.isDirectory(ui().resolve("node_modules"))) {
      System.out.println("SKIPPED: no Chromium (apt-get install chromium), or no Node 20 to build");
      return Optional.empty();
    }
    Path out = Files.createDirectories(Path.of("target", "console")).toAbsolutePath();
    return Optional.of(new Browser(chromium, out));
  }

  private static Path ui() {
    return Cell.root().resolve("ui");
  }

  /// Runs a script and sees that everything in it held.
  void run(String script, Map<String, String> environment, Duration limit)
      throws IOException, InterruptedException {
    Path log = out.resolve(script.replace(".mjs", ".log"));
    var builder =
        new ProcessBuilder("node", "e2e/" + script)
            .directory(ui().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    var all = new TreeMap<String, String>(environment);
    all.put("CHROMIUM", chromium.toString());
    all.put("OUT", out.toString());
    builder.environment().putAll(all);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS))
          .as("the browser came to an end")
          .isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    System.out.println(said);
    assertThat(said).endsWith(" passed, 0 failed\n");
  }
}
