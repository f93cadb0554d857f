package ai.rails.app.run;

import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Digest;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Times;

/// Tells a run's ledger entries, one line each, as they come.
final class Story {
  private static final Set<String> ENDS =
      Set.of("WORKFLOW_COMPLETED", "WORKFLOW_FAILED", "RUN_CANCELLED");

  /// Why a step is due when nothing went wrong.
  private static final Set<String> EXPECTED = Set.of("NEEDS_MET", "GATE_REQUESTED", "APPROVED");

  private final Times times;
  private final Palette palette;

  Story(Times times, Palette palette) {
    this.times = times;
    this.palette = palette;
  }

  /// What a line says: who or what, and the rest.
  private record Said(String word, String rest) {}

  static boolean ends(JsonNode entry) {
    return ENDS.contains(entry.path("entryType").asText());
  }

  static boolean endsWell(JsonNode entry) {
    return entry.path("entryType").asText().equals("WORKFLOW_COMPLETED");
  }

  /// Empty for entries that only an auditor wants to see.
  Optional<String> line(JsonNode entry) {
    return said(entry)
        .map(said ->
            "%s  %s %s"
                .formatted(
                    times.clock(entry.path("recordedAt").asLong()),
                    palette.cell("%-9s".formatted(said.word())),
                    said.rest())
                .stripTrailing());
  }

  private static Optional<Said> said(JsonNode entry) {
    JsonNode e = entry.path("event");
    return Optional.ofNullable(
        switch (entry.path("entryType").asText()) {
          case "TRIGGER_RECEIVED" ->
              new Said(
                  "triggered",
                  "%s %s in %s by %s, trigger %s: %s"
                      .formatted(
                          text(e, "workflow"),
                          text(e, "version"),
                          text(e, "environment"),
                          text(e, "requester"),
                          text(e, "trigger"),
                          Disclosed.line(e.path("inputs"))));
          case "STEP_SCHEDULED" -> scheduled(e);
          case "STEP_COMPLETED" ->
              new Said(
                  e.path("skipped").asBoolean() ? "skipped" : "done",
                  text(e, "step") + details(e.path("disclosed")));
          case "STEP_FAILED" -> failed(e);
          case "POLICY_EVALUATED" -> policy(e);
          case "HUMAN_GATE_REQUESTED" -> gate(e);
          case "HUMAN_GATE_DECISIONED" -> decided(e);
          case "TOOL_ACTION_INTENDED" ->
              new Said(
                  "calls",
                  "%s: %s %s at %s, call %s"
                      .formatted(
                          text(e, "step"),
                          text(e, "tool"),
                          text(e, "action"),
                          text(e, "host"),
                          Digest.shortened(text(e, "callDigest"))));
          case "TOOL_ACTION_EXECUTED" -> executed(e);
          case "MODEL_INVOKED" -> model(e);
          case "ROLLBACK_APPLIED" -> new Said("undone", text(e, "compensatedStep"));
          case "CALL_RECONCILED" ->
              new Said(
                  "resolved",
                  "%s: %s says %s"
                      .formatted(text(e, "step"), text(e, "by"), text(e, "resolution")));
          case "RUN_RETRIED" ->
              new Said("retried", "%s by %s".formatted(text(e, "step"), text(e, "by")));
          case "RUN_CANCELLED" ->
              new Said("CANCELLED", "by %s: %s".formatted(text(e, "by"), text(e, "reason")));
          case "WORKFLOW_COMPLETED" -> new Said("COMPLETED", "cost " + cost(e));
          case "WORKFLOW_FAILED" ->
              new Said(
                  "FAILED",
                  "at %s: %s%s, cost %s"
                      .formatted(
                          text(e, "step"),
                          text(e, "code"),
                          e.path("compensated").asBoolean() ? ", undone" : "",
                          cost(e)));
          default -> null;
        });
  }

  /// A step that is due as it should be is told when it is done.
  private static @org.jspecify.annotations.Nullable Said scheduled(JsonNode e) {
    if (EXPECTED.contains(text(e, "reason"))) {
      return null;
    }
    return new Said(
        "scheduled",
        "%s, attempt %s: %s".formatted(text(e, "step"), text(e, "attempt"), text(e, "reason")));
  }

  private static Said failed(JsonNode e) {
    boolean dead = e.path("dead").asBoolean();
    String next = dead ? "; no further attempt by itself" : e.has("retryAt") ? "; tried again" : "";
    return new Said(
        dead ? "DEAD" : "failed",
        "%s, attempt %s: %s%s"
            .formatted(text(e, "step"), text(e, "attempt"), text(e, "code"), next));
  }

  private static Said policy(JsonNode e) {
    JsonNode decision = e.path("decision");
    StringBuilder reasons = new StringBuilder();
    decision.path("reasons").forEach(reason -> reasons.append(' ').append(reason.asText()));
    return new Said(
        "policy", "%s: %s%s".formatted(text(e, "step"), text(decision, "effect"), reasons));
  }

  private static Said gate(JsonNode e) {
    return new Said(
        "WAITING",
        "%s: role %s decides about call %s: rails approval show %s %s"
            .formatted(
                text(e, "gate"),
                text(e, "role"),
                Digest.shortened(text(e, "callDigest")),
                text(e, "run"),
                text(e, "gate")));
  }

  private static Said decided(JsonNode e) {
    String word =
        switch (text(e, "verdict")) {
          case "APPROVE" -> "APPROVED";
          case "DENY" -> "DENIED";
          case "EXPIRE" -> "EXPIRED";
          case "WITHDRAW" -> "withdrawn";
          case "ASK_INFO" -> "asked";
          default -> "answered";
        };
    String more =
        text(e, "verdict").equals("APPROVE") && !e.path("closes").asBoolean()
            ? "; one more approval is needed"
            : "";
    return new Said(
        word,
        "%s by %s through %s%s"
            .formatted(text(e, "gate"), text(e, "approver"), text(e, "channel"), more));
  }

  /// An action that runs in the worker itself has no status and no requests.
  private static Said executed(JsonNode e) {
    String outcome = text(e, "outcome");
    int requests = e.path("requests").asInt();
    String http =
        requests == 0 ? "" : " %s, %d requests".formatted(text(e, "httpStatus"), requests);
    String verified = e.path("verified").asBoolean() ? ", read back" : "";
    String adopted = e.path("adopted").asBoolean() ? ", an earlier attempt had done it" : "";
    return new Said(
        outcome.equals("SUCCESS") ? "called" : outcome.equals("AMBIGUOUS") ? "AMBIGUOUS" : "FAILED",
        "%s: %s%s%s%s".formatted(text(e, "step"), text(e, "code"), http, verified, adopted));
  }

  private static Said model(JsonNode e) {
    JsonNode usage = e.path("usage");
    return new Said(
        "model",
        "%s: %s, %s tokens in, %s out, %s"
            .formatted(
                text(e, "step"),
                text(e, "responseModel"),
                text(usage, "inputTokens"),
                text(usage, "outputTokens"),
                cost(e)));
  }

  private static String cost(JsonNode e) {
    JsonNode cost = e.path("cost");
    return Amounts.of(text(cost, "currency"), cost.path("nanos").asLong());
  }

  private static String details(JsonNode disclosed) {
    String line = Disclosed.line(disclosed);
    return line.isEmpty() ? "" : ": " + line;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asText();
  }
}
