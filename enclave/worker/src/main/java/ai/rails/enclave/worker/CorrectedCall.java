package ai.rails.enclave.worker;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.TreeSet;

import ai.rails.domain.workflow.Step;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.release.Released;
import ai.rails.platform.http.Problem;
import ai.rails.platform.keys.CallCorrection;
import ai.rails.schema.worker.WorkerProtocol.Correction;

/// Renders the call that a person made by correcting one: the frozen bytes with his values and his
/// salt, and only if they are the call whose digest he named. No model is asked again, and no other
/// parameter changes.
final class CorrectedCall {
  private final Keys keys;

  CorrectedCall(Keys keys) {
    this.keys = keys;
  }

  /// @param base the call that is corrected, thawed
  /// @throws ContentRefused if it is not exactly this correction of exactly that call
  FrozenCall render(Work work, Step.Call declared, FrozenCall base, Correction correction) {
    CallCorrection values = opened(work, correction);
    boolean named =
        values.fields().equals(new TreeSet<>(correction.fields()))
            && declared.parameters().keySet().containsAll(values.fields());
    if (!named) {
      throw refused("it is of other parameters than it names, or that the step declares");
    }
    try {
      return FrozenCall.thaw(values.appliedTo(base.bytes()), correction.correctedDigest());
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private CallCorrection opened(Work work, Correction correction) {
    String info =
        CallCorrection.info(
            work.claimed().tenant(),
            work.claimed().run(),
            correction.gate(),
            correction.callDigest(),
            correction.correctedDigest());
    try {
      byte[] sealed =
          Base64.getDecoder().decode(Scopes.ciphertext(work.claimed(), correction.ref()));
      return CallCorrection.parse(keys.current().open(Released.RELEASE_KEY, sealed, info));
    } catch (Problem | IllegalArgumentException e) {
      throw refused("it can not be read");
    } catch (GeneralSecurityException e) {
      throw refused("it was not sealed to this version for this gate and these calls");
    }
  }

  private static ContentRefused refused(String why) {
    return new ContentRefused(Code.CORRECTION_REFUSED, "the correction is refused: " + why);
  }
}
