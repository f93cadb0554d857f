package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Map;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.platform.evidence.Scope;

/// `report.html` of a period or of a whole log: counts, ends of runs, administrative acts.
record LogReport(Scope scope, Checkpoint checkpoint, LogStory story) {
  private static final List<Map.Entry<String, String>> CONTENTS =
      List.of(
          Map.entry("glance", "At a glance"),
          Map.entry("kinds", "What happened"),
          Map.entry("runs", "Runs that ended"),
          Map.entry("acts", "Administrative acts"),
          Map.entry("check", "How to check"),
          Map.entry("limits", "What this does not prove"));

  byte[] bytes() {
    Html html =
        Page.open(
            scope instanceof Scope.OfPeriod ? "Evidence of a period" : "Evidence of a log",
            title(),
            "%s. This page counts what the ledger's entries say; whether they are whole and genuine is for you to check, see below."
                .formatted(Count.of(story.entries(), "entry", "entries")),
            CONTENTS);
    glance(html);
    kinds(html);
    list(
        html,
        "runs",
        "Runs that ended",
        "A bundle of one run tells all about it: rails evidence export.",
        story.ends(),
        story.ended());
    list(
        html,
        "acts",
        "Administrative acts",
        "Entries that belong to no run: publishing, granting, workers, exports.",
        story.acts(),
        story.administered());
    Checking.write(html, scope, checkpoint);
    return Page.close(
        html, "Made from this bundle's entries and from nothing else. All times are UTC.");
  }

  private String title() {
    return scope instanceof Scope.OfPeriod of
        ? "%s, %s to %s".formatted(of.workspace(), Written.time(of.from()), Written.time(of.to()))
        : scope.workspace();
  }

  private void glance(Html html) {
    html.open("glance", "At a glance", "As recorded.").raw("<dl class=\"facts\">\n");
    html.fact("Workspace", scope.workspace() + " of tenant " + scope.tenant());
    html.fact("Entries", Long.toString(story.entries()));
    html.fact("Runs begun", Long.toString(story.begun()));
    html.fact("Runs ended", Long.toString(story.ended()));
    html.fact("Cost settled", RunReport.amounts(story.spent()));
    story
        .span()
        .ifPresent(span -> {
          html.fact("First entry", at(span.first()));
          html.fact("Last entry", at(span.last()));
          html.fact(
              "Positions",
              "%s to %s".formatted(span.first().leaf().seq(), span.last().leaf().seq()));
        });
    html.fact("Erasures listed in summary.json", Integer.toString(story.erasures().size()));
    html.raw("</dl>\n").close();
  }

  private static String at(Fact fact) {
    return Written.day(fact.time()) + ", " + Written.clock(fact.time());
  }

  private void kinds(Html html) {
    html.open("kinds", "What happened", "How many entries of each kind.");
    counts(html, "Entries by kind", story.types());
    counts(html, "Policy decisions by effect", story.effects());
    counts(html, "Verdicts on gates", story.verdicts());
    html.close();
  }

  private static void counts(Html html, String caption, Map<String, Object> counts) {
    if (counts.isEmpty()) {
      return;
    }
    html.table(caption, List.of("Kind", "#Entries"));
    counts.forEach((kind, count) ->
        html.raw("<tr><th scope=\"row\">")
            .text(kind)
            .raw("</th>")
            .element("td", "n", count.toString())
            .raw("</tr>\n"));
    html.endTable();
  }

  private static void list(
      Html html, String id, String title, String lead, List<Fact> facts, long count) {
    html.open(id, title, lead);
    if (facts.isEmpty()) {
      html.element("p", "None.");
    } else {
      html.table(title, List.of("Time", "What happened", "About", "Run", "Actor", "#Position"));
      facts.forEach(fact -> {
        html.raw("<tr>").element("td", "t", Written.time(fact.time()));
        html.raw("<th scope=\"row\">").text(Words.of(fact)).raw("</th>");
        html.element("td", Words.about(fact)).raw("<td>");
        html.code(fact.header().run().orElse("")).raw("</td>");
        html.element("td", fact.actor());
        html.element("td", "n", Long.toString(fact.leaf().seq())).raw("</tr>\n");
      });
      html.endTable();
    }
    if (count > facts.size()) {
      html.element(
          "p",
          "muted",
          "The first %s are listed, %s more are in the entries."
              .formatted(facts.size(), count - facts.size()));
    }
    html.close();
  }
}
