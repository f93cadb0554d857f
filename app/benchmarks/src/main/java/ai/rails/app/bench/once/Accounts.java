package ai.rails.app.bench.once;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/// What the ledger says was intended and became of it, against what the sink's journal says came.
///
/// A call is a marker: run, step and attempt group. The journal is written by the sink alone,
/// before it answers.
///
/// @param calls that were intended
/// @param intents attempts of them
/// @param ambiguous attempts that ended without anybody knowing
/// @param adopted calls whose effect an earlier attempt was found to have had
/// @param duplicateEffects effects beyond the first of a call
/// @param lostEffects calls that the ledger calls done and of which the sink knows nothing
/// @param unledgeredEffects effects of which the ledger knows no intent
/// @param unresolved calls that have no end
record Accounts(
    int calls,
    int intents,
    int ambiguous,
    int adopted,
    int effects,
    int duplicateEffects,
    int lostEffects,
    int unledgeredEffects,
    int unresolved,
    SortedMap<String, ByClass> classes) {
  private static final Pattern MARKER =
      Pattern.compile("\\[airails:([^/\\]]+)/([^/\\]]+)(?:/([0-9]+))?]");

  /// The same for one class.
  record ByClass(
      int calls, int intents, int ambiguous, int effects, int duplicateEffects, int lostEffects) {}

  /// One call, as the ledger knows it.
  private static final class Entry {
    private final String klass;
    private int intents;
    private int ambiguous;
    private boolean adopted;
    private boolean success;
    private boolean ended;

    private Entry(String klass) {
      this.klass = klass;
    }
  }

  /// @param events of all runs, in ledger order
  /// @param effects of the sink's journal
  static Accounts of(List<JsonNode> events, List<JsonNode> effects) {
    Map<String, Entry> calls = calls(events);
    Map<String, Integer> had = new HashMap<>();
    effects.forEach(effect -> had.merge(marker(effect.path("marker").asText()), 1, Integer::sum));
    Set<String> unknown = new HashSet<>(had.keySet());
    unknown.removeAll(calls.keySet());
    TreeMap<String, ByClass> classes = new TreeMap<>();
    for (String klass : List.of("K", "U", "Q", "N")) {
      classes.put(klass, byClass(klass, calls, had));
    }
    return new Accounts(
        calls.size(),
        sum(classes, ByClass::intents),
        sum(classes, ByClass::ambiguous),
        (int) calls.values().stream().filter(each -> each.adopted).count(),
        effects.size(),
        sum(classes, ByClass::duplicateEffects),
        sum(classes, ByClass::lostEffects),
        unknown.stream().mapToInt(each -> had.getOrDefault(each, 0)).sum(),
        (int) calls.values().stream().filter(each -> !each.ended).count(),
        classes);
  }

  private static Map<String, Entry> calls(List<JsonNode> events) {
    Map<String, Entry> calls = new HashMap<>();
    Map<String, String> byId = new HashMap<>();
    for (JsonNode entry : events) {
      JsonNode event = entry.path("event");
      String id = event.path("callId").asText();
      switch (entry.path("entryType").asText()) {
        case "TOOL_ACTION_INTENDED" -> {
          String call =
              "%s/%s/%s"
                  .formatted(
                      event.path("run").asText(),
                      event.path("step").asText(),
                      event.path("attemptGroup").asInt(1));
          byId.put(id, call);
          calls.computeIfAbsent(call, _ -> new Entry(event.path("idempotencyClass").asText()))
              .intents++;
        }
        case "TOOL_ACTION_EXECUTED" -> executed(calls.get(byId.getOrDefault(id, "")), event);
        case "CALL_RECONCILED" -> reconciled(calls.get(byId.getOrDefault(id, "")), event);
        default -> {}
      }
    }
    return calls;
  }

  private static void executed(@org.jspecify.annotations.Nullable Entry call, JsonNode event) {
    if (call == null) {
      return;
    }
    switch (event.path("outcome").asText()) {
      case "SUCCESS" -> {
        call.success = true;
        call.ended = true;
        call.adopted |= event.path("adopted").asBoolean();
      }
      case "AMBIGUOUS" -> {
        call.ambiguous++;
        call.ended = false;
      }
      default -> call.ended = true;
    }
  }

  private static void reconciled(@org.jspecify.annotations.Nullable Entry call, JsonNode event) {
    if (call != null) {
      call.ended = true;
      call.success |= event.path("resolution").asText().equals("DONE");
    }
  }

  private static ByClass byClass(String klass, Map<String, Entry> calls, Map<String, Integer> had) {
    int count = 0;
    int intents = 0;
    int ambiguous = 0;
    int effects = 0;
    int duplicates = 0;
    int lost = 0;
    for (Map.Entry<String, Entry> each : calls.entrySet()) {
      Entry call = each.getValue();
      if (call.klass.equals(klass)) {
        int effective = had.getOrDefault(each.getKey(), 0);
        count++;
        intents += call.intents;
        ambiguous += call.ambiguous;
        effects += effective;
        duplicates += Math.max(0, effective - 1);
        lost += call.success && effective == 0 ? 1 : 0;
      }
    }
    return new ByClass(count, intents, ambiguous, effects, duplicates, lost);
  }

  private static int sum(
      Map<String, ByClass> classes, java.util.function.ToIntFunction<ByClass> figure) {
    return classes.values().stream().mapToInt(figure).sum();
  }

  private static String marker(String text) {
    Matcher parts = MARKER.matcher(text);
    if (!parts.matches()) {
      return text;
    }
    String group = parts.group(3);
    return "%s/%s/%s".formatted(parts.group(1), parts.group(2), group == null ? "1" : group);
  }
}
