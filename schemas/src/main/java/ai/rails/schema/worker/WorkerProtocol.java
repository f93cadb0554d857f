package ai.rails.schema.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.run.RunEvent.Purpose;

/// The bodies of the worker protocol, `/v1/worker` and `/v1/attestation` over mutual TLS; its
/// description is `schemas/openapi/worker.yaml`.
///
/// Bytes are base64 (standard alphabet, padded), times are Unix milliseconds, absent members are
/// omitted. An unknown member is refused.
public final class WorkerProtocol {
  private WorkerProtocol() {}

  /// `POST /v1/attestation/nonces` -> 201. A nonce is single use and lives 60 s.
  ///
  /// @param nonce 32 bytes, base64
  /// @param audience the service that asks, part of what evidence is bound to
  public record Nonce(String nonce, String audience, long expiresAt) {}

  /// `POST /v1/attestation/releases` -> 200 [KeyPackage].
  ///
  /// @param tee `TDX` or `SEV-SNP`
  /// @param evidence quote or report, without padding
  /// @param certificates SEV-SNP: the certificate table that the host gave the guest
  /// @param hpkePublicKey X25519, 32 bytes, made for this request alone; nonce, key, TLS key and
  ///   what follows are bound by the evidence
  /// @param runtime the worker's version
  /// @param policySha256 the platform policy that the worker insists on
  /// @param gpuEvidence what the GPU reports for the same nonce, where the guest has one
  public record ReleaseRequest(
      String nonce,
      String tee,
      String evidence,
      Optional<String> certificates,
      String hpkePublicKey,
      String runtime,
      Optional<String> policySha256,
      Optional<String> gpuEvidence) {}

  /// Keys, sealed by HPKE to the worker's key with info as `WorkerBinding` makes it. Opened it is
  /// JSON [ReleasedKeys]. They count when [Confirmation] has said that they were opened.
  ///
  /// @param verdict `VERIFIED`, or `SIMULATED`
  /// @param policyRevision of the platform policy that released them
  public record KeyPackage(
      String releaseId,
      String sealed,
      String verdict,
      String policyRevision,
      long leaseEpoch,
      long expiresAt) {}

  /// What a key package holds.
  ///
  /// @param workflowKey 32 bytes, base64
  /// @param ingestKeys connector instance id, or `release`, to its HPKE private keyset, base64
  /// @param artifactDigest the only workflow version this worker may run
  /// @param confirmationKey 32 bytes, base64
  public record ReleasedKeys(
      String workflowKey,
      Map<String, String> ingestKeys,
      String artifactDigest,
      String confirmationKey) {}

  /// `POST /v1/attestation/confirmations` -> 204, within half a minute of the release.
  ///
  /// @param mac HMAC-SHA-256 under the confirmation key, base64
  public record Confirmation(String releaseId, String mac) {}

  /// `GET /v1/worker/artifact` -> 200: what the worker's certificate binds it to.
  ///
  /// @param artifact canonical JSON of the compiled workflow, base64
  /// @param signature Ed25519 over the artifact's bytes, base64
  /// @param instances connector alias to the tenant's instance
  public record Release(
      String artifactDigest,
      String artifact,
      String signature,
      String signingKeyId,
      Map<String, Instance> instances) {}

  /// A tenant's connector instance.
  ///
  /// @param settings JSON object: choice lists, matrices, channels; metadata
  /// @param credential HPKE ciphertext to the instance's ingest key, info
  ///   `airails|1|credential|<tenant>|<instance>`; opened it is a JSON object of strings
  public record Instance(
      String instance,
      String connector,
      String connectorDigest,
      String host,
      int port,
      Map<String, Object> settings,
      Optional<String> credential) {}

  /// `POST /v1/worker/steps/claim` -> 200 [Claimed], or 409 if another worker has it or it is over.
  public record Claim(String commandId, String run, String step, int attempt) {}

  /// A step attempt is this worker's until the lease ends.
  ///
  /// @param epoch fences every later request of this attempt
  /// @param wrappedRunKey absent until the first step made one
  /// @param inputs disclosed inputs
  /// @param steps step to its disclosed fields
  /// @param contents refs needed (inputs, outputs of completed steps, frozen call) to ciphertext
  /// @param outputs completed step to the ref of its output
  /// @param inherited with a fork: which of `contents` are sealed under another run's key
  /// @param frozen the call that was frozen before, with its digest; it is resent, never rebuilt
  /// @param correction of it, if a person has made one that was not rendered yet
  public record Claimed(
      String tenant,
      String workspace,
      String environment,
      String run,
      String step,
      int attempt,
      int attemptGroup,
      Purpose purpose,
      String artifactDigest,
      long epoch,
      long leaseUntil,
      long now,
      Optional<String> wrappedRunKey,
      Map<String, String> inputs,
      Map<String, Map<String, String>> steps,
      Map<String, String> contents,
      Map<String, String> sealedInputs,
      Map<String, String> outputs,
      List<Inherited> inherited,
      Optional<Frozen> frozen,
      Optional<GateView> gate,
      Optional<String> traceparent,
      Optional<Correction> correction) {}

