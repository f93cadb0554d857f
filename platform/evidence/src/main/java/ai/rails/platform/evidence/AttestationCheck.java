package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.CollateralArchived;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseConfirmed;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseEvaluated;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseExpired;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.WorkerTerminated;
import ai.rails.schema.Recorded;

/// Whether each thing that a worker did in a run was done by one that held keys then, released by
/// policy on evidence that is accepted again, here, from the archived bytes and for the time at
/// which it was judged. Takes entries that are in the log, in order. One thread.
final class AttestationCheck {
  private static final Set<String> WORKER_ENTRIES =
      Set.of(
          "WORKER_REGISTERED",
          "COLLATERAL_ARCHIVED",
          "ATTESTATION_VERIFIED",
          "POLICY_EVALUATED",
          "KEY_RELEASED",
          "KEY_RELEASE_CONFIRMED",
          "KEY_RELEASE_EXPIRED",
          "WORKER_TERMINATED");

  private final ArchivedEvidence archive = new ArchivedEvidence();
  private final Map<String, Story> workers = new HashMap<>();
  private final List<Act> acts = new ArrayList<>();
  private final Map<String, Optional<String>> intended = new HashMap<>();
  private final Map<String, Integer> byRunner = new TreeMap<>();
  private Optional<String> artifact = Optional.empty();

  /// What a worker did in the run.
  private record Act(Leaf leaf, String worker, String environment, Optional<Held> held) {}

  /// Keys that a worker held.
  private record Held(Leaf at, KeyReleased released, AttestationVerified verified) {}

  /// What the entries tell of a worker, as far as they have been read.
  private static final class Story {
    private Optional<AttestationVerified> verified = Optional.empty();
    private Optional<Decision> decision = Optional.empty();
    private Optional<Held> open = Optional.empty();
    private Optional<Held> held = Optional.empty();
    private Optional<String> ended = Optional.empty();
  }

  /// Whether an entry is a worker's own and not a run's: such entries are there for this check.
  static boolean tellsOfAWorker(Leaf leaf) {
    return leaf.run().isEmpty() && WORKER_ENTRIES.contains(leaf.eventType());
  }

  /// @throws Refused if what an entry says of a worker does not hold together
  void accept(Leaf leaf, Recorded recorded) {
    Header header = recorded.header();
    switch (recorded.event()) {
      case WorkerEvent event -> worker(leaf, header, event);
      case RunEvent.RunTriggered event -> artifact = Optional.of(event.artifactDigest());
      case RunEvent.ToolActionIntended event -> intended.put(event.callId(), event.runner());
      case RunEvent.ToolActionExecuted event -> executed(leaf, event);
      default -> {}
    }
    boolean acted =
        recorded.event() instanceof RunEvent && header.actor().kind() == Actor.Kind.WORKER;
    if (acted) {
      String worker = header.actor().id();
      Story story = story(worker);
      Refused.unless(
          story.ended.isEmpty(),
          EntriesCheck.where(leaf),
          "worker %s did it after its end %s".formatted(worker, story.ended.orElse("")));
      acts.add(new Act(leaf, worker, header.environment().orElse(""), story.held));
    }
  }

  /// A call that was let go to a runner is answered as a runner's, and no other is.
  private void executed(Leaf leaf, RunEvent.ToolActionExecuted event) {
    Optional<String> expected = intended.getOrDefault(event.callId(), event.runner());
    Refused.unless(
        expected.equals(event.runner()),
        EntriesCheck.where(leaf),
        "call %s was let go to %s and answered by %s"
            .formatted(event.callId(), maker(expected), maker(event.runner())));
    event.runner().ifPresent(runner -> byRunner.merge(runner, 1, Integer::sum));
  }

  private static String maker(Optional<String> runner) {
    return runner.map(name -> "runner " + name).orElse("its worker");
  }

  private Story story(String worker) {
    return workers.computeIfAbsent(worker, _ -> new Story());
  }

