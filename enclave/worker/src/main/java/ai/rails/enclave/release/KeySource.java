package ai.rails.enclave.release;

import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.Release;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;

/// Where keys and the bound workflow come from: the control plane.
public interface KeySource {
  Nonce nonce() throws InterruptedException;

  KeyPackage release(ReleaseRequest request) throws InterruptedException;

  void confirm(Confirmation confirmation) throws InterruptedException;

  Release artifact() throws InterruptedException;
}
