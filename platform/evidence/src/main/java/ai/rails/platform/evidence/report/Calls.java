package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Map;

import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// The section on calls: where to, what effect, once.
record Calls(RunStory story) {
  void write(Html html) {
    html.open(
        "calls",
        "What left",
        "Every call to a tool or model that was decided about. One may leave only behind a recorded"
            + " intent, with the parameters that its digest stands for.");
    if (story.calls().isEmpty()) {
      html.element("p", "No call is named in these entries.");
      html.close();
      return;
    }
    html.table(
        "Calls in the order in which they were first named",
        List.of("Step", "Call", "Where to", "How often", "What became of it", "#Took", "#Cost"));
    for (Map.Entry<String, Told> call : story.calls().entrySet()) {
      row(html, CallLine.of(call.getKey(), call.getValue()));
    }
    html.endTable();
    html.close();
  }

  private static void row(Html html, CallLine call) {
    html.raw("<tr class=\"with\"><th scope=\"row\">").text(call.step()).raw("</th>");
    html.element("td", call.name()).element("td", call.where()).element("td", call.promise());
    html.raw("<td>").element("span", tone(call), call.result());
    if (call.requests() > 1) {
      html.text(" in %s requests".formatted(call.requests()));
    }
    html.raw("</td>");
    html.element("td", "n", call.took().map(Written::took).orElse("\u2013"));
    html.element("td", "n", call.cost().isEmpty() ? "\u2013" : RunReport.amounts(call.cost()));
    html.raw("</tr>\n<tr class=\"detail\"><td colspan=\"7\" class=\"muted\">call ").code(call.id());
    call.intent()
        .ifPresent(intent -> {
          html.raw("<br>digest ").code(intent.callDigest());
          html.raw("<br>connector ").code(intent.connectorDigest());
          html.text(", instance %s, lease epoch %s".formatted(intent.instance(), intent.epoch()));
          if (intent.idempotencyClass() != IdempotencyClass.M) {
            html.raw("<br>idempotency key ").code(intent.idempotencyKey());
          }
          if (!intent.parameters().isEmpty()) {
            html.raw("<br>disclosed: ").text(RunReport.pairs(intent.parameters()));
          }
        });
    html.raw("</td></tr>\n");
  }

  private static String tone(CallLine call) {
    String result = call.result();
    if (!call.left() || result.startsWith("no outcome")) {
      return "chip";
    }
    return result.startsWith("succeeded")
        ? "chip pass"
        : result.startsWith("failed") ? "chip fail" : "chip gate";
  }
}
