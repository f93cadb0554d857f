package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.stream.Collectors;

import ai.rails.domain.policy.Decision;
import ai.rails.platform.evidence.report.RunStory.Decided;

/// The section on policy: what was asked, what was said, by which revision.
record Rulings(RunStory story) {
  void write(Html html) {
    html.open(
        "policy",
        "What policy said",
        "Nothing leaves without an explicit yes. The full input of each decision is in"
            + " data/policy/decisions.json, so that it can be asked again of the same bundle.");
    List<Decided> decisions = story.decisions();
    if (decisions.isEmpty()) {
      html.element("p", "Policy was not asked in these entries.");
      html.close();
      return;
    }
    html.table("Decisions", List.of("Time", "About", "Effect", "Reasons", "Duties", "#Position"));
    decisions.forEach(decided -> row(html, decided));
    html.endTable();
    revisions(html, decisions);
    html.close();
  }

  private static void row(Html html, Decided decided) {
    Decision decision = decided.decision();
    html.raw("<tr class=\"with\">").element("td", "t", Written.clock(decided.fact().time()));
    html.raw("<th scope=\"row\">");
    html.text(decided.worker().isEmpty() ? decided.step() : "keys for " + decided.worker());
    html.raw("</th><td>");
    html.element("span", Words.tone(decision.effect()), decision.effect().name());
    html.raw("</td>").element("td", RunReport.orNone(String.join(", ", decision.reasons())));
    html.element("td", duties(decision));
    html.element("td", "n", Long.toString(decided.fact().leaf().seq()));
    html.raw("</tr>\n<tr class=\"detail\"><td colspan=\"6\" class=\"muted\">decision ");
    html.code(decision.decisionId()).text(", " + decision.entryPoint() + ", input ");
    html.code(decision.inputSha256());
    decision.unavailable().ifPresent(code -> html.text(", no valid answer was had: " + code));
    html.raw("</td></tr>\n");
  }

  private static String duties(Decision decision) {
    return decision.obligations().isEmpty()
        ? "none"
        : decision.obligations().stream()
            .map(duty ->
                Words.lower(duty.type().name())
                    + (duty.parameters().isEmpty()
                        ? ""
                        : " (" + RunReport.pairs(duty.parameters()) + ")"))
            .collect(Collectors.joining("; "));
  }

  private static void revisions(Html html, List<Decided> decisions) {
    html.table("Policy bundles that decided", List.of("Bundle", "Revision", "#Sequence"));
    decisions.stream()
        .flatMap(decided ->
            decided.decision().revisions().entrySet().stream()
                .map(each -> {
                  Long sequence = decided.decision().sequences().get(each.getKey());
                  return List.of(
                      each.getKey(),
                      each.getValue(),
                      sequence == null ? "not recorded" : Long.toString(sequence));
                }))
        .distinct()
        .sorted((a, b) -> String.join("\n", a).compareTo(String.join("\n", b)))
        .forEach(row ->
            html.raw("<tr><th scope=\"row\">")
                .text(row.get(0))
                .raw("</th><td>")
                .code(row.get(1))
                .raw("</td>")
                .element("td", "n", row.get(2))
                .raw("</tr>\n"));
    html.endTable();
  }
}
