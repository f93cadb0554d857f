package ai.rails.enclave.worker;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
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
  Map<String, RunContent> inherited(String tenant, List<Inherited> sources) {
    Map<String, RunContent> all = new HashMap<>();
    for (Inherited source : sources) {
      var content =
          new RunContent(
              opened(tenant, source.run(), source.wrappedRunKey()), tenant, source.run());
      source.refs().forEach(ref -> all.put(ref, content));
    }
    return all;
  }

  /// Opens a run's key.
  ///
  /// @param wrapped base64
  /// @throws ContentRefused with CONTENT_NOT_OPENED if it belongs to another run or version
  ContentKey opened(String tenant, String run, String wrapped) {
    try {
      return keys.current()
          .workflowKey()
          .unwrap(Base64.getDecoder().decode(wrapped), ContentKey.runKeyOf(tenant, run));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw notOpened(e);
    }
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
    if (claimed.wrappedRunKey().isPresent()) {
      return Optional.of(opened(claimed.tenant(), claimed.run(), claimed.wrappedRunKey().get()));
    }
    String place = ContentKey.runKeyOf(claimed.tenant(), claimed.run());
    ContentKey workflowKey = keys.current().workflowKey();
    try {
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
