package ai.rails.enclave.worker;

import java.util.List;

import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Instance;
import ai.rails.schema.worker.WorkerProtocol.Sealed;

/// A frozen call, what the control plane may know of it, and what it is to store.
///
/// @param sealed the frozen bytes, when they are new; empty when they are stored already
record PreparedCall(
    FrozenCall call, ConnectorPin pin, Instance instance, Call body, List<Sealed> sealed) {
  PreparedCall {
    sealed = List.copyOf(sealed);
  }
}
