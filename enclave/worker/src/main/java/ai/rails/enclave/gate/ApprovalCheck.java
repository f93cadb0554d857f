package ai.rails.enclave.gate;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.workflow.Step.Escalate;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Tier;
import ai.rails.schema.worker.WorkerProtocol.SignedApproval;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

/// The last look before a call leaves: whether as many people as it takes have signed this very
/// call, each with a passkey that is his own by the tenant's log. That a signature is demanded, the
/// worker knows from the signed workflow, or is told; how many at least, too. Thread-safe.
public final class ApprovalCheck {
  /// A registration and its checkpoint are on their way for a second or two.
  private static final int TRIES = 10;

  private static final int MOST = 20;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Set<String> ON_ITS_WAY = Set.of(Passkeys.UNKNOWN, Passkeys.NOT_ACCEPTED);
  private static final Logger LOG = LoggerFactory.getLogger(ApprovalCheck.class);

  private final String tenant;
  private final TenantLog log;
  private final Pause pause;

  /// Lets time pass.
  @FunctionalInterface
  public interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  public ApprovalCheck(String tenant, TenantLog log, Pause pause) {
    this.tenant = tenant;
    this.log = log;
    this.pause = pause;
  }

  /// Reads the log before a call is intended that the signed workflow wants signed: a log that can
  /// not be read for a moment fails while nothing is open. What is wrong with it for good,
  /// [#require] says.
  ///
  /// @throws ApprovalRefused one that passes
  public void prepare(Optional<Gate> gate) throws InterruptedException {
    if (gate.filter(Gate::signature).isEmpty()) {
      return;
    }
    try {
      patiently(() -> {
        Passkeys _ = log.passkeys();
      });
    } catch (ApprovalRefused e) {
      if (e.passing()) {
        throw e;
      }
    }
  }

  /// Returns if the call may leave.
  ///
  /// @param gate in front of the call, as the signed workflow has it
  /// @param callDigest of the very bytes that are to be sent
  /// @param told what the control plane says was signed
  /// @throws ApprovalRefused if it may not
  public void require(Optional<Gate> gate, String callDigest, Optional<SignedApprovals> told)
      throws InterruptedException {
    boolean demanded = told.isPresent() || gate.filter(Gate::signature).isPresent();
    if (!demanded) {
      return;
    }
    var approvals = told.orElseGet(() -> new SignedApprovals(1, List.of()));
    int quorum = Math.max(approvals.quorum(), gate.map(ApprovalCheck::least).orElse(1));
    if (approvals.approvals().size() > MOST) {
      throw ApprovalRefused.forGood(
          "APPROVAL_NOT_SIGNED", "a call is signed by 1 to %d people".formatted(MOST));
    }
    for (SignedApproval each : approvals.approvals()) {
      each.signature()
          .fault(tenant, each.approver(), callDigest)
          .ifPresent(fault -> {
            throw ApprovalRefused.forGood(
                "APPROVAL_" + fault,
                "the passkey of %s did not approve call %s".formatted(each.approver(), callDigest));
          });
    }
    patiently(() -> requireTheirs(approvals, quorum));
    LOG.info("approvals are signed call={} quorum={}", callDigest, quorum);
  }

  private interface Look {
    void look() throws InterruptedException;
  }

  private void patiently(Look what) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        what.look();
        return;
      } catch (ApprovalRefused e) {
        if (!e.passing() || tries == TRIES) {
          throw e;
        }
        pause.of(PAUSE);
      }
    }
  }

  /// The fewest whom the workflow ever asks at this gate: fewer would be less than its author said.
  private static int least(Gate gate) {
    IntStream others =
        IntStream.concat(
            gate.tiers().stream().mapToInt(Tier::quorum),
            gate.escalations().stream().mapToInt(Escalate::quorum));
    return Math.min(gate.quorum(), others.min().orElse(gate.quorum()));
  }

  /// Nobody counts twice, neither by two signatures nor by one key for two people.
  private void requireTheirs(SignedApprovals approvals, int quorum) throws InterruptedException {
    if (approvals.approvals().size() < quorum) {
      throw ApprovalRefused.forGood(
          "APPROVAL_NOT_SIGNED",
          "%d people have to sign, and %d have".formatted(quorum, approvals.approvals().size()));
    }
    Passkeys passkeys = log.passkeys();
    Set<String> approvers = new HashSet<>();
    Optional<ApprovalRefused> wrong = Optional.empty();
    for (SignedApproval each : approvals.approvals()) {
      Optional<String> fault = passkeys.fault(each.approver(), each.signature());
      if (fault.isEmpty()) {
        approvers.add(each.approver());
      } else if (wrong.isEmpty()) {
        wrong = fault.map(code -> refused(code, each.approver()));
      }
    }
    if (approvers.size() < quorum) {
      throw wrong.orElseGet(() ->
          ApprovalRefused.forGood(
              "APPROVAL_NOT_SIGNED",
              "%d people have to sign, and %d have".formatted(quorum, approvers.size())));
    }
  }

  private static ApprovalRefused refused(String code, String approver) {
    String why = "the tenant's log does not have this passkey as one of " + approver;
    return ON_ITS_WAY.contains(code)
        ? ApprovalRefused.forNow(code, why)
        : ApprovalRefused.forGood(code, why);
  }
}
