package ai.rails.command.worker;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.run.CallId;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Await;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Complete;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.Freshen;
import ai.rails.schema.worker.WorkerProtocol.Freshened;
import ai.rails.schema.worker.WorkerProtocol.HandOver;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.Lease;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.Proposed;
import ai.rails.schema.worker.WorkerProtocol.Recorded;
import ai.rails.schema.worker.WorkerProtocol.Renew;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.RevealAnswer;
import ai.rails.schema.worker.WorkerProtocol.RevealClaim;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;
import ai.rails.schema.worker.WorkerProtocol.RunKey;
import ai.rails.schema.worker.WorkerProtocol.Sealed;

/// Speaks the worker protocol as a worker would, without HTTP.
record TestWorker(WorkerApi api, WorkerIdentity identity) {
  static final String SPENT = "SPENT";

  Claimed claim(StepCommand command) {
    return claim(command, command.commandId());
  }

  Claimed claim(StepCommand command, String commandId) {
    var claim = new Claim(commandId, command.run(), command.step(), command.attempt());
    return ask("POST /v1/worker/steps/claim", Map.of(), claim, Claimed.class);
  }

  RevealTask claimReveal(String reveal) {
    return ask(
        "POST /v1/worker/reveals/claim", Map.of(), new RevealClaim(reveal), RevealTask.class);
  }

  void answerReveal(String reveal, String sealed) {
    ask(
        "POST /v1/worker/reveals/answer",
        Map.of(),
        new RevealAnswer(reveal, base64(sealed)),
        Void.class);
  }

  static Attempt attempt(Claimed c) {
    return new Attempt(c.run(), c.step(), c.attempt(), c.epoch());
  }

  Lease renew(Claimed c) {
    return ask("POST /v1/worker/leases/renew", Map.of(), new Renew(attempt(c)), Lease.class);
  }

  void runKey(Claimed c, String key) {
    ask("PUT /v1/worker/run-key", Map.of(), new RunKey(attempt(c), base64(key)), Void.class);
  }

  /// The call of the claimed step, or of the step behind the claimed gate.
  static Call call(Claimed c, String step, String action, String klass) {
    return new Call(
        CallId.of(c.tenant(), c.run(), step, 0, c.attemptGroup()),
        step,
        0,
        "servicenow",
        action,
        Triage.CONNECTOR,
        "snow-dev",
        "snow.test",
        443,
        "sha256:" + "d".repeat(64),
        klass,
        Map.of("impact", "1"),
        2,
        new Cost("USD", klass.equals("M") ? 400_000_000 : 0, "prices-1"),
        klass.equals("M") ? Optional.of(5_000L) : Optional.empty(),
        "%s/call/%d".formatted(step, c.attemptGroup()));
  }

  Proposed propose(Claimed c, Call call) {
    return ask(
        "POST /v1/worker/gates/propose",
        Map.of(),
        new Propose(attempt(c), c.step(), call, Map.of("Category", "network"), content(call)),
        Proposed.class);
  }

  Intended intent(Claimed c, Call call) {
    List<Sealed> sealed = c.frozen().isPresent() ? List.of() : content(call);
    return ask(
        "POST /v1/worker/calls/{callId}/intent",
        Map.of("callId", call.callId()),
        new Intent(attempt(c), call, sealed),
        Intended.class);
  }

  List<String> freshen(Claimed c, Call call, int requests) {
    return ask(
            "POST /v1/worker/calls/{callId}/tickets",
            Map.of("callId", call.callId()),
            new Freshen(attempt(c), requests),
            Freshened.class)
        .tickets();
  }

  void handOver(Claimed c, Call call, String instance, long notAfter, String sealed) {
    ask(
        "POST /v1/worker/calls/{callId}/handover",
        Map.of("callId", call.callId()),
        new HandOver(attempt(c), instance, notAfter, base64(sealed)),
        Void.class);
  }

