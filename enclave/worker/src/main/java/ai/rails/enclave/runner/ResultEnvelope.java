package ai.rails.enclave.runner;

import java.security.GeneralSecurityException;

import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;

/// What became of a call, sealed to the key that came with it: only who opened the call has that.
public final class ResultEnvelope {
  private ResultEnvelope() {}

  static byte[] seal(
      byte[] answerKey, RunnerResult result, RunnerIdentity runner, String callId, long epoch)
      throws GeneralSecurityException {
    return HpkeKeyPair.seal(answerKey, Json.write(result), info(runner, callId, epoch));
  }

  /// @throws GeneralSecurityException if it is another call's, altered, or no result
  public static Result open(
      HpkeKeyPair key, byte[] sealed, RunnerIdentity runner, String callId, long epoch)
      throws GeneralSecurityException {
    try {
      return Json.read(key.open(sealed, info(runner, callId, epoch)), RunnerResult.class).result();
    } catch (Problem | IllegalArgumentException e) {
      throw new GeneralSecurityException("the answer holds no result", e);
    }
  }

  private static String info(RunnerIdentity runner, String callId, long epoch) {
    return SealedContext.of(
        "runner-outcome", runner.uri().toString(), callId, Long.toString(epoch));
  }
}
