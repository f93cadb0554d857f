package ai.rails.command.reveal;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.run.RunPlace;
import ai.rails.domain.access.RevealKind;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;

/// Asks policy who may see what (`airails.reveal/1`): metadata only.
record RevealPolicy(PolicyDecisionPoint point, String cell) {
  private static final String ENTRY_POINT = "airails/reveal/guarded";
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /// Who asks about which run.
  record Question(
      RunPlace place,
      Workflow workflow,
      String requester,
      String person,
      RevealKind kind,
      String name,
      Optional<GateState> gate) {}

  Decision decide(Question question, Instant now) {
    RunPlace place = question.place();
    Workflow workflow = question.workflow();
    return point.decide(
        new DecisionRequest(
            ENTRY_POINT,
            Map.of(
                "schema", "airails.reveal/1",
                "env", place.environment(),
                "clock", Map.of("now_ns", nanos(now)),
                "tenant", Map.of("id", place.tenant(), "cell", cell),
                "workflow",
                    Map.of(
                        "id", workflow.id(),
                        "version", workflow.version(),
                        "artifact_digest", place.artifactDigest(),
                        "author", workflow.author()),
                "actor", Map.of("kind", "user", "id", question.person()),
                "run", Map.of("id", place.run(), "requester", question.requester()),
                "content", content(question))));
  }

  private static Map<String, Object> content(Question question) {
    Map<String, Object> content = new HashMap<>();
    content.put("kind", question.kind().name());
    content.put("name", question.name());
    question
        .gate()
        .ifPresent(gate -> {
          content.put("role", gate.role());
          content.put("open", gate.open());
          content.put("expires_at_ns", nanos(gate.request().expiresAt()));
        });
    return content;
  }

  private static long nanos(Instant time) {
    return Math.multiplyExact(time.toEpochMilli(), NANOS_PER_MILLI);
  }
}
