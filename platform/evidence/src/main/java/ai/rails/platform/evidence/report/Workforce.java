package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import ai.rails.domain.run.RunEvent;
import ai.rails.domain.worker.AttestedEvidence;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;

/// The section on workers: which, under which attestation, with which keys.
record Workforce(RunStory story) {
  private static final String DEVELOPMENT = "DEVELOPMENT";

  void write(Html html) {
    html.open(
        "workers",
        "Who did the work",
        "Content is opened in workers only. A worker's attestation and the release of keys to it"
            + " are entries of the worker, not of the run.");
    if (developed()) {
      html.element(
          "p",
          "note",
          "DEVELOPMENT: a worker's verdict says that nothing was proved about it. Whoever ran the"
              + " machine could read what the worker read.");
    }
    unattested(html);
    if (story.workers().isEmpty()) {
      html.element("p", "No worker acts in these entries.");
      html.close();
      return;
    }
    html.table("Workers", List.of("Worker", "Steps", "Attestation verdict", "Measurement", "Keys"));
    for (Map.Entry<String, Told> worker : story.workers().entrySet()) {
      row(html, worker.getKey(), worker.getValue());
    }
    html.endTable();
    html.close();
  }

  /// Calls that were made outside every confidential machine.
  private void unattested(Html html) {
    List<RunEvent.ToolActionExecuted> calls =
        story.told().all(RunEvent.ToolActionExecuted.class).stream()
            .map(Told.At::event)
            .filter(event -> event.runner().isPresent())
            .toList();
    if (!calls.isEmpty()) {
      html.element(
          "p",
          "note",
          "UNATTESTED: %s made by a runner outside every confidential machine (%s). Parameters and credential of these calls were in the clear there, and what became of them is the runner's word."
              .formatted(
                  Count.of(calls.size(), "call was", "calls were"),
                  calls.stream()
                      .map(event -> event.step() + " by " + event.runner().orElse(""))
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
  }

  private boolean developed() {
    return story.told().all(AttestationVerified.class).stream()
        .anyMatch(at -> at.event().verdict().equals(DEVELOPMENT));
  }

  private static void row(Html html, String worker, Told told) {
    List<Told.At<AttestationVerified>> verdicts = told.all(AttestationVerified.class);
    html.raw("<tr><th scope=\"row\"><code>").text(worker).raw("</code></th>");
    html.element("td", steps(told)).raw("<td>");
    if (verdicts.isEmpty()) {
      html.element("span", "chip", "not recorded in these entries");
    }
    for (Told.At<AttestationVerified> at : verdicts) {
      html.element(
          "span",
          at.event().verdict().equals(DEVELOPMENT) ? "chip gate" : "chip run",
          at.event().verdict());
      html.text(" at position %s ".formatted(at.fact().leaf().seq()));
      at.event().attested().ifPresent(evidence -> standing(html, evidence));
    }
    html.raw("</td><td>");
    verdicts.forEach(at -> html.code(at.event().measurement()).raw(" "));
    html.raw(verdicts.isEmpty() ? "not recorded in these entries</td><td>" : "</td><td>");
    List<Told.At<KeyReleased>> keys = told.all(KeyReleased.class);
    html.text(keys.isEmpty() ? "not recorded in these entries" : "");
    keys.forEach(at ->
        html.text(
            "%s, epoch %s, until %s "
                .formatted(
                    String.join(", ", at.event().keys()),
                    at.event().leaseEpoch(),
                    Written.time(at.event().expiresAt().toEpochMilli()))));
    html.raw("</td></tr>\n");
  }

  private static void standing(Html html, AttestedEvidence evidence) {
    html.text(
        "%s, %s, platform TCB %s%s, judged %s; "
            .formatted(
                evidence.tee(),
                evidence.trustDomain().equals("PRODUCTION")
                    ? "under the vendor's root"
                    : "under a root that is no vendor's: proves nothing about hardware",
                evidence.tcbStatus(),
                evidence.advisories().isEmpty()
                    ? ""
                    : " (" + String.join(", ", evidence.advisories()) + ")",
                Written.time(evidence.verifiedAt().toEpochMilli())));
  }

  private static String steps(Told told) {
    return RunReport.orNone(
        told.facts().stream()
            .map(fact ->
                switch (fact.event()) {
                  case RunEvent.ToolActionIntended e -> e.step();
                  case RunEvent.ToolActionExecuted e -> e.step();
                  case RunEvent.StepCompleted e -> e.step();
                  case RunEvent.StepFailed e -> e.step();
                  default -> "";
                })
            .filter(step -> !step.isEmpty())
            .distinct()
            .collect(Collectors.joining(", ")));
  }
}
