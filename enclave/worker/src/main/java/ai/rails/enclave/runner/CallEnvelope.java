package ai.rails.enclave.runner;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.RunnerProtocol.SealedCall;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// One call as a worker seals it to a runner. Around it stands, authenticated, for whom it is
/// (tenant, workspace, environment, runner), which call and epoch, at which instance, until when:
/// it opens nowhere else.
///
/// @param frozen bytes of the frozen call, base64
/// @param credential opened members of the instance's credential, of this one call's use
/// @param tickets for the proxy beside the runner
/// @param answerKey public keyset, base64, made for this one answer
public record CallEnvelope(
    String run,
    String step,
    int attemptGroup,
    String callId,
    String callDigest,
    String frozen,
    String idempotencyKey,
    ConnectorPin pin,
    Instance instance,
    Map<String, String> credential,
    List<String> tickets,
    boolean recovering,
    long sinceIntentMillis,
    String answerKey) {
  public CallEnvelope {
    credential = Map.copyOf(credential);
    tickets = List.copyOf(tickets);
  }

  /// @param answerKey public keyset
  public static CallEnvelope of(Order order, byte[] answerKey) {
    Instance at = order.instance();
    return new CallEnvelope(
        order.run(),
        order.step(),
        order.attemptGroup(),
        order.callId(),
        order.call().digest(),
        Base64.getEncoder().encodeToString(order.call().bytes()),
        order.idempotencyKey(),
        order.pin(),
        new Instance(
            at.instance(),
            at.connector(),
            at.connectorDigest(),
            at.host(),
            at.port(),
            at.settings(),
            Optional.empty()),
        order.credential(),
        order.tickets(),
        order.recovering(),
        order.sinceIntentMillis(),
        Base64.getEncoder().encodeToString(answerKey));
  }

  /// @param notAfter Unix milliseconds; the runner does not begin it later
  public byte[] seal(byte[] runnerKey, RunnerIdentity to, long epoch, long notAfter)
      throws GeneralSecurityException {
    return HpkeKeyPair.seal(
        runnerKey, Json.write(this), info(to, instance.instance(), callId, epoch, notAfter));
  }

  /// @throws GeneralSecurityException if it is another's, another call, altered, or no call
  static CallEnvelope open(HpkeKeyPair key, RunnerIdentity mine, SealedCall call)
      throws GeneralSecurityException {
    try {
      byte[] plain =
          key.open(
              Base64.getDecoder().decode(call.sealed()),
              info(mine, call.instance(), call.callId(), call.epoch(), call.notAfter()));
      CallEnvelope opened = Json.read(plain, CallEnvelope.class);
      if (!opened.callId.equals(call.callId())
          || !opened.instance.instance().equals(call.instance())
          || !opened.pin.instance().equals(call.instance())) {
        throw new GeneralSecurityException("the envelope holds another call than it names");
      }
      FrozenCall _ = opened.call();
      byte[] _ = HpkeKeyPair.seal(opened.answerKeyset(), new byte[0], "airails");
      return opened;
    } catch (Problem | IllegalArgumentException | ContentRefused e) {
      throw new GeneralSecurityException("the envelope holds no call", e);
    }
  }

  FrozenCall call() {
    return FrozenCall.thaw(Base64.getDecoder().decode(frozen), callDigest);
  }

  byte[] answerKeyset() {
    return Base64.getDecoder().decode(answerKey);
  }

  /// The call for the gateway. There is no more leave than its tickets.
  Order order() {
    return new Order(
        call(),
        run,
        step,
        attemptGroup,
        callId,
        idempotencyKey,
        pin,
        instance,
        credential,
        tickets,
        _ -> List.of(),
        Optional.empty(),
        recovering,
        sinceIntentMillis);
  }

  private static String info(
      RunnerIdentity runner, String instance, String callId, long epoch, long notAfter) {
    return SealedContext.of(
        "runner-call",
        runner.uri().toString(),
        instance,
        callId,
        Long.toString(epoch),
        Long.toString(notAfter));
  }

  @Override
  public String toString() {
    return "CallEnvelope[" + callId + "]";
  }
}
