package ai.rails.platform.evidence.report;

import java.util.List;

/// The section that lists every entry.
record Timeline(RunStory story) {
  void write(Html html) {
    html.open(
        "timeline",
        "Timeline",
        "Every entry of the run, in the order of the log. Positions have gaps where other runs"
            + " wrote in between; that none of this run's is missing is what the count in its last"
            + " entry proves.");
    long start = story.firstFact().time();
    html.table(
        "Entries",
        List.of("Time", "#After", "What happened", "About", "Actor", "#Position", "Leaf hash"));
    String day = "";
    for (Fact fact : story.told().facts()) {
      String today = Written.day(fact.time());
      if (!today.equals(day)) {
        html.raw("<tr><th colspan=\"7\" scope=\"rowgroup\">").text(today).raw("</th></tr>\n");
        day = today;
      }
      row(html, fact, start);
    }
    html.endTable();
    html.close();
  }

  private static void row(Html html, Fact fact, long start) {
    html.raw("<tr>").element("td", "t", Written.clock(fact.time()));
    html.element("td", "n", "+" + Written.took(fact.time() - start));
    html.raw("<th scope=\"row\">").text(Words.of(fact)).raw("</th>");
    html.element("td", Words.about(fact));
    html.element("td", fact.actor());
    html.element("td", "n", Long.toString(fact.leaf().seq()));
    html.raw("<td title=\"").text(fact.leafHash()).raw("\">");
    html.code(Written.brief(fact.leafHash())).raw("</td></tr>\n");
  }
}
