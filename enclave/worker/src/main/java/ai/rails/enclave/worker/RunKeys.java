package ai.rails.enclave.worker;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.RunContent;
import ai.rails.enclave.worker.ControlPlane.Nothing;
import ai.rails.platform.keys.ContentKey;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Inherited;
import ai.rails.schema.worker.WorkerProtocol.RunKey;

/// A run's key: made by the worker of its first step, kept by the control plane only as ciphertext
/// under the workflow key.
final class RunKeys {
  private final ControlPlane controlPlane;
  private final Keys keys;

  RunKeys(ControlPlane controlPlane, Keys keys) {
    this.controlPlane = controlPlane;
    this.keys = keys;
  }

  /// Opens the keys of the runs whose content a fork took over.
  ///
  /// @return ref to the content of the run that sealed it
  /// @throws ContentRefused with CONTENT_NOT_OPENED if a key belongs to another run or version
  Map<String, RunContent> inherited(Claimed claimed) {
    ContentKey workflowKey = keys.current().workflowKey();
    Map<String, RunContent> all = new HashMap<>();
    for (Inherited source : claimed.inherited()) {
      try {
        byte[] wrapped = Base64.getDecoder().decode(source.wrappedRunKey());
        ContentKey key =
            workflowKey.unwrap(wrapped, ContentKey.runKeyOf(claimed.tenant(), source.run()));
        var content = new RunContent(key, claimed.tenant(), source.run());
        source.refs().forEach(ref -> all.put(ref, content));
      } catch (IllegalArgumentException | GeneralSecurityException e) {
        throw notOpened(e);
      }
    }
    return all;
  }

  private static ContentRefused notOpened(Exception cause) {
    return new ContentRefused(
        ContentRefused.Code.CONTENT_NOT_OPENED,
        "the run's key does not open under the released workflow key",
        cause);
  }

  /// Opens the run's key, or makes it.
  ///
  /// @return empty if another worker has made one in the meantime: claim again
  /// @throws ContentRefused with CONTENT_NOT_OPENED if the key belongs to another run or version
  Optional<ContentKey> of(Claimed claimed, Attempt attempt, Fence fence)
      throws InterruptedException {
    String place = ContentKey.runKeyOf(claimed.tenant(), claimed.run());
    ContentKey workflowKey = keys.current().workflowKey();
    try {
      if (claimed.wrappedRunKey().isPresent()) {
        byte[] wrapped = Base64.getDecoder().decode(claimed.wrappedRunKey().get());
        return Optional.of(workflowKey.unwrap(wrapped, place));
      }
      ContentKey made = ContentKey.generate();
      String wrapped = Base64.getEncoder().encodeToString(workflowKey.wrap(made, place));
      return switch (controlPlane.runKey(new RunKey(attempt, wrapped), fence)) {
        case Answer.Given<Nothing> given -> Optional.of(made);
        case Answer.Conflict<Nothing> conflict -> Optional.empty();
      };
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw notOpened(e);
    }
  }
}
