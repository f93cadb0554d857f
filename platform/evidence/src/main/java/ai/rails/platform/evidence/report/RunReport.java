package ai.rails.platform.evidence.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import ai.rails.domain.budget.Money;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.evidence.Scope;

/// `report.html` of a run or of an approval in it: what an auditor reads first.
final class RunReport {
  private static final List<Map.Entry<String, String>> CONTENTS =
      List.of(
          Map.entry("glance", "At a glance"),
          Map.entry("approvals", "Who approved what"),
          Map.entry("calls", "What left"),
          Map.entry("policy", "What policy said"),
          Map.entry("cost", "What it cost"),
          Map.entry("workers", "Who did the work"),
          Map.entry("content", "Where the content lies"),
          Map.entry("timeline", "Timeline"),
          Map.entry("check", "How to check"),
          Map.entry("limits", "What this does not prove"));

  private final Scope scope;
  private final Checkpoint checkpoint;
  private final RunStory story;

  RunReport(Scope scope, Checkpoint checkpoint, RunStory story) {
    this.scope = scope;
    this.checkpoint = checkpoint;
    this.story = story;
  }

  byte[] bytes() {
    Html html = Page.open(kind(), title(), lead(), CONTENTS);
    glance(html);
    new Approvals(story).write(html, gateInFront());
    new Calls(story).write(html);
    new Rulings(story).write(html);
    costs(html);
    new Workforce(story).write(html);
    new Content(story).write(html);
    new Timeline(story).write(html);
    Checking.write(html, scope, checkpoint);
    return Page.close(
        html,
        "Made from the %s entries of this bundle and from nothing else. All times are UTC, of the"
                .formatted(story.told().facts().size())
            + " store's clock. Hashes in the timeline are shortened for reading; all digits are in"
            + " data/ledger/entries.jsonl.");
  }

  private String kind() {
    return scope instanceof Scope.OfApproval ? "Evidence of an approval" : "Evidence of a run";
  }

  private String title() {
    return switch (scope) {
      case Scope.OfApproval of -> "%s of run %s".formatted(of.gate(), of.run());
      case Scope.OfRun of -> of.run();
      case Scope.OfPeriod of -> of.workspace();
      case Scope.OfWorkspace of -> of.workspace();
    };
  }

  private String gateInFront() {
    return scope instanceof Scope.OfApproval of ? of.gate() : "";
  }

  private String lead() {
    long calls = story.told().all(RunEvent.ToolActionIntended.class).size();
    long verdicts =
        story.told().all(RunEvent.HumanGateDecisioned.class).stream()
            .filter(at -> at.event().closes())
            .count();
    return "%s. %s, %s, %s. This page repeats what the ledger's entries say; whether they are whole and genuine is for you to check, see below."
        .formatted(
            story
                .trigger()
                .map(t -> "Workflow %s, version %s".formatted(t.workflow(), t.version()))
                .orElse("The run's beginning is not among these entries"),
            Count.of(story.told().facts().size(), "entry", "entries"),
            Count.of(calls, "call let out", "calls let out"),
            Count.of(verdicts, "approval decided", "approvals decided"));
  }

  private void glance(Html html) {
    Fact first = story.firstFact();
    Fact last = story.lastFact();
    html.open("glance", "At a glance", "As recorded. Nothing here is this page's own judgement.");
    html.raw("<dl class=\"facts\">\n");
    html.fact("State", Words.sentence(story.state()));
    story
        .trigger()
        .ifPresent(t -> {
          html.fact("Workflow", t.workflow() + " " + t.version());
          html.fact("Environment", t.environment());
          html.fact("Requested by", t.requester());
          html.fact("Trigger", t.trigger());
          t.forkOf()
              .ifPresent(run ->
                  html.fact("Continues run", run + t.forkStep().map(s -> " at " + s).orElse("")));
        });
    html.fact(
        "Started by", Words.lower(first.header().actor().kind().name()) + " " + first.actor());
    html.fact("First entry", Written.day(first.time()) + ", " + Written.clock(first.time()));
    html.fact("Last entry", Written.day(last.time()) + ", " + Written.clock(last.time()));
    html.fact("Between them", Written.took(last.time() - first.time()));
    html.fact("Cost settled", amounts(story.spent()));
    html.fact("Workspace", scope.workspace() + " of tenant " + scope.tenant());
    html.fact("Positions", "%s to %s in the log".formatted(first.leaf().seq(), last.leaf().seq()));
    html.fact("Prompts", "pinned by the artifact digest");
    story.trigger().ifPresent(t -> html.hash("Artifact digest", t.artifactDigest()));
    first.header().traceparent().ifPresent(trace -> html.hash("Trace", trace));
    story
        .trigger()
        .map(RunEvent.RunTriggered::inputs)
        .filter(inputs -> !inputs.isEmpty())
        .ifPresent(inputs ->
            html.raw("<div class=\"wide\">")
                .element("dt", "Disclosed inputs")
                .element("dd", pairs(inputs))
                .raw("</div>\n"));
    html.raw("</dl>\n");
    for (Fact erasure : story.erasures()) {
      html.element(
          "p",
          "note",
          "Erased at position %s (%s): content of this run can no longer be read; its entries and proofs stand."
              .formatted(erasure.leaf().seq(), erasure.leaf().eventType()));
    }
    html.close();
  }

  private void costs(Html html) {
    html.open(
        "cost",
        "What it cost",
        "Set aside before a call leaves, settled with its outcome. Amounts are as the platform"
            + " computed them from usage and price table; the provider's invoice decides.");
    html.raw("<dl class=\"facts\">\n");
    html.fact("Settled", amounts(story.spent()));
    html.fact("Reserved, all calls", amounts(story.reserved()));
    html.fact("Price tables", orNone(String.join(", ", story.priceTables())));
    html.raw("</dl>\n");
    List<Told.At<RunEvent.ModelInvoked>> models = story.told().all(RunEvent.ModelInvoked.class);
    if (!models.isEmpty()) {
      html.table(
          "Models: what each answer used",
          List.of(
              "Step",
              "Model asked",
              "Model that answered",
              "#Tokens in",
              "#Cached",
              "#Tokens out",
              "#Reasoning",
              "Prices",
              "#Cost"));
      models.forEach(at -> model(html, at.event()));
      html.endTable();
    }
    html.close();
  }

  private static void model(Html html, RunEvent.ModelInvoked model) {
    html.raw("<tr><th scope=\"row\">").text(model.step()).raw("</th>");
    html.element("td", model.provider() + ", " + model.model());
    html.element("td", model.responseModel());
    html.element("td", "n", Long.toString(model.usage().inputTokens()));
    html.element("td", "n", Long.toString(model.usage().cachedInputTokens()));
    html.element("td", "n", Long.toString(model.usage().outputTokens()));
    html.element("td", "n", Long.toString(model.usage().reasoningTokens()));
    html.element("td", model.priceTable());
    html.element("td", "n", Written.amount(model.cost())).raw("</tr>\n");
  }

  static String amounts(List<Money> amounts) {
    return amounts.isEmpty()
        ? "not recorded"
        : amounts.stream().map(Written::amount).collect(Collectors.joining(", "));
  }

  static String pairs(Map<String, String> values) {
    return values.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> each.getKey() + " = " + each.getValue())
        .collect(Collectors.joining("; "));
  }

  static String orNone(String text) {
    return text.isEmpty() ? "not recorded" : text;
  }
}