  /// A frozen call as a person corrected it: to be rendered, and proposed or intended, in the place
  /// of the frozen one.
  ///
  /// @param callDigest of the call that he corrected
  /// @param correctedDigest of the one that he made of it; nothing else may be rendered
  /// @param frozenRef of the corrected call's bytes
  /// @param ref of the sealed correction: HPKE to the version's ingest key
  /// @param fields names of the parameters in it
  public record Correction(
      String gate,
      String callDigest,
      String correctedDigest,
      String frozenRef,
      String ref,
      List<String> fields) {}

  /// Content that a fork took over from the run that made it, of the same tenant and workflow
  /// version.
  ///
  /// @param run the run that sealed it
  /// @param wrappedRunKey that run's key
  public record Inherited(String run, String wrappedRunKey, List<String> refs) {}

  /// A frozen call.
  ///
  /// @param ref of its sealed parameters and salt
  /// @param intended whether an intent was committed
  /// @param intentAt when the last one was under which anything can have been sent, or 0
  /// @param executed outcome if there is one
  public record Frozen(
      String callId,
      String callDigest,
      String ref,
      boolean intended,
      long intentAt,
      Optional<String> executed) {}

  /// What a card shows.
  public record GateView(
      String gate,
      String forStep,
      String callDigest,
      List<String> reasons,
      Map<String, String> display,
      long expiresAt,
      String role,
      int quorum) {}

  /// Names the attempt that a request belongs to.
  public record Attempt(String run, String step, int attempt, long epoch) {}

  /// Content to be stored before the event that names it.
  public record Sealed(String ref, String ciphertext) {}

  /// `PUT /v1/worker/run-key` -> 204; 409 if the run has another one: claim again.
  public record RunKey(Attempt attempt, String wrappedRunKey) {}

  /// `POST /v1/worker/leases/renew` -> 200 [Lease], or 409.
  public record Renew(Attempt attempt) {}

  /// A lease's new end.
  public record Lease(long leaseUntil) {}

  /// `POST /v1/worker/gates/propose` -> 200 [Proposed]: asks for approval of a frozen call.
  public record Propose(
      Attempt attempt, String gate, Call call, Map<String, String> display, List<Sealed> sealed) {}

  /// @param effect what policy said; `DENY` ends the step, else the gate is open
  public record Proposed(String effect, List<String> reasons) {}

  /// A call as far as the control plane may know it.
  ///
  /// @param forStep the step the call belongs to
  /// @param parameters disclosed parameters
  /// @param requests declared number of requests, 1 to 8
  /// @param estimate worst case cost, with priceTable; zero for what costs nothing
  /// @param tokens most that a model can use; absent for what is no model
  /// @param frozenRef ref of the sealed parameters and salt
  public record Call(
      String callId,
      String forStep,
      int actionIndex,
      String connector,
      String action,
      String connectorDigest,
      String instance,
      String host,
      int port,
      String callDigest,
      String idempotencyClass,
      Map<String, String> parameters,
      int requests,
      Cost estimate,
      Optional<Long> tokens,
      String frozenRef) {}

  /// An amount in billionths, and the price table it comes from.
  public record Cost(String currency, long nanos, String priceTable) {}

  /// `POST /v1/worker/calls/{callId}/intent` -> 200 [Intended].
  public record Intent(Attempt attempt, Call call, List<Sealed> sealed) {}

