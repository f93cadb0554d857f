package ai.rails.app.journey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Wait;
import ai.rails.app.journey.Triage.Started;
import ai.rails.platform.http.Tokens;
import ai.rails.stream.ledger.LedgerReport;

import static org.assertj.core.api.Assertions.assertThat;

/// `rails up` as a process of its own: killed in mid-run and started again, and with servers that
/// it did not start; at last with an OpenID provider, at which a person signs in and decides.
@Tag("slow")
final class LauncherKilledTest {
  private static final Duration ORPHANS = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Test
  void acknowledgedRunsSurviveAKilledLauncherAndNoProcessDoes() throws Exception {
    Path data = directory.resolve("data");
    try (Outside outside = Outside.start(directory)) {
      Path servers = outside.servers();
      RailsProcess launcher = up("up-1", data, servers);
      List<Started> all;
      Started waiting;
      List<ProcessIdentity> children;
      try {
        all = outside.triage(data, false).inTheMiddleOfAWrite();
        children = children(data);
      } finally {
        launcher.kill();
      }
      assertThat(children).hasSizeGreaterThanOrEqualTo(4);
      long killed = System.nanoTime();
      boolean ended =
          Wait.until(ORPHANS, () -> children.stream().allMatch(c -> c.alive().isEmpty()));
      Figures.print("launcher killed until its children had ended", killed);
      assertThat(ended).as("orphans: %s", alive(children)).isTrue();

      try (RailsProcess _ = up("up-2", data, servers)) {
        Figures.print("launcher started again after kill -9", killed);
        Triage triage = outside.triage(data, true);
        assertThat(triage.settle(all).values()).containsOnly("COMPLETED").hasSize(8);
        Figures.print("launcher started again until 8 runs had ended", killed);
        ServersKilledTest.assertWrittenOnce(triage, all);
        assertVerified(data);
        waiting = triage.start();
        triage.awaitGate(waiting);
        // A provider's token opens the pages; whose approval counts is said by the tenant.
        triage.flagship().role("acme|dana", "approver");
      }
      signsInAtAProvider(outside, data, waiting);
    }
  }

  private void signsInAtAProvider(Outside outside, Path data, Started waiting) throws Exception {
    Optional<Browser> browser = Browser.find();
    if (browser.isEmpty()) {
      return;
    }
    int port = freePort();
    String issuer = "http://127.0.0.1:" + port;
    Triage triage = outside.triage(data, true);
    Path servers =
        outside.servers(
            Map.of(
                "identity.acme.issuer",
                issuer,
                "identity.acme.tenant",
                triage.tenant(),
                "identity.acme.client",
                "airails-console",
                "identity.acme.roles",
                "groups"));
    try (RailsProcess _ = up("up-3", data, servers)) {
      browser
          .get()
          .run(
              "openid.mjs",
              Map.of(
                  "ORIGIN", Outside.effective(data).getOrDefault("command.url", ""),
                  "ISSUER_PORT", String.valueOf(port),
                  "AUDIENCE", Tokens.AUDIENCE,
                  "TENANT", triage.tenant(),
                  "WORKSPACE", triage.workspace(),
                  "RUN", waiting.run(),
                  "NUMBER", waiting.ticket().number()),
              Duration.ofMinutes(3));
      assertThat(triage.serviceNow().patches(waiting.ticket().sysId())).isEqualTo(1);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private RailsProcess up(String name, Path data, Path servers) throws Exception {
    return RailsProcess.start(
        directory.resolve(name + ".log"),
        "API on",
        Cell.environment(directory),
        "up",
        "--data",
        data.toString(),
        "--servers",
        servers.toString());
  }

  /// OPA, egress proxy, workers and PostgreSQL.
  private static List<ProcessIdentity> children(Path data) throws Exception {
    var found = new ArrayList<ProcessIdentity>();
    try (Stream<Path> records = Files.list(data.resolve("run"))) {
      records
          .filter(file -> file.toString().endsWith(".pid"))
          .flatMap(file -> ProcessIdentity.read(file).stream())
          .forEach(found::add);
    }
    long postmaster =
        Long.parseLong(
            Files.readAllLines(data.resolve("postgres/cluster/postmaster.pid")).getFirst());
    found.add(ProcessIdentity.of(ProcessHandle.of(postmaster).orElseThrow()));
    return List.copyOf(found);
  }

  private static List<String> alive(List<ProcessIdentity> children) {
    return children.stream()
        .flatMap(child -> child.alive().stream())
        .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
        .map(line -> line.replaceFirst("-cp \\S+", "-cp ..."))
        .toList();
  }

  private static void assertVerified(Path data) {
    LedgerReport report = Cell.verifiedLedger(Outside.effective(data));
    assertThat(report.differences()).isEmpty();
    assertThat(report.equal()).isTrue();
    assertThat(report.lag()).isZero();
  }
}
