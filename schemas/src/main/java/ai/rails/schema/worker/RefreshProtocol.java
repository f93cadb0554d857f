package ai.rails.schema.worker;

import java.util.Optional;

/// The bodies of the requests by which workers take turns at a token endpoint; part of the worker
/// protocol in `schemas/openapi/worker.yaml`, and with its conventions.
public final class RefreshProtocol {
  private RefreshProtocol() {}

  /// `POST /v1/worker/calls/{callId}/refresh` -> 200 [Refresh]: a token endpoint may take a refresh
  /// token once only, so of all workers one asks it at a time. Only for the instance of a call that
  /// is intended under this very lease.
  ///
  /// @param held SHA-256, lower-case hex, of the instance's credential as the worker has it
  /// @param grant 128 random bits, lower-case hex; a repetition asks for the same
  public record AskRefresh(WorkerProtocol.Attempt attempt, String held, String grant) {}

  /// @param state `GRANTED`: ask, and say what came of it; `CHANGED`: the credential is another one
  ///   by now; `BUSY`: somebody else asks
  /// @param credential with `CHANGED`, as in [WorkerProtocol.Instance]
  public record Refresh(String state, Optional<String> credential) {}

  /// `PUT /v1/worker/credential` -> 204, or 409 if the grant was overtaken.
  ///
  /// @param sealed what was given, as in [WorkerProtocol.Instance]; absent if nothing was
  public record Refreshed(String instance, String grant, Optional<String> sealed) {}
}