  HandedOver handedOver(Claimed c, Call call) {
    return ask(
        "POST /v1/worker/calls/{callId}/handover/answer",
        Map.of("callId", call.callId()),
        new Await(attempt(c)),
        HandedOver.class);
  }

  Refresh askRefresh(Claimed c, Call call, String held, String grant) {
    return ask(
        "POST /v1/worker/calls/{callId}/refresh",
        Map.of("callId", call.callId()),
        new AskRefresh(attempt(c), held, grant),
        Refresh.class);
  }

  void keepRefreshed(String instance, String grant, Optional<String> sealed) {
    ask("PUT /v1/worker/credential", Map.of(), new Refreshed(instance, grant, sealed), Void.class);
  }

  private static List<Sealed> content(Call call) {
    return List.of(new Sealed(call.frozenRef(), base64("frozen " + call.callId())));
  }

  Recorded outcome(Claimed c, Call call, String outcome, String code) {
    return outcome(c, call, outcome, code, Optional.empty());
  }

  Recorded outcome(Claimed c, Call call, String outcome, String code, Optional<ModelUse> model) {
    String ref = "%s/evidence/%d/output".formatted(c.step(), c.attempt());
    var report =
        new ReportOutcome(
            attempt(c),
            outcome,
            code,
            outcome.equals("DEFINITE_FAILURE"),
            Optional.empty(),
            200,
            "vendor-1",
            2,
            true,
            false,
            model,
            Map.of("output", new Sealed(ref, base64("evidence"))));
    return ask(
        "POST /v1/worker/calls/{callId}/outcome",
        Map.of("callId", call.callId()),
        report,
        Recorded.class);
  }

  static ModelUse use(long nanos) {
    return new ModelUse(
        "openai", "gpt", "gpt-1", 100, 0, 0, 20, 0, new Cost("USD", nanos, "prices-1"));
  }

  void complete(Claimed c) {
    boolean card = c.step().endsWith(".card");
    complete(c, card ? Map.of() : Map.of("category", "network"), "output of " + c.step());
  }

  void complete(Claimed c, Map<String, String> disclosed, String output) {
    String ref = "%s/output/%d".formatted(c.step(), c.attempt());
    var done = new Complete(attempt(c), disclosed, Optional.of(new Sealed(ref, base64(output))));
    ask("POST /v1/worker/steps/complete", Map.of(), done, Void.class);
  }

  void fail(Claimed c, String code, boolean retryable) {
    ask("POST /v1/worker/steps/fail", Map.of(), new Fail(attempt(c), code, retryable), Void.class);
  }

  /// Claims and does a tool step that policy allows.
  Claimed does(StepCommand command, String action, String klass) {
    Claimed claimed = claim(command);
    Call call = call(claimed, command.step(), action, klass);
    Intended intended = intent(claimed, call);
    if (!intended.effect().equals("ALLOW")) {
      throw new AssertionError("held back: " + intended);
    }
    Optional<ModelUse> model = klass.equals("M") ? Optional.of(use(150_000_000)) : Optional.empty();
    outcome(claimed, call, "SUCCESS", "OK", model);
    complete(claimed);
    return claimed;
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private <T> T ask(String name, Map<String, String> parts, Object body, Class<T> answer) {
    for (WorkerEndpoint<?> endpoint : api.endpoints()) {
      if (endpoint.name().equals(name)) {
        return given(endpoint, parts, body, answer);
      }
    }
    throw new AssertionError("no endpoint " + name);
  }

  @SuppressWarnings({"unchecked", "NullAway"})
  private <B, T> T given(
      WorkerEndpoint<B> endpoint, Map<String, String> parts, Object body, Class<T> answer) {
    WorkerEndpoint.Reply reply =
        endpoint
            .handler()
            .handle(identity, parts, endpoint.body().cast(body), Optional.of("00-trace"));
    @Nullable Object value = reply.body().orElse(null);
    return answer.cast(value);
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
