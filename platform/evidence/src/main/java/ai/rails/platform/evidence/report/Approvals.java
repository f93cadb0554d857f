package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;

/// The section on gates: what each asked, of whom, and who said what.
record Approvals(RunStory story) {
  /// @param front the gate that comes first, empty for the order of the ledger
  void write(Html html, String front) {
    html.open(
        "approvals",
        "Who approved what",
        "A gate asks about exactly one frozen call, named by its digest. A verdict names the digest"
            + " that was decided; what left (next section) names it too.");
    if (story.gates().isEmpty()) {
      html.element("p", "No approval was asked for in these entries.");
    }
    Told first = story.gates().get(front);
    if (first != null) {
      gate(html, front, first);
    }
    story
        .gates()
        .forEach((gate, told) -> {
          if (!gate.equals(front)) {
            gate(html, gate, told);
          }
        });
    html.close();
  }

  private static void gate(Html html, String gate, Told told) {
    html.raw("<div class=\"gatecard\">\n").element("h3", gate).raw("\n");
    told.all(HumanGateRequested.class).forEach(at -> request(html, at));
    told.all(CallCorrected.class).forEach(at -> correction(html, at));
    List<Told.At<HumanGateDecisioned>> verdicts = told.all(HumanGateDecisioned.class);
    if (verdicts.isEmpty()) {
      html.element("p", "Nobody had decided when these entries ended.");
    } else {
      verdicts(html, gate, verdicts);
    }
    html.raw("</div>\n");
  }

  private static void request(Html html, Told.At<HumanGateRequested> at) {
    HumanGateRequested request = at.event();
    html.raw("<dl class=\"facts\">\n");
    html.fact("Asked", Written.day(at.fact().time()) + ", " + Written.clock(at.fact().time()));
    html.fact("Who may decide", "%s with role %s".formatted(request.quorum(), request.role()));
    html.fact("Requester", RunReport.orNone(request.requester()));
    html.fact("Author of the workflow", RunReport.orNone(request.author()));
    html.fact("For step", request.forStep());
    html.fact("Expires", Written.time(request.expiresAt().toEpochMilli()));
    html.fact("Why", RunReport.orNone(String.join(", ", request.reasons())));
    html.hash("Digest of the call", request.callDigest());
    html.raw("</dl>\n");
    Map<String, String> display = new TreeMap<>(request.display());
    if (!display.isEmpty()) {
      html.table("What the approver was shown", List.of("Field", "Value"));
      display.forEach((label, value) ->
          html.raw("<tr><th scope=\"row\">")
              .text(label)
              .raw("</th>")
              .element("td", value)
              .raw("</tr>\n"));
      html.endTable();
    }
  }

  private static void correction(Html html, Told.At<CallCorrected> at) {
    CallCorrected correction = at.event();
    html.raw("<dl class=\"facts\">\n");
    html.fact("Corrected", Written.day(at.fact().time()) + ", " + Written.clock(at.fact().time()));
    html.fact(
        "By",
        correction.corrector()
            + (correction.signature().isPresent() ? ", signed with a passkey" : ""));
    html.fact("Parameters", String.join(", ", correction.fields()));
    html.hash("Digest of the call that was corrected", correction.callDigest());
    html.hash("Digest of the call that came of it", correction.correctedDigest());
    html.raw("</dl>\n");
  }

  private static void verdicts(
      Html html, String gate, List<Told.At<HumanGateDecisioned>> verdicts) {
    html.table(
        "What was said of " + gate,
        List.of("Time", "Verdict", "By", "Channel", "Digest decided", "#Position"));
    for (Told.At<HumanGateDecisioned> at : verdicts) {
      HumanGateDecisioned said = at.event();
      html.raw("<tr>").element("td", "t", Written.clock(at.fact().time())).raw("<td>");
      html.element("span", Words.tone(said.verdict()), Words.verdict(said.verdict()));
      html.raw(said.closes() ? "</td>" : " <span class=\"muted\">gate stays open</span></td>");
      html.element("td", by(said)).element("td", Words.lower(said.channel()));
      html.raw("<td>").code(said.callDigest()).raw("</td>");
      html.element("td", "n", Long.toString(at.fact().leaf().seq())).raw("</tr>\n");
    }
    html.endTable();
  }

  private static String by(HumanGateDecisioned said) {
    return said.approver()
        + said.onBehalfOf().map(person -> " with the say of " + person).orElse("")
        + (said.signature().isPresent() ? ", signed with a passkey" : "");
  }
}
