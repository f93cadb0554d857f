package ai.rails.app.journey;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Ticket;
import ai.rails.app.journey.Triage.Started;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// The console in Debian's Chromium against the running product; what the browser does is in
/// `ui/e2e/journey.mjs`, and its photographs are left in `target/console`.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class ConsoleTest {
  private static final Duration LIMIT = Duration.ofMinutes(12);

  /// As many as `fetch` of the flagship makes.
  private static final int ATTEMPTS = 5;

  @Test
  void peopleApproveProveAndAreRefusedInABrowser(Cell cell) throws Exception {
    Optional<Browser> found = Browser.find();
    assumeTrue(found.isPresent(), "there is no browser");
    Triage triage = cell.triage();
    Triage other = cell.secondTenant();
    Triage signed =
        cell.withWorkflow(
            yaml -> yaml.replace("    quorum: 1\n", "    quorum: 1\n    signature: passkey\n"));
    // One run that stops at once, one that the browser starts and that stops, one that is new.
    Started sick = triage.start(triage.reportUnreadable(ATTEMPTS));
    Ticket later = triage.reportUnreadable(ATTEMPTS);
    Ticket fresh = triage.report();
    Started started = triage.start();
    Started waiting = triage.start();
    Started foreign = other.start();
    Started demanding = signed.start();
    triage.awaitGate(started);
    triage.awaitGate(waiting);
    signed.awaitGate(demanding);
    Flagship flagship = triage.flagship();

    found
        .get()
        .run(
            "journey.mjs",
            Map.ofEntries(
                Map.entry("CONSOLE_URL", cell.stack().properties().require("console.url")),
                Map.entry("TENANT", flagship.tenant()),
                Map.entry("WORKSPACE", flagship.workspace()),
                Map.entry("RUN", started.run()),
                Map.entry("NUMBER", started.ticket().number()),
                Map.entry("WAITING", waiting.run()),
                Map.entry("SYS_ID", waiting.ticket().sysId()),
                Map.entry("WAITING_NUMBER", waiting.ticket().number()),
                Map.entry("SICK_NUMBER", sick.ticket().number()),
                Map.entry("LATER_SYS_ID", later.sysId()),
                Map.entry("LATER_NUMBER", later.number()),
                Map.entry("FRESH_SYS_ID", fresh.sysId()),
                Map.entry("FRESH_NUMBER", fresh.number()),
                Map.entry("OTHER_TENANT", other.tenant()),
                Map.entry("OTHER_WORKSPACE", other.workspace()),
                Map.entry("OTHER_RUN", foreign.run()),
                Map.entry("SIGNED_TENANT", signed.tenant()),
                Map.entry("SIGNED_WORKSPACE", signed.workspace()),
                Map.entry("SIGNED_RUN", demanding.run())),
            LIMIT);

    assertThat(triage.status(started.run())).isEqualTo("COMPLETED");
    assertThat(triage.serviceNow().patches(started.ticket().sysId())).isEqualTo(1);
    assertThat(triage.serviceNow().patches(fresh.sysId())).isEqualTo(1);
    assertThat(signed.serviceNow().patches(demanding.ticket().sysId())).isEqualTo(1);
    triage.settle(List.of(waiting));
    other.settle(List.of(foreign));
  }
}
