package ai.rails.enclave.worker;

import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.Disclosure;
import ai.rails.schema.worker.WorkerProtocol.Complete;

/// Completes a step: its output sealed, its disclosed fields checked and in the clear.
final class Completion {
  private final ControlPlane controlPlane;

  Completion(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /// @throws ContentRefused with DISCLOSURE_REFUSED if a declared field does not fit its type
  void complete(Work work, Map<String, Disclosed> disclose, JsonNode output)
      throws InterruptedException {
    Map<String, String> disclosed = Disclosure.of(disclose, output);
    var sealed = work.content().seal(work.outputRef(), Outcomes.json(output));
    controlPlane
        .complete(new Complete(work.attempt(), disclosed, Optional.of(sealed)), work.fence())
        .orAbandon();
  }
}
