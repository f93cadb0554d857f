package ai.rails.app.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;
import ai.rails.domain.Event;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.evidence.BundleContents;
import ai.rails.platform.evidence.BundleContents.Entry;

/// What the entries of a bundle tell, in the order in which it happened.
record BundleStory(BundleContents contents) {
  private static final String NOTICE = "NOT VERIFIED: this is what the file says";

  String text(Palette palette, Times times) {
    String line = System.lineSeparator();
    var timeline = Table.of("SEQ", "TIME", "ENTRY", "WHAT");
    contents
        .entries()
        .forEach(entry ->
            timeline.row(
                entry.leaf().seq(),
                times.clock(entry.leaf().time()),
                entry.leaf().eventType(),
                what(entry.event())));
    var approvals = Table.of("GATE", "VERDICT", "BY", "CHANNEL", "CALL");
    List<RunEvent.HumanGateDecisioned> decisions = decisions();
    decisions.forEach(decision ->
        approvals.row(
            decision.gate(),
            decision.verdict(),
            decision.approver(),
            decision.channel(),
            decision.callDigest()));
    return palette.heading(NOTICE)
        + line
        + facts().text()
        + line
        + timeline.text(palette)
        + (contents.entryCount() > contents.entries().size()
            ? "... and %d more%n".formatted(contents.entryCount() - contents.entries().size())
            : "")
        + (decisions.isEmpty() ? "" : line + approvals.text(palette));
  }

  /// The same for programs, with names that stay.
  Map<String, Object> tree() {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("verified", "not verified");
    tree.put("bundle", contents.id());
    tree.put("files", contents.files());
    tree.put("bytes", contents.bytes());
    tree.put("scope", contents.scope());
    tree.put("checkpoint", contents.checkpoint());
    tree.put("entryCount", contents.entryCount());
    triggers().stream()
        .findFirst()
        .ifPresent(trigger -> {
          tree.put("workflow", trigger.workflow());
          tree.put("version", trigger.version());
          tree.put("artifactDigest", trigger.artifactDigest());
          tree.put("requester", trigger.requester());
        });
    tree.put("cost", costs());
    var timeline = new ArrayList<Map<String, Object>>();
    contents.entries().forEach(entry -> timeline.add(tree(entry)));
    tree.put("timeline", timeline);
    var approvals = new ArrayList<Map<String, Object>>();
    decisions().forEach(decision -> approvals.add(tree(decision)));
    tree.put("approvals", approvals);
    return tree;
  }

  private Facts facts() {
    var facts = new Facts().add("bundle", contents.id());
    contents.scope().forEach((name, value) -> facts.add(name, String.valueOf(value)));
    facts
        .add("files", "%d, %d bytes".formatted(contents.files(), contents.bytes()))
        .add("checkpoint", contents.checkpoint())
        .add("entries", String.valueOf(contents.entryCount()));
    triggers()
        .forEach(trigger ->
            facts
                .add("workflow", trigger.workflow() + " " + trigger.version())
                .add("artifact", trigger.artifactDigest())
                .add("started by", trigger.requester()));
    costs().forEach((currency, nanos) -> facts.add("cost", Amounts.of(currency, nanos)));
    return facts;
  }

  private List<RunEvent.RunTriggered> triggers() {
    return contents.entries().stream()
        .map(Entry::event)
        .filter(RunEvent.RunTriggered.class::isInstance)
        .map(RunEvent.RunTriggered.class::cast)
        .toList();
  }

  private List<RunEvent.HumanGateDecisioned> decisions() {
    return contents.entries().stream()
        .map(Entry::event)
        .filter(RunEvent.HumanGateDecisioned.class::isInstance)
        .map(RunEvent.HumanGateDecisioned.class::cast)
        .toList();
  }

  /// What was settled, in billionths, by currency.
  private Map<String, Long> costs() {
    var costs = new TreeMap<String, Long>();
    for (Entry entry : contents.entries()) {
      if (entry.event() instanceof RunEvent.BudgetSettled settled) {
        costs.merge(settled.amount().currency(), settled.amount().nanos(), Long::sum);
      }
    }
    return costs;
  }

  private static String what(Event event) {
    return switch (event) {
      case RunEvent.RunTriggered e ->
          "%s %s by %s".formatted(e.workflow(), e.version(), e.requester());
      case RunEvent.StepScheduled e ->
          "%s, attempt %d, %s".formatted(e.step(), e.attempt(), e.reason());
      case RunEvent.StepCompleted e -> e.skipped() ? e.step() + ", skipped" : e.step();
      case RunEvent.StepFailed e -> e.step() + ", " + e.code();
      case RunEvent.PolicyEvaluated e -> e.step() + ": " + e.decision().effect();
      case RunEvent.HumanGateRequested e -> "%s for %s".formatted(e.gate(), e.forStep());
      case RunEvent.HumanGateDecisioned e ->
          "%s %s by %s".formatted(e.gate(), e.verdict(), e.approver());
      case RunEvent.ToolActionIntended e -> "%s.%s to %s".formatted(e.tool(), e.action(), e.host());
      case RunEvent.ToolActionExecuted e ->
          "%s, %s %d".formatted(e.step(), e.outcome(), e.httpStatus());
      case RunEvent.ModelInvoked e -> "%s, %s".formatted(e.step(), e.responseModel());
      case RunEvent.BudgetSettled e -> Amounts.of(e.amount().currency(), e.amount().nanos());
      case RunEvent.RunCompleted e -> Amounts.of(e.cost().currency(), e.cost().nanos());
      case RunEvent.RunFailed e -> e.code();
      case RunEvent.RunCancelled e -> "by " + e.by();
      default -> "";
    };
  }

  private static Map<String, Object> tree(Entry entry) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("seq", entry.leaf().seq());
    tree.put("time", entry.leaf().time());
    tree.put("type", entry.leaf().eventType());
    tree.put("eventId", entry.leaf().eventId());
    tree.put("what", what(entry.event()));
    return tree;
  }

  private static Map<String, Object> tree(RunEvent.HumanGateDecisioned decision) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("gate", decision.gate());
    tree.put("verdict", decision.verdict().name());
    tree.put("approver", decision.approver());
    tree.put("channel", decision.channel());
    tree.put("callDigest", decision.callDigest());
    return tree;
  }
}
