package ai.rails.platform.evidence.report;

import java.util.List;

import ai.rails.platform.evidence.report.RunStory.Sealed;

/// The section on content: none is in the bundle; these are the seals on it.
record Content(RunStory story) {
  void write(Html html) {
    html.open(
        "content",
        "Where the content lies",
        "Texts, parameters, prompts and answers are never in the ledger, nor here. Each lies sealed"
            + " beside the store under the run's own key; its ciphertext must have this hash.");
    List<Sealed> content = story.content();
    if (content.isEmpty()) {
      html.element("p", "These entries name no sealed content.");
      html.close();
      return;
    }
    html.table(
        "Sealed content",
        List.of("What", "Step", "Reference", "SHA-256 of the ciphertext", "#Bytes", "#Position"));
    for (Sealed sealed : content) {
      html.raw("<tr><th scope=\"row\">").text(sealed.what()).raw("</th>");
      html.element("td", sealed.step().isEmpty() ? "trigger" : sealed.step());
      html.raw("<td>").code(sealed.ref().ref()).raw("</td><td>");
      html.code(sealed.ref().ciphertextSha256()).raw("</td>");
      html.element("td", "n", Long.toString(sealed.ref().bytes()));
      html.element("td", "n", Long.toString(sealed.fact().leaf().seq())).raw("</tr>\n");
    }
    html.endTable();
    html.close();
  }
}
