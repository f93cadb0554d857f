package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import ai.rails.command.reveal.RevealRows;
import ai.rails.command.reveal.Reveals;
import ai.rails.command.run.RunPlace;
import ai.rails.command.worker.KeyHolders.Work;
import ai.rails.command.worker.WorkerEndpoint.Reply;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepState;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.WorkerProtocol.Inherited;
import ai.rails.schema.worker.WorkerProtocol.RevealAnswer;
import ai.rails.schema.worker.WorkerProtocol.RevealClaim;
import ai.rails.schema.worker.WorkerProtocol.RevealTask;

/// Gives a worker what a person may see, and takes it back sealed to that person. Thread-safe.
final class RevealRequests {
  private static final String KEY = "SELECT wrapped FROM run_key WHERE tenant = ? AND run = ?";

  private final Desk desk;
  private final Reveals reveals;
  private final InstantSource clock;

  RevealRequests(Desk desk, Reveals reveals, InstantSource clock) {
    this.desk = desk;
    this.reveals = reveals;
    this.clock = clock;
  }

  Reply claim(
      WorkerIdentity worker, Map<String, String> parts, RevealClaim claim, Optional<String> trace) {
    Limits.requireId("reveal", claim.reveal());
    Reveals.Standing standing = reveals.standing(worker.tenant(), claim.reveal());
    RunPlace place =
        desk.place(worker, standing.row().run(), "POST /v1/worker/reveals/claim", Work.BEGUN);
    requireOpen(standing.row());
    Run run = desk.load(place);
    RevealTask task =
        desk.database()
            .inTenant(
                worker.tenant(),
                c -> {
                  desk.requireKeys(c, worker, Work.BEGUN);
                  RunPlace.requireKept(c, place.tenant(), place.run());
                  return task(c, place, run, standing);
                });
    return Reply.of(task);
  }

  private static RevealTask task(Connection c, RunPlace place, Run run, Reveals.Standing standing)
      throws SQLException {
    Set<String> own = new HashSet<>();
    Map<String, Set<String>> foreign = new TreeMap<>();
    for (String ref : standing.granted().refs()) {
      contentRun(run, ref)
          .ifPresentOrElse(
              source -> foreign.computeIfAbsent(source, _ -> new HashSet<>()).add(ref),
              () -> own.add(ref));
    }
    Map<String, String> contents = Contents.read(c, place.tenant(), place.run(), own);
    List<Inherited> inherited = new ArrayList<>();
    for (Map.Entry<String, Set<String>> source : foreign.entrySet()) {
      Optional<RunPlace> origin = RunPlace.find(c, place.tenant(), source.getKey());
      boolean same =
          origin
              .filter(o -> o.artifactDigest().equals(place.artifactDigest()))
              .filter(o -> o.environment().equals(place.environment()))
              .isPresent();
      Optional<String> key = same ? runKey(c, place.tenant(), source.getKey()) : Optional.empty();
      if (key.isPresent()) {
        contents.putAll(Contents.read(c, place.tenant(), source.getKey(), source.getValue()));
        inherited.add(
            new Inherited(
                source.getKey(), key.get(), source.getValue().stream().sorted().toList()));
      }
    }
    return new RevealTask(
        base64(standing.event()),
        base64(standing.row().publicKey()),
        runKey(c, place.tenant(), place.run()),
        contents,
        inherited);
  }

  private static Optional<String> contentRun(Run run, String ref) {
    return run.steps().values().stream()
        .filter(step -> step.output().map(SealedRef::ref).equals(Optional.of(ref)))
        .findFirst()
        .flatMap(StepState::contentRun);
  }

  private static Optional<String> runKey(Connection c, String tenant, String run)
      throws SQLException {
    return Sql.one(c, KEY, row -> base64(row.getBytes(1)), tenant, run);
  }

  Reply answer(
      WorkerIdentity worker,
      Map<String, String> parts,
      RevealAnswer answer,
      Optional<String> trace) {
    Limits.requireId("reveal", answer.reveal());
    byte[] sealed = Contents.decode("sealed", answer.sealed());
    Reveals.Standing standing = reveals.standing(worker.tenant(), answer.reveal());
    RunPlace place =
        desk.place(worker, standing.row().run(), "POST /v1/worker/reveals/answer", Work.BEGUN);
    boolean first =
        desk.database()
            .inTenant(
                worker.tenant(),
                c -> {
                  desk.requireKeys(c, worker, Work.BEGUN);
                  RunPlace.requireKept(c, place.tenant(), place.run());
                  return RevealRows.seal(
                      c,
                      worker.tenant(),
                      answer.reveal(),
                      worker.worker(),
                      sealed,
                      clock.instant());
                });
    if (!first) {
      throw over(answer.reveal());
    }
    return Reply.nothing();
  }

  private void requireOpen(RevealRows.Row row) {
    if (row.sealed().isPresent() || !clock.instant().isBefore(row.expiresAt())) {
      throw over(row.reveal());
    }
  }

  private static Refused over(String reveal) {
    return new Refused(
        Refused.Code.STALE_LEASE, "reveal %s is answered or has expired".formatted(reveal));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
