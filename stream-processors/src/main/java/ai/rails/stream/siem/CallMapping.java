package ai.rails.stream.siem;

import java.util.Locale;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.stream.siem.CallFacts.Intent;

/// Tells calls: API Activity with create, read, update or delete.
final class CallMapping {
  private static final Set<String> CREATING =
      Set.of("create", "open", "add", "post", "send", "insert", "start", "upload", "invite");
  private static final Set<String> DELETING =
      Set.of("delete", "remove", "purge", "drop", "destroy", "revoke");

  private CallMapping() {}

  static OcsfDraft intended(Entry entry, ToolActionIntended e, Memory memory) {
    CallFacts facts = memory.call(e.run(), e.callId()).intended(e);
    OcsfDraft draft = draft(entry, facts, e.callId()).status("Intended");
    draft.unmapped("call").put("decision", Shown.id(e.decisionId())).put("requests", e.requests());
    return draft;
  }

  static OcsfDraft executed(Entry entry, ToolActionExecuted e, Memory memory) {
    OcsfDraft draft = draft(entry, memory.call(e.run(), e.callId()), e.callId());
    if (e.httpStatus() > 0) {
      draft.object("http_response").put("code", e.httpStatus());
    }
    draft
        .unmapped("call")
        .put("verified", e.verified())
        .put("adopted", e.adopted())
        .put("requests", e.requests());
    e.runner()
        .ifPresent(runner ->
            draft
                .unmapped("call")
                .put("attestation", "UNATTESTED")
                .put("runner", Shown.id(runner)));
    return switch (e.outcome()) {
      case SUCCESS -> draft.succeeded();
      case DEFINITE_FAILURE -> draft.failed(e.code()).severity(Severity.LOW);
      case AMBIGUOUS ->
          draft
              .status("Ambiguous")
              .statusCode(e.code().isEmpty() ? Outcome.AMBIGUOUS.name() : e.code())
              .severity(Severity.MEDIUM);
    };
  }

  static OcsfDraft invoked(Entry entry, ModelInvoked e, Memory memory) {
    OcsfDraft draft = RunMapping.step(entry, Activity.api("Invoke"), "model.invoke", e.step());
    Intent intent = memory.call(e.run(), e.callId()).intent().orElse(null);
    if (intent != null) {
      draft.request(intent.key()).destination(intent.host(), intent.port());
    }
    draft
        .model(e.provider(), e.model(), e.responseModel())
        .tokens(e.provider(), e.usage().inputTokens(), e.usage().outputTokens())
        .succeeded();
    draft
        .unmapped("model")
        .put("cached_input_tokens", e.usage().cachedInputTokens())
        .put("cache_write_tokens", e.usage().cacheWriteTokens())
        .put("reasoning_tokens", e.usage().reasoningTokens())
        .put("price_table", Shown.id(e.priceTable()));
    RunMapping.money(draft.unmapped("cost"), e.cost());
    draft.unmapped("call").put("uid", Shown.id(e.callId()));
    return draft;
  }

  private static OcsfDraft draft(Entry entry, CallFacts facts, String callId) {
    Intent intent =
        facts.intent().orElseGet(() -> new Intent("unknown", "unknown", "", "", 0, callId, ""));
    OcsfDraft draft =
        RunMapping.activity(entry, activity(facts.sideEffect(), intent))
            .api(intent.tool() + "." + intent.action(), service(intent))
            .request(intent.key())
            .destination(intent.host(), intent.port());
    if (!intent.instance().isEmpty()) {
      draft.resource("connector_instance", intent.instance());
    }
    ObjectNode call = draft.unmapped("call").put("uid", Shown.id(callId));
    if (!intent.type().isEmpty()) {
      call.put("idempotency_class", intent.type());
    }
    return draft;
  }

  private static String service(Intent intent) {
    return intent.instance().isEmpty() ? intent.tool() : intent.instance();
  }

  /// The declared effect says whether it reads or writes. Manifests declare no finer effect, so the
  /// action's first word says whether a write makes, changes or removes something.
  private static Activity activity(String sideEffect, Intent intent) {
    String verb = intent.action().split("[._:-]", 2)[0].toLowerCase(Locale.ROOT);
    return switch (sideEffect) {
      case "read" -> Activity.apiRead();
      case "write" ->
          CREATING.contains(verb)
              ? new Activity(OcsfClass.API_ACTIVITY, 1, "Create")
              : DELETING.contains(verb)
                  ? new Activity(OcsfClass.API_ACTIVITY, 4, "Delete")
                  : new Activity(OcsfClass.API_ACTIVITY, 3, "Update");
      case "model" -> Activity.api("Invoke");
      default -> Activity.api("Call");
    };
  }
}
