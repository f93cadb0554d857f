package ai.rails.app.journey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.demo.Flagship;
import ai.rails.app.journey.Triage.Started;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// The console in Debian's Chromium against the running product; what the browser does is in
/// `ui/e2e/journey.mjs`, and its photographs are left in `target/console`.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class ConsoleTest {
  private static final long MINUTES = 6;

  @Test
  void peopleApproveProveAndAreRefusedInABrowser(Cell cell) throws Exception {
    Path ui = Cell.root().resolve("ui");
    Path chromium = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
    assumeTrue(Files.isExecutable(chromium), "Chromium is missing (apt-get install chromium)");
    assumeTrue(Files.isDirectory(ui.resolve("node_modules")), "Node 20 was missing at the build");
    Triage triage = cell.triage();
    Triage other = cell.secondTenant();
    Started started = triage.start();
    Started waiting = triage.start();
    Started foreign = other.start();
    triage.awaitGate(started);
    triage.awaitGate(waiting);
    Flagship flagship = triage.flagship();
    Path out = Files.createDirectories(Path.of("target", "console")).toAbsolutePath();

    String said =
        node(
            ui,
            out,
            Map.ofEntries(
                Map.entry("CHROMIUM", chromium.toString()),
                Map.entry("CONSOLE_URL", cell.stack().properties().require("console.url")),
                Map.entry("TENANT", flagship.tenant()),
                Map.entry("WORKSPACE", flagship.workspace()),
                Map.entry("RUN", started.run()),
                Map.entry("NUMBER", started.ticket().number()),
                Map.entry("WAITING", waiting.run()),
                Map.entry("OTHER_TENANT", other.tenant()),
                Map.entry("OTHER_WORKSPACE", other.workspace()),
                Map.entry("OTHER_RUN", foreign.run()),
                Map.entry("OUT", out.toString())));

    assertThat(said).endsWith(" passed, 0 failed\n");
    assertThat(triage.status(started.run())).isEqualTo("COMPLETED");
    assertThat(triage.serviceNow().patches(started.ticket().sysId())).isEqualTo(1);
    triage.settle(java.util.List.of(waiting));
    other.settle(java.util.List.of(foreign));
  }

  private static String node(Path ui, Path out, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = out.resolve("journey.log");
    var builder =
        new ProcessBuilder("node", "e2e/journey.mjs")
            .directory(ui.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES))
          .as("the browser came to an end")
          .isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    System.out.println(said);
    return said;
  }
}