  /// @param effect `ALLOW` or `ROUTE`: tickets follow; any other: nothing may leave
  /// @param tickets one for each declared request
  /// @param route with `ROUTE` and no tickets: policy wants another model of the step; freeze its
  ///   call, and ask about it under the same attempt
  /// @param signed with a call whose approvals had to be signed
  /// @param runner with tickets: who makes the call; they are for the proxy beside it
  public record Intended(
      String effect,
      List<String> reasons,
      String decisionId,
      String idempotencyKey,
      List<String> tickets,
      Optional<Long> retryAfterMillis,
      Optional<Route> route,
      Optional<SignedApprovals> signed,
      Optional<Runner> runner) {
    public Intended(
        String effect,
        List<String> reasons,
        String decisionId,
        String idempotencyKey,
        List<String> tickets,
        Optional<Long> retryAfterMillis) {
      this(
          effect,
          reasons,
          decisionId,
          idempotencyKey,
          tickets,
          retryAfterMillis,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /// What people signed about a call. A worker believes none of it before it has checked it.
  ///
  /// @param quorum how many must have signed
  public record SignedApprovals(int quorum, List<SignedApproval> approvals) {}

  /// @param approver who approved, not whose say it was
  public record SignedApproval(String approver, PasskeySignature signature) {}

  /// `GET /v1/worker/tenant-log?from=N` -> 200: the tenant's own log from position N on, as far as
  /// witnesses have seen it. The read side serves it.
  ///
  /// @param checkpoint the newest note that is cosigned
  /// @param leaves those of the positions from N on, base64; none where N is after what there is
  /// @param events position to the bytes of entries about passkeys, base64
  public record LogPage(String checkpoint, List<String> leaves, Map<String, String> events) {}

  /// A runner's card: its key, signed with the key of its certificate. The control plane passes it
  /// on and is not believed.
  public record Runner(String runner, String certificate, String hpkePublicKey, String signature) {}

  /// `POST /v1/worker/calls/{callId}/handover` -> 204: an intended call, sealed to its runner.
  public record HandOver(Attempt attempt, String instance, long notAfter, String sealed) {}

  /// `POST /v1/worker/calls/{callId}/handover/answer` -> 200 [HandedOver].
  public record Await(Attempt attempt) {}

  /// @param state `WAITING`, `TAKEN`, `ANSWERED`, or `WITHDRAWN`: nobody took it in time
  /// @param sealed to the key that went with the call
  public record HandedOver(String state, Optional<String> sealed) {}

  /// A model.
  ///
  /// @param provider its connector
  /// @param region as the setting `region` of the connector's instance says
  public record Route(String provider, String model, String region) {}

  /// `POST /v1/worker/calls/{callId}/tickets` -> 200 [Freshened]: a slow call's further requests
  /// need tickets that still live. Only for a call that is intended under this very lease.
  ///
  /// @param requests how many are still to be made, at most those that were declared
  public record Freshen(Attempt attempt, int requests) {}

  /// @param tickets one for each request
  public record Freshened(List<String> tickets) {}

  /// `POST /v1/worker/calls/{callId}/outcome` -> 200 [Recorded].
  ///
  /// @param outcome `SUCCESS`, `DEFINITE_FAILURE` or `AMBIGUOUS`
  /// @param code for example `OK`, `HTTP_403`, `TIMEOUT`, `READ_BACK_DIFFERS`
  /// @param retryable whether a definite failure may be tried again
  /// @param retryAfterMillis what the other side asked for
  /// @param evidence kind to sealed content
  public record ReportOutcome(
      Attempt attempt,
      String outcome,
      String code,
      boolean retryable,
      Optional<Long> retryAfterMillis,
      int httpStatus,
      String vendorRef,
      int requests,
      boolean verified,
      boolean adopted,
      Optional<ModelUse> model,
      Map<String, Sealed> evidence) {}

  /// What a model call used and cost.
  public record ModelUse(
      String provider,
      String model,
      String responseModel,
      long inputTokens,
      long cachedInputTokens,
      long cacheWriteTokens,
      long outputTokens,
      long reasoningTokens,
      Cost cost) {}

  /// @param next `COMPLETE`: complete the step now; `STOP`: the run decided otherwise
  public record Recorded(String next) {}

  /// `POST /v1/worker/steps/complete` -> 204.
  public record Complete(Attempt attempt, Map<String, String> disclosed, Optional<Sealed> output) {}

  /// `POST /v1/worker/steps/fail` -> 204.
  public record Fail(Attempt attempt, String code, boolean retryable) {}

  /// `POST /v1/worker/reveals/claim` -> 200 [RevealTask], or 409 if it is over.
  public record RevealClaim(String reveal) {}

  /// What to seal to whom.
  ///
  /// @param event bytes of the entry that allows it, base64: a worker seals what that names, to the
  ///   key that it names, and nothing else
  /// @param publicKey P-256, uncompressed, 65 bytes, base64
  /// @param wrappedRunKey absent if the run has none
  /// @param contents refs to ciphertext
  /// @param inherited with a fork: which of `contents` are sealed under another run's key
  public record RevealTask(
      String event,
      String publicKey,
      Optional<String> wrappedRunKey,
      Map<String, String> contents,
      List<Inherited> inherited) {}

  /// `POST /v1/worker/reveals/answer` -> 204, or 409 if it is over.
  ///
  /// @param sealed to the person's key, base64; opened it is JSON [Shown]
  public record RevealAnswer(String reveal, String sealed) {}

  /// What a person sees.
  public record Shown(List<Part> parts) {}

  /// @param kind `CALL`, `OUTPUT`, `INPUT` or `COMMENT`
  /// @param name step or input; of a comment the ref of its ciphertext
  /// @param bytes base64; of a call those that its digest is the SHA-256 of
  public record Part(String kind, String name, String bytes) {}
}
