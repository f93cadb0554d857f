package ai.rails.stream.siem;

import java.util.List;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;

/// Tells what policy decided; its input, which is long, is named by its hash.
final class DecisionMapping {
  private static final int LISTED = 16;

  private DecisionMapping() {}

  static OcsfDraft of(Entry entry, Decision decision) {
    OcsfDraft draft =
        RunMapping.activity(entry, Activity.api("Evaluate"))
            .api("policy.evaluate", "opa")
            .request(decision.decisionId())
            .control(Control.of(decision.effect()));
    status(draft, decision);
    policy(draft, decision);
    ObjectNode details = draft.unmapped("decision");
    details.put("effect", decision.effect().name());
    details.put("input_sha256", Shown.id(decision.inputSha256()));
    var reasons = details.putArray("reasons");
    decision.reasons().stream().limit(LISTED).map(Shown::code).forEach(reasons::add);
    return draft;
  }

  private static void status(OcsfDraft draft, Decision decision) {
    if (decision.unavailable().isPresent()) {
      draft.failed(decision.unavailable().get()).severity(Severity.HIGH).alert();
      return;
    }
    draft.succeeded();
    List<String> reasons = decision.reasons();
    draft.statusCode(reasons.isEmpty() ? decision.effect().name() : reasons.getFirst());
    if (decision.effect() == Effect.DENY) {
      draft.severity(Severity.MEDIUM).alert();
    }
  }

  private static void policy(OcsfDraft draft, Decision decision) {
    var revisions = new TreeMap<>(decision.revisions());
    ObjectNode policy = draft.object("policy");
    policy.put("uid", Shown.id(decision.entryPoint()));
    policy.put("version", Shown.id(revisions.getOrDefault("platform", "none")));
    var authorizations = draft.event().withArrayProperty("authorizations");
    revisions.entrySet().stream()
        .limit(LISTED)
        .forEach(revision -> {
          ObjectNode authorization = authorizations.addObject();
          authorization.put("decision", decision.effect().name());
          authorization
              .putObject("policy")
              .put("uid", Shown.id(revision.getKey()))
              .put("version", Shown.id(revision.getValue()));
        });
    if (authorizations.isEmpty()) {
      authorizations.addObject().put("decision", decision.effect().name());
    }
  }
}
