package ai.rails.platform.evidence.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

import ai.rails.domain.budget.Money;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.worker.WorkerEvent;

/// A run's documents as JSON. Every value comes from an entry; what no entry says is called not
/// recorded.
final class RunDocuments {
  private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9_][a-z0-9_-]{0,63}");

  private final RunStory story;

  RunDocuments(RunStory story) {
    this.story = story;
  }

  SortedMap<String, byte[]> files() {
    var files = new TreeMap<String, byte[]>();
    for (Fact fact : story.told().facts()) {
      files.put(
          "data/events/%s.json".formatted(fact.leaf().eventId()), JsonText.canonical(fact.whole()));
    }
    files.put("data/policy/decisions.json", JsonText.pretty(decisions()));
    files.put("data/policy/revisions.json", JsonText.pretty(revisions()));
    files.put("data/calls/transcript.json", JsonText.pretty(transcript()));
    files.put("data/lineage.json", JsonText.pretty(lineage()));
    files.put("data/attestation/workers.json", JsonText.pretty(workers()));
    files.put("data/cost.json", JsonText.pretty(cost()));
    story
        .gates()
        .forEach((gate, told) ->
            files.put(
                "data/approvals/%s.json".formatted(fileName(gate)),
                JsonText.pretty(approval(gate, told))));
    return files;
  }

  private List<Object> decisions() {
    return story.decisions().stream().<Object>map(RunDocuments::decision).toList();
  }

  private static Map<String, Object> decision(RunStory.Decided decided) {
    Map<String, Object> members = decided.fact().place();
    put(members, "step", decided.step());
    put(members, "callId", decided.callId());
    put(members, "worker", decided.worker());
    members.put("decision", EventView.of(decided.decision()));
    return members;
  }

  /// Which bundles decided, and which decisions each revision made.
  List<Object> revisions() {
    var uses = new TreeMap<List<String>, List<Object>>(RunDocuments::compare);
    for (RunStory.Decided decided : story.decisions()) {
      decided
          .decision()
          .revisions()
          .forEach((bundle, revision) -> {
            Long sequence = decided.decision().sequences().get(bundle);
            uses.computeIfAbsent(
                    List.of(bundle, revision, sequence == null ? "not recorded" : "" + sequence),
                    _ -> new ArrayList<>())
                .add(decided.decision().decisionId());
          });
    }
    var revisions = new ArrayList<Object>();
    uses.forEach((key, ids) ->
        revisions.add(
            Map.of(
                "bundle", key.get(0),
                "revision", key.get(1),
                "sequence", key.get(2),
                "decisions", ids)));
    return revisions;
  }

  private static Map<String, Object> approval(String gate, Told told) {
    var members = new TreeMap<String, Object>();
    members.put("gate", gate);
    members.put("requests", told.json(RunEvent.HumanGateRequested.class));
    if (!told.all(RunEvent.CallCorrected.class).isEmpty()) {
      members.put("corrections", told.json(RunEvent.CallCorrected.class));
    }
    members.put("verdicts", told.json(RunEvent.HumanGateDecisioned.class));
    return members;
  }

  private List<Object> transcript() {
    var calls = new ArrayList<Object>();
    story.calls().forEach((id, told) -> calls.add(call(id, told)));
    return calls;
  }

  private static Map<String, Object> call(String id, Told told) {
    var members = new TreeMap<String, Object>();
    members.put("callId", id);
    members.put(
        "policy",
        told.all(RunEvent.PolicyEvaluated.class).stream()
            .<Object>map(at -> {
              Map<String, Object> said = at.fact().place();
              said.put("decisionId", at.event().decision().decisionId());
              said.put("effect", at.event().decision().effect().name());
              return said;
            })
            .toList());
    members.put("reserved", told.json(RunEvent.BudgetReserved.class));
    members.put("intents", told.json(RunEvent.ToolActionIntended.class));
    members.put("outcomes", told.json(RunEvent.ToolActionExecuted.class));
    members.put("models", told.json(RunEvent.ModelInvoked.class));
    members.put("evidence", told.json(RunEvent.EvidenceCaptured.class));
    members.put("settled", told.json(RunEvent.BudgetSettled.class));
    members.put("rollbacks", told.json(RunEvent.RollbackApplied.class));
    members.put("reconciled", told.json(RunEvent.CallReconciled.class));
    CallLine.of(id, told).took().ifPresent(millis -> members.put("tookMillis", millis));
    return members;
  }

  private Map<String, Object> lineage() {
    var members = new TreeMap<String, Object>();
    story
        .trigger()
        .ifPresent(trigger -> {
          members.put("trigger", trigger.trigger());
          put(members, "triggerDedupeKey", trigger.dedupeKey());
          members.put("inputs", trigger.inputs());
          trigger.forkOf().ifPresent(run -> members.put("forkOf", run));
          trigger.forkStep().ifPresent(step -> members.put("forkStep", step));
        });
    members.put("retries", story.told().json(RunEvent.RunRetried.class));
    members.put(
        "content",
        story.content().stream()
            .<Object>map(sealed -> {
              Map<String, Object> entry = sealed.fact().place();
              put(entry, "step", sealed.step());
              entry.put("what", sealed.what());
              entry.put("contentRun", sealed.contentRun());
              entry.putAll(EventView.of(sealed.ref()));
              return entry;
            })
            .toList());
    members.put("erasures", story.erasures().stream().<Object>map(Fact::json).toList());
    return members;
  }

  private Map<String, Object> workers() {
    var list = new ArrayList<Object>();
    story.workers().forEach((id, told) -> list.add(worker(id, told)));
    var members = new TreeMap<String, Object>();
    members.put("workers", list);
    members.put(
        "note",
        "Attestation verdicts and key releases are entries of the worker, in the same log. Where"
            + " they are not part of this bundle, they are listed as not recorded here.");
    return members;
  }

  private static Map<String, Object> worker(String id, Told told) {
    var members = new TreeMap<String, Object>();
    members.put("worker", id);
    List<Object> verdicts = told.json(WorkerEvent.AttestationVerified.class);
    members.put("attestation", verdicts.isEmpty() ? "not recorded in these entries" : verdicts);
    List<Object> keys = told.json(WorkerEvent.KeyReleased.class);
    members.put("keyReleases", keys.isEmpty() ? "not recorded in these entries" : keys);
    members.put("keyReleasesRefused", told.json(WorkerEvent.KeyReleaseRefused.class));
    var steps = new TreeSet<String>();
    var epochs = new TreeSet<Long>();
    told.all(RunEvent.ToolActionIntended.class)
        .forEach(at -> {
          steps.add(at.event().step());
          epochs.add(at.event().epoch());
        });
    told.all(RunEvent.StepCompleted.class).forEach(at -> steps.add(at.event().step()));
    members.put("steps", List.copyOf(steps));
    members.put("leaseEpochs", List.copyOf(epochs));
    return members;
  }

  private Map<String, Object> cost() {
    var members = new TreeMap<String, Object>();
    members.put("settled", amounts(story.spent()));
    members.put("reserved", amounts(story.reserved()));
    members.put("priceTables", List.copyOf(story.priceTables()));
    members.put("byStep", byStep());
    members.put("models", story.told().json(RunEvent.ModelInvoked.class));
    members.put("settlements", story.told().json(RunEvent.BudgetSettled.class));
    return members;
  }

  private Map<String, Object> byStep() {
    var steps = new TreeMap<String, List<Money>>();
    story
        .told()
        .all(RunEvent.BudgetSettled.class)
        .forEach(at ->
            steps
                .computeIfAbsent(at.event().step(), _ -> new ArrayList<>())
                .add(at.event().amount()));
    var sums = new TreeMap<String, Object>();
    steps.forEach((step, amounts) -> sums.put(step, amounts(RunStory.sum(amounts.stream()))));
    return sums;
  }

  static List<Object> amounts(List<Money> amounts) {
    return amounts.stream().<Object>map(Written::json).toList();
  }

  /// A gate's id is a step's id and names a file as it is; another one is hashed.
  private static String fileName(String gate) {
    return FILE_NAME.matcher(gate).matches()
        ? gate
        : "gate-" + Sha256.hex(gate.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  private static void put(Map<String, Object> members, String name, String value) {
    if (!value.isEmpty()) {
      members.put(name, value);
    }
  }

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < a.size(); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
