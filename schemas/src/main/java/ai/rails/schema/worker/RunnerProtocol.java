package ai.rails.schema.worker;

import java.util.List;

/// The bodies of the runner's requests, `/v1/runner` over mutual TLS; described with the worker
/// protocol in `schemas/openapi/worker.yaml`, and with its conventions.
public final class RunnerProtocol {
  private RunnerProtocol() {}

  /// `POST /v1/runner/calls/take` -> 200 [Taken].
  ///
  /// @param spool id of what keeps the calls, 32 hex digits: a call is given to one spool alone
  /// @param most how many calls there is room for; with 0 none are given
  /// @param known calls that it has, which are not given again; at most 256
  /// @param notes what happened since, at most 256
  public record Take(String spool, int most, List<Known> known, List<Note> notes) {
    public Take {
      known = List.copyOf(known);
      notes = List.copyOf(notes);
    }
  }

  /// A call that came and was not answered yet.
  public record Known(String callId, long epoch) {}

  /// What a runner says of itself: metadata.
  ///
  /// @param code for example `CALL_EXPIRED`
  /// @param count how often, since the note before
  public record Note(long at, String code, long count) {}

  /// @param now of the control plane
  /// @param policyUntil the runner begins nothing later; 0 if policy can not be asked now, which
  ///   leaves the time before
  /// @param calls each is given again, to the same spool, until that knows it or it is over
  public record Taken(long now, long policyUntil, List<SealedCall> calls) {
    public Taken {
      calls = List.copyOf(calls);
    }
  }

  /// A call for this runner.
  ///
  /// @param sealed HPKE to the runner's key, with a text that names all other members
  public record SealedCall(
      String callId, long epoch, String instance, long notAfter, String sealed) {}

  /// `POST /v1/runner/calls/{callId}/outcome` -> 204, whether or not somebody waits for it.
  ///
  /// @param sealed HPKE to the key that came with the call
  public record SealedOutcome(long epoch, String sealed) {}
}
