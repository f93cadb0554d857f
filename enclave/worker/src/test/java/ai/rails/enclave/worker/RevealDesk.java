package ai.rails.enclave.worker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.enclave.worker.ProtocolServer.Seen;
import ai.rails.schema.worker.WorkerProtocol.RevealAnswer;
import ai.rails.schema.worker.WorkerProtocol.RevealClaim;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;

/// What the control plane has of reveals: what is asked, and what was answered.
final class RevealDesk {
  final Map<String, RevealTask> tasks = new ConcurrentHashMap<>();
  final Map<String, String> answers = new ConcurrentHashMap<>();

  Reply answer(Seen seen) {
    if (seen.path().endsWith("/claim")) {
      RevealTask task = tasks.get(seen.as(RevealClaim.class).reveal());
      return task == null ? Reply.problem(409, "STALE_LEASE") : Reply.ok(task);
    }
    RevealAnswer answer = seen.as(RevealAnswer.class);
    answers.put(answer.reveal(), answer.sealed());
    return Reply.nothing();
  }
}
