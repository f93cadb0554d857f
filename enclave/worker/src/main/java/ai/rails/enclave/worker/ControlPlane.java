package ai.rails.enclave.worker;

import java.util.concurrent.atomic.AtomicInteger;

import ai.rails.enclave.gate.ApprovalRefused;
import ai.rails.enclave.release.KeySource;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;
import ai.rails.schema.worker.WorkerProtocol.Await;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Complete;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.Freshen;
import ai.rails.schema.worker.WorkerProtocol.Freshened;
import ai.rails.schema.worker.WorkerProtocol.HandOver;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Lease;
import ai.rails.schema.worker.WorkerProtocol.LogPage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.Proposed;
import ai.rails.schema.worker.WorkerProtocol.Recorded;
import ai.rails.schema.worker.WorkerProtocol.Release;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.Renew;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.RevealAnswer;
import ai.rails.schema.worker.WorkerProtocol.RevealClaim;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;
import ai.rails.schema.worker.WorkerProtocol.RunKey;

/// The worker protocol, as its client. Every method blocks until there is an answer. Thread-safe.
///
/// Requests of an attempt take a [Fence], which closes when the attempt is lost.
final class ControlPlane implements KeySource {
  /// What 204 says: nothing.
  record Nothing() {}

  /// A page is asked for so often; [ai.rails.enclave.gate.ApprovalCheck] asks again after a pause.
  private static final int LOG_TRIES = 3;

  private final Wire wire;

  ControlPlane(Wire wire) {
    this.wire = wire;
  }

  @Override
  public Nonce nonce() throws InterruptedException {
    return post("/v1/attestation/nonces", new Nothing(), Nonce.class, Fence.NONE).orAbandon();
  }

  @Override
  public KeyPackage release(ReleaseRequest request) throws InterruptedException {
    return post("/v1/attestation/releases", request, KeyPackage.class, Fence.NONE).orAbandon();
  }

  @Override
  public void confirm(Confirmation confirmation) throws InterruptedException {
    Nothing _ =
        post("/v1/attestation/confirmations", confirmation, Nothing.class, Fence.NONE).orAbandon();
  }

  @Override
  public Release artifact() throws InterruptedException {
    return wire.ask("GET", "/v1/worker/artifact", new Nothing(), Release.class, Fence.NONE)
        .orAbandon();
  }

  /// @throws ApprovalRefused if there is none now; whoever waits for it holds a call back, so it is
  ///   not asked for until the step's time is over
  LogPage tenantLog(long from) throws InterruptedException {
    String path = "/v1/worker/tenant-log?from=" + from;
    var tries = new AtomicInteger();
    Fence few =
        () -> {
          if (tries.getAndIncrement() == LOG_TRIES) {
            throw ApprovalRefused.forNow(
                "PASSKEY_LOG_UNREADABLE", "%s got no answer".formatted(path));
          }
        };
    try {
      return switch (wire.ask("GET", path, new Nothing(), LogPage.class, few)) {
        case Answer.Given<LogPage>(LogPage page) -> page;
        case Answer.Conflict<LogPage>(String code) -> throw notNow(code);
      };
    } catch (ControlPlaneRefused e) {
      throw notNow(String.valueOf(e.getMessage()));
    }
  }

  private static ApprovalRefused notNow(String why) {
    return ApprovalRefused.forNow("PASSKEY_LOG_BEHIND", why);
  }

  Answer<Claimed> claim(Claim claim) throws InterruptedException {
    return post("/v1/worker/steps/claim", claim, Claimed.class, Fence.NONE);
  }

  Answer<Nothing> runKey(RunKey key, Fence fence) throws InterruptedException {
    return wire.ask("PUT", "/v1/worker/run-key", key, Nothing.class, fence);
  }

  Answer<Lease> renew(Renew renew, Fence fence) throws InterruptedException {
    return post("/v1/worker/leases/renew", renew, Lease.class, fence);
  }

  Answer<Proposed> propose(Propose propose, Fence fence) throws InterruptedException {
    return post("/v1/worker/gates/propose", propose, Proposed.class, fence);
  }

  Answer<Intended> intent(Intent intent, Fence fence) throws InterruptedException {
    return post(ofCall(intent.call().callId(), "intent"), intent, Intended.class, fence);
  }

  Answer<Freshened> freshen(String callId, Freshen freshen, Fence fence)
      throws InterruptedException {
    return post(ofCall(callId, "tickets"), freshen, Freshened.class, fence);
  }

  Answer<Nothing> handOver(String callId, HandOver call, Fence fence) throws InterruptedException {
    return post(ofCall(callId, "handover"), call, Nothing.class, fence);
  }

  Answer<HandedOver> handedOver(String callId, Await await, Fence fence)
      throws InterruptedException {
    return post(ofCall(callId, "handover/answer"), await, HandedOver.class, fence);
  }

  Answer<Refresh> askRefresh(String callId, AskRefresh ask, Fence fence)
      throws InterruptedException {
    return post(ofCall(callId, "refresh"), ask, Refresh.class, fence);
  }

  Answer<Nothing> keepRefreshed(Refreshed refreshed, Fence fence) throws InterruptedException {
    return wire.ask("PUT", "/v1/worker/credential", refreshed, Nothing.class, fence);
  }

  Answer<Recorded> outcome(String callId, ReportOutcome outcome, Fence fence)
      throws InterruptedException {
    return post(ofCall(callId, "outcome"), outcome, Recorded.class, fence);
  }

  Answer<Nothing> complete(Complete complete, Fence fence) throws InterruptedException {
    return post("/v1/worker/steps/complete", complete, Nothing.class, fence);
  }

  Answer<Nothing> fail(Fail fail, Fence fence) throws InterruptedException {
    return post("/v1/worker/steps/fail", fail, Nothing.class, fence);
  }

  Answer<RevealTask> claim(RevealClaim claim, Fence fence) throws InterruptedException {
    return post("/v1/worker/reveals/claim", claim, RevealTask.class, fence);
  }

  Answer<Nothing> answer(RevealAnswer answer, Fence fence) throws InterruptedException {
    return post("/v1/worker/reveals/answer", answer, Nothing.class, fence);
  }

  private <T> Answer<T> post(String path, Object body, Class<T> as, Fence fence)
      throws InterruptedException {
    return wire.ask("POST", path, body, as, fence);
  }

  /// A call id is a UUID that this worker computed, so it needs no escaping.
  private static String ofCall(String callId, String what) {
    return "/v1/worker/calls/" + callId + "/" + what;
  }
}
