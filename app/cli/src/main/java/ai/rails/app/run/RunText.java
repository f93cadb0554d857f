package ai.rails.app.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// Runs as people read them.
final class RunText {
  private final Times times;
  private final Palette palette;

  RunText(Times times, Palette palette) {
    this.times = times;
    this.palette = palette;
  }

  String list(JsonNode runs) {
    if (runs.isEmpty()) {
      return "no runs%n".formatted();
    }
    Table table = Table.of("RUN", "TICKET", "WORKFLOW", "STATUS", "STARTED", "WHY");
    for (JsonNode run : runs) {
      table.row(
          text(run, "run"),
          dash(text(run, "externalId")),
          text(run, "workflow"),
          status(run),
          times.relative(run.path("startedAt").asLong()),
          why(run));
    }
    return table.text(palette);
  }

  /// A run that goes on but stands at a step waits, whatever its lifecycle's name.
  private static String status(JsonNode run) {
    boolean waits = text(run, "status").equals("RUNNING") && !stops(run).isEmpty();
    return waits ? "WAITING" : text(run, "status");
  }

  /// What a worker will take up by itself is no stop.
  private static List<JsonNode> stops(JsonNode run) {
    List<JsonNode> stops = new ArrayList<>();
    for (JsonNode waiting : run.path("waiting")) {
      if (!text(waiting, "reason").equals("WORKER")) {
        stops.add(waiting);
      }
    }
    return stops;
  }

  private static String why(JsonNode run) {
    String failure = text(run, "failureCode");
    List<String> stops =
        stops(run).stream().map(w -> word(text(w, "reason")) + " " + text(w, "step")).toList();
    return failure.isEmpty() ? String.join(", ", stops) : failure;
  }

  String detail(JsonNode run) {
    StringBuilder text = new StringBuilder();
    text.append(
        palette.heading("Run %s %s".formatted(text(run, "run"), status(run)).stripTrailing()));
    text.append(System.lineSeparator()).append(facts(run)).append(System.lineSeparator());
    Table steps = Table.of("STEP", "STATUS", "TRY", "SINCE", "REASON", "DISCLOSED");
    for (JsonNode step : run.path("steps")) {
      steps.row(
          text(step, "step"),
          text(step, "status"),
          step.path("attempt").asText(),
          since(step),
          dash(text(step, "reason")),
          Disclosed.brief(step.path("disclosed")));
    }
    text.append(steps.text(palette));
    if (!run.path("waiting").isEmpty()) {
      text.append(System.lineSeparator()).append(waiting(run));
    }
    return text.toString();
  }

  private String facts(JsonNode run) {
    Facts facts =
        new Facts()
            .add(
                "workflow",
                "%s %s in %s"
                    .formatted(
                        text(run, "workflow"), text(run, "version"), text(run, "environment")))
            .add("workspace", text(run, "workspace"))
            .add("ticket", text(run, "externalId"))
            .add("inputs", Disclosed.line(run.path("inputs")))
            .add(
                "started",
                "%s by %s, trigger %s"
                    .formatted(
                        times.full(run.path("startedAt").asLong()),
                        text(run, "requester"),
                        text(run, "trigger")));
    if (run.has("endedAt")) {
      facts.add("ended", times.full(run.path("endedAt").asLong()));
    }
    if (run.has("erased")) {
      facts.add("erased", erased(run.path("erased")));
    }
    return facts
        .add("failure", text(run, "failureCode"))
        .add("cost", Amounts.of(run.path("cost")))
        .add("trace", text(run, "traceId"))
        .text();
  }

  private String erased(JsonNode erased) {
    return "%s by %s, %s %s: nothing of its content is left"
        .formatted(
            times.full(erased.path("at").asLong()),
            text(erased, "by"),
            word(text(erased, "cause")),
            text(erased, "reason"));
  }

  private String since(JsonNode step) {
    long at =
        step.has("endedAt") ? step.path("endedAt").asLong() : step.path("scheduledAt").asLong();
    return at == 0 ? "-" : times.relative(at);
  }

  /// Why it waits, who can move it, and with which words.
  private String waiting(JsonNode run) {
    StringBuilder text = new StringBuilder(palette.heading("It waits"));
    text.append(System.lineSeparator());
    for (JsonNode waiting : run.path("waiting")) {
      String until =
          waiting.has("until") ? ", until " + times.full(waiting.path("until").asLong()) : "";
      text.append(
          "  at %s for %s (%s); moved by %s%s%n"
              .formatted(
                  text(waiting, "step"),
                  word(text(waiting, "reason")),
                  text(waiting, "code"),
                  text(waiting, "mover"),
                  until));
      if (waiting.has("because")) {
        text.append("    ").append(text(waiting, "because")).append('\n');
      }
      next(text(run, "run"), waiting)
          .forEach(line -> text.append("    ").append(line).append('\n'));
    }
    return text.toString();
  }

  private static List<String> next(String run, JsonNode waiting) {
    String step = text(waiting, "step");
    return switch (text(waiting, "reason")) {
      case "GATE" -> List.of("rails approval show %s %s".formatted(run, step));
      case "DEAD_LETTER" ->
          List.of("rails run retry %s --step %s".formatted(run, step), "rails run cancel " + run);
      case "RETRY", "POLICY", "THROTTLE" ->
          List.of("rails run retry %s --step %s   (now, instead of then)".formatted(run, step));
      case "HUMAN_TASK" ->
          List.of("rails run resolve %s CALL DONE|NOT_DONE|RUN_AGAIN".formatted(run));
      default -> List.of();
    };
  }

  String dead(JsonNode steps) {
    if (steps.isEmpty()) {
      return "no step waits for a person%n".formatted();
    }
    Table table = Table.of("RUN", "STEP", "TICKET", "STATUS", "TRY", "SINCE", "CODE");
    for (JsonNode step : steps) {
      table.row(
          text(step, "run"),
          text(step, "step"),
          dash(text(step, "externalId")),
          text(step, "status"),
          step.path("attempt").asText(),
          times.relative(step.path("since").asLong()),
          text(step, "code"));
    }
    return table.text(palette);
  }

  private static String word(String reason) {
    return reason.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asText();
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
