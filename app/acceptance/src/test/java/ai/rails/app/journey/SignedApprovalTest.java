package ai.rails.app.journey;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.demo.People;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Declined;
import ai.rails.app.journey.Triage.Started;

import static org.assertj.core.api.Assertions.assertThat;

/// A gate that takes two passkeys: the worker looks them up in the tenant's own log, under a
/// checkpoint that the witness cosigned, before it sends the call.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class SignedApprovalTest {
  @Test
  void aCallIsSentUnderPasskeysThatTheLogStillHasAndNotUnderARemovedOne(Cell cell)
      throws Exception {
    Triage triage =
        cell.withWorkflow(
            yaml -> yaml.replace("    quorum: 1\n", "    quorum: 2\n    signature: passkey\n"));
    Passkey first = Passkey.registered(triage, People.APPROVER);
    Passkey second = Passkey.registered(triage, People.SECOND_APPROVER);
    Started sent = triage.start();
    Started held = triage.start();
    triage.awaitGate(sent);
    triage.awaitGate(held);

    assertThat(first.approve(gate(triage, sent)).status()).isEqualTo(200);
    assertThat(second.approve(gate(triage, sent)).status()).isEqualTo(200);

    Triage.await("a signed run's end", () -> triage.status(sent.run()).equals("COMPLETED"));
    ServersKilledTest.assertWrittenOnce(triage, List.of(sent));
    assertThat(cell.log("worker-" + triage.tenant().substring(0, 8)))
        .contains("approvals are signed call=");

    // The control plane counts what was signed before; the worker counts who still has the key.
    assertThat(first.approve(gate(triage, held)).status()).isEqualTo(200);
    long removed = first.remove();
    awaitCosigned(triage, removed);
    assertThat(second.approve(gate(triage, held)).status()).isEqualTo(200);

    Triage.await("the worker's refusal", () -> codes(triage, held).contains("PASSKEY_REMOVED"));
    assertThat(triage.serviceNow().patches(held.ticket().sysId())).isZero();
    Triage.await("the end of the run", () -> !triage.status(held.run()).equals("RUNNING"));
    assertThat(triage.status(held.run())).isNotEqualTo("COMPLETED");
    ServersKilledTest.assertVerified(cell);
  }

  private static JsonNode gate(Triage triage, Started started) {
    return triage.gate(started.run()).orElseThrow();
  }

  private static void awaitCosigned(Triage triage, long position) {
    String token = triage.flagship().people().operator(triage.tenant());
    String path = "/v1/ledgers/_tenant/checkpoint?covering=" + position;
    Triage.await(
        "a cosigned checkpoint over the removal",
        () -> {
          try {
            return triage.flagship().api().bytes(token, path).length > 0;
          } catch (Declined | Unavailable _) {
            return false;
          }
        });
  }

  /// Why the write's calls were refused.
  private static List<String> codes(Triage triage, Started started) {
    return triage.events(started.run()).stream()
        .filter(entry -> entry.path("entryType").asText().equals("TOOL_ACTION_EXECUTED"))
        .map(entry -> entry.path("event").path("code").asText())
        .toList();
  }
}
