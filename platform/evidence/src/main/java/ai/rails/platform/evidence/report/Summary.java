package ai.rails.platform.evidence.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.evidence.Scope;

/// `summary.json`: who, what, when, and all versions.
record Summary(Scope scope, Checkpoint checkpoint) {
  private static final String NOT_RECORDED = "not recorded";

  Map<String, Object> ofRun(RunStory story) {
    var summary = common();
    summary.put("run", run(story));
    summary.put("versions", versions(story));
    summary.put("workers", List.copyOf(story.workers().keySet()));
    summary.put("approvals", approvals(story));
    summary.put("calls", (long) story.calls().size());
    List<String> unattested =
        story.told().all(RunEvent.ToolActionExecuted.class).stream()
            .filter(at -> at.event().runner().isPresent())
            .map(at -> at.event().callId())
            .distinct()
            .toList();
    if (!unattested.isEmpty()) {
      summary.put("unattestedCalls", List.copyOf(unattested));
    }
    summary.put("costSettled", RunDocuments.amounts(story.spent()));
    summary.put("erasures", story.erasures().stream().<Object>map(Fact::json).toList());
    summary.put(
        "entries", entries(story.told().facts().size(), story.firstFact(), story.lastFact()));
    return summary;
  }

  Map<String, Object> ofLog(LogStory story) {
    var summary = common();
    summary.put("entryTypes", story.types());
    summary.put("policyEffects", story.effects());
    summary.put("verdicts", story.verdicts());
    summary.put("runsBegun", story.begun());
    summary.put("runsEnded", story.ended());
    summary.put("costSettled", RunDocuments.amounts(story.spent()));
    summary.put("erasures", story.erasures());
    story
        .span()
        .ifPresent(
            span -> summary.put("entries", entries(story.entries(), span.first(), span.last())));
    return summary;
  }

  private Map<String, Object> common() {
    var summary = new TreeMap<String, Object>();
    summary.put("derivation", (long) Dossier.DERIVATION);
    var of = new TreeMap<String, Object>(EventView.of((Record) scope));
    of.put(
        "kind",
        switch (scope) {
          case Scope.OfRun _ -> "run";
          case Scope.OfApproval _ -> "approval";
          case Scope.OfPeriod _ -> "period";
          case Scope.OfWorkspace _ -> "workspace";
        });
    summary.put("scope", of);
    summary.put(
        "ledger",
        Map.of(
            "origin", checkpoint.origin(),
            "size", checkpoint.size(),
            "root", Base64.getEncoder().encodeToString(checkpoint.root())));
    return summary;
  }

  private static Map<String, Object> entries(long count, Fact first, Fact last) {
    return Map.of("count", count, "first", first.place(), "last", last.place());
  }

  private static Map<String, Object> run(RunStory story) {
    var run = new TreeMap<String, Object>();
    Fact first = story.firstFact();
    run.put("state", story.state());
    run.put("startedBy", EventView.of(first.header().actor()));
    run.put("correlationId", first.header().correlationId());
    run.put("traceparent", first.header().traceparent().orElse(NOT_RECORDED));
    run.put("startedAt", Written.time(first.time()));
    run.put("endedAt", story.end().map(fact -> Written.time(fact.time())).orElse(NOT_RECORDED));
    story
        .trigger()
        .ifPresentOrElse(
            t -> {
              run.put("id", t.run());
              run.put("requester", t.requester());
              run.put("environment", t.environment());
              run.put("trigger", t.trigger());
              run.put("inputs", t.inputs());
            },
            () -> run.put("requester", NOT_RECORDED));
    return run;
  }

  private static Map<String, Object> versions(RunStory story) {
    var versions = new TreeMap<String, Object>();
    versions.put(
        "workflow", story.trigger().map(RunEvent.RunTriggered::workflow).orElse(NOT_RECORDED));
    versions.put(
        "workflowVersion",
        story.trigger().map(RunEvent.RunTriggered::version).orElse(NOT_RECORDED));
    versions.put(
        "artifactDigest",
        story.trigger().map(RunEvent.RunTriggered::artifactDigest).orElse(NOT_RECORDED));
    versions.put("prompts", "pinned by artifactDigest and connector digests; not recorded apart");
    versions.put("policyBundles", new RunDocuments(story).revisions());
    versions.put("priceTables", List.copyOf(story.priceTables()));
    versions.put("connectors", connectors(story));
    versions.put("models", models(story));
    versions.put("schemas", schemas(story));
    return versions;
  }

  private static List<Object> connectors(RunStory story) {
    var seen = new TreeMap<String, Object>();
    story
        .told()
        .all(RunEvent.ToolActionIntended.class)
        .forEach(at -> {
          RunEvent.ToolActionIntended intent = at.event();
          seen.put(
              String.join("\n", intent.tool(), intent.connectorDigest(), intent.instance()),
              Map.of(
                  "tool", intent.tool(),
                  "connectorDigest", intent.connectorDigest(),
                  "instance", intent.instance()));
        });
    return List.copyOf(seen.values());
  }

  private static List<Object> models(RunStory story) {
    var seen = new TreeMap<String, Object>();
    story
        .told()
        .all(RunEvent.ModelInvoked.class)
        .forEach(at -> {
          RunEvent.ModelInvoked model = at.event();
          seen.put(
              String.join("\n", model.provider(), model.model(), model.responseModel()),
              Map.of(
                  "provider", model.provider(),
                  "model", model.model(),
                  "responseModel", model.responseModel()));
        });
    return List.copyOf(seen.values());
  }

  private static Map<String, Object> schemas(RunStory story) {
    var seen = new TreeMap<String, Set<String>>();
    for (Fact fact : story.told().facts()) {
      seen.computeIfAbsent(fact.event().getClass().getSimpleName(), _ -> new TreeSet<>())
          .add(fact.leaf().schema());
    }
    var schemas = new TreeMap<String, Object>();
    seen.forEach((event, hashes) -> schemas.put(event, List.copyOf(hashes)));
    return schemas;
  }

  private static List<Object> approvals(RunStory story) {
    var approvals = new ArrayList<Object>();
    story
        .told()
        .all(RunEvent.HumanGateDecisioned.class)
        .forEach(at -> {
          Map<String, Object> verdict = at.fact().place();
          verdict.put("gate", at.event().gate());
          verdict.put("verdict", at.event().verdict().name());
          verdict.put("approver", at.event().approver());
          verdict.put("callDigest", at.event().callDigest());
          verdict.put("closes", at.event().closes());
          approvals.add(verdict);
        });
    return approvals;
  }
}