  private void worker(Leaf leaf, Header header, WorkerEvent event) {
    Story story = story(event.worker());
    switch (event) {
      case CollateralArchived e -> archive.keep(e);
      case AttestationVerified e -> {
        e.attested().ifPresent(_ -> archive.verify(leaf, header, e));
        story.verified = Optional.of(e);
      }
      case KeyReleaseEvaluated e -> story.decision = Optional.of(e.decision());
      case KeyReleased e -> story.open = Optional.of(released(leaf, story, e));
      case KeyReleaseConfirmed e -> {
        Refused.unless(
            story.open.filter(o -> o.released().releaseId().equals(e.releaseId())).isPresent(),
            EntriesCheck.where(leaf),
            "it confirms a release that is not the one before it");
        story.held = story.open;
      }
      case KeyReleaseExpired _ -> story.held = Optional.empty();
      case WorkerTerminated e -> {
        story.held = Optional.empty();
        story.ended = Optional.of("at position %s: %s".formatted(leaf.seq(), e.reason()));
      }
      case WorkerEvent.WorkerRegistered _,
          WorkerEvent.KeyReleaseRefused _,
          WorkerEvent.PlatformWillBeDemoted _ -> {}
    }
  }

  private static Held released(Leaf leaf, Story story, KeyReleased e) {
    String where = EntriesCheck.where(leaf);
    Refused.unless(
        story.decision.filter(d -> d.effect() == Decision.Effect.ALLOW).isPresent(),
        where,
        "keys were released without policy's ALLOW before it");
    AttestationVerified verified =
        story.verified.orElseThrow(
            () -> new Refused(where, "keys were released without evidence before it"));
    return new Held(leaf, e, verified);
  }

  /// @return in a sentence, what holds; empty if no worker did anything
  /// @throws Refused if a worker did something without keys
  Optional<String> conclude(Findings findings) {
    byRunner.forEach((runner, calls) ->
        findings.warn(
            ("UNATTESTED: runner %s made %d calls outside every confidential machine; their"
                    + " parameters and credential were in the clear there, and what became of"
                    + " them is its word")
                .formatted(runner, calls)));
    if (acts.isEmpty()) {
      return Optional.empty();
    }
    Set<String> images = new TreeSet<>();
    Set<String> standings = new TreeSet<>();
    boolean simulated = false;
    for (Act act : acts) {
      AttestationVerified verified = heldAt(act).verified();
      if (verified.attested().isEmpty()) {
        return Optional.empty();
      }
      Refused.unless(
          artifact.isEmpty() || artifact.get().equals(verified.attested().get().artifactDigest()),
          EntriesCheck.where(act.leaf()),
          "worker %s was attested for another workflow version".formatted(act.worker()));
      images.add(verified.measurement());
      standings.add(verified.attested().get().tee() + " " + verified.attested().get().tcbStatus());
      simulated |= !verified.verdict().equals("VERIFIED");
    }
    if (simulated) {
      findings.warn(
          "ATTESTATION IS SIMULATED: the evidence is consistent and of a development root; no"
              + " hardware vouches for where content was processed");
    }
    findings.notVerified(
        "that no entry which the bundle leaves out ended a worker before its last act; ends that its"
            + " maker found are in it. And that an image is what its name stands for: compare it"
            + " with the release notes");
    return Optional.of(
        "%d acts of workers, each under keys released by policy on evidence accepted again: %s, image %s%s%s"
            .formatted(
                acts.size(),
                String.join(", ", standings),
                String.join(", ", images),
                ends(),
                runners()));
  }

  /// Calls that no worker made.
  private String runners() {
    return byRunner.entrySet().stream()
        .map(each -> "; UNATTESTED: %d by runner %s".formatted(each.getValue(), each.getKey()))
        .collect(Collectors.joining());
  }

  /// Workers that ended while the run went on.
  private String ends() {
    return new TreeMap<>(workers)
        .entrySet().stream()
            .flatMap(each ->
                each.getValue().ended.stream()
                    .map(end -> "; worker %s ended %s".formatted(each.getKey(), end)))
            .collect(Collectors.joining());
  }

  private static Held heldAt(Act act) {
    String where = EntriesCheck.where(act.leaf());
    Held held =
        act.held()
            .orElseThrow(() ->
                new Refused(
                    where,
                    "worker %s did it, and no entry says that it held keys"
                        .formatted(act.worker())));
    Refused.unless(
        held.released().expiresAt().toEpochMilli() >= act.leaf().time(),
        where,
        "worker %s did it when its keys had expired".formatted(act.worker()));
    return held;
  }
}
