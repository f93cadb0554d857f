package ai.rails.projection.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;

import ai.rails.domain.worker.AttestedEvidence;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.CollateralArchived;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseConfirmed;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseEvaluated;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseExpired;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.PlatformWillBeDemoted;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.domain.worker.WorkerEvent.WorkerTerminated;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// Workers as the newest entries of each kind tell them. Immutable.
public final class WorkerView {
  private static final String STREAM = "Worker";
  private static final int MOST = 10_000;

  private final EventCodec events;

  public WorkerView(EventCodec events) {
    this.events = events;
  }

  /// The newest entry of a kind.
  private record Last<E>(E event, long position, long at) {}

  /// One worker's newest entries.
  private static final class Story {
    private Optional<Last<WorkerRegistered>> registered = Optional.empty();
    private Optional<Last<AttestationVerified>> verified = Optional.empty();
    private Optional<Last<KeyReleaseEvaluated>> evaluated = Optional.empty();
    private Optional<Last<KeyReleased>> released = Optional.empty();
    private Optional<Last<KeyReleaseConfirmed>> confirmed = Optional.empty();
    private Optional<Last<KeyReleaseExpired>> expired = Optional.empty();
    private Optional<Last<KeyReleaseRefused>> refused = Optional.empty();
    private Optional<Last<WorkerTerminated>> terminated = Optional.empty();
    private Optional<Last<PlatformWillBeDemoted>> demotion = Optional.empty();

    private void add(WorkerEvent event, long position, long at) {
      switch (event) {
        case WorkerRegistered e -> registered = Optional.of(new Last<>(e, position, at));
        case AttestationVerified e -> verified = Optional.of(new Last<>(e, position, at));
        case KeyReleaseEvaluated e -> evaluated = Optional.of(new Last<>(e, position, at));
        case KeyReleased e -> released = Optional.of(new Last<>(e, position, at));
        case KeyReleaseConfirmed e -> confirmed = Optional.of(new Last<>(e, position, at));
        case KeyReleaseExpired e -> expired = Optional.of(new Last<>(e, position, at));
        case KeyReleaseRefused e -> refused = Optional.of(new Last<>(e, position, at));
        case WorkerTerminated e -> terminated = Optional.of(new Last<>(e, position, at));
        case PlatformWillBeDemoted e -> demotion = Optional.of(new Last<>(e, position, at));
        case CollateralArchived _ -> {}
      }
    }

    private static long at(Optional<? extends Last<?>> last) {
      return last.map(Last::position).orElse(0L);
    }

    /// The state that the rules give it; what has expired is for the reader to compare.
    private String state() {
      if (terminated.isPresent()) {
        return "TERMINATED";
      }
      if (at(confirmed) > at(expired)) {
        return at(verified) > at(confirmed) ? "ROTATING_KEYS" : "RUNNING";
      }
      if (at(released) > Math.max(at(confirmed), at(expired))) {
        return "KEYS_RELEASED";
      }
      return at(verified) > at(expired) ? "ATTESTED" : "PROVISIONED";
    }
  }

  /// The workers of a tenant, or of one of its workspaces, by name.
  List<Map<String, Object>> all(DSLContext sql, String tenant, Optional<String> workspace) {
    Condition ofTenant = ENTRY.TENANT.eq(tenant);
    return read(sql, workspace.map(ENTRY.WORKSPACE::eq).map(ofTenant::and).orElse(ofTenant));
  }

  /// One worker, if the tenant has it.
  Optional<Map<String, Object>> one(DSLContext sql, String tenant, String worker) {
    return read(sql, ENTRY.TENANT.eq(tenant).and(ENTRY.STREAM_ID.eq(worker))).stream().findFirst();
  }

  /// Why no worker of a workflow version in an environment gets keys, where the last thing that
  /// happened to each is a refusal: a sentence for whoever asks why a run waits.
  public Optional<String> refusal(
      DSLContext sql, String tenant, String workflow, String version, String environment) {
    List<Map<String, Object>> workers =
        all(sql, tenant, Optional.empty()).stream()
            .filter(worker ->
                workflow.equals(worker.get("workflow"))
                    && version.equals(worker.get("version"))
                    && environment.equals(worker.get("environment")))
            .toList();
    boolean working = workers.stream().anyMatch(worker -> !worker.containsKey("refused"));
    return workers.isEmpty() || working
        ? Optional.empty()
        : Optional.of(
            "worker %s is refused keys: %s"
                .formatted(workers.getFirst().get("worker"), workers.getFirst().get("refused")));
  }

  private List<Map<String, Object>> read(DSLContext sql, Condition which) {
    Map<String, Story> stories = new LinkedHashMap<>();
    sql.select(ENTRY.STREAM_ID, ENTRY.ENTRY_TYPE, ENTRY.POSITION, ENTRY.RECORDED_AT, ENTRY.EVENT)
        .distinctOn(ENTRY.STREAM_ID, ENTRY.ENTRY_TYPE)
        .from(ENTRY)
        .where(which, ENTRY.STREAM_TYPE.eq(STREAM))
        .orderBy(ENTRY.STREAM_ID, ENTRY.ENTRY_TYPE, ENTRY.POSITION.desc())
        .limit(MOST)
        .forEach(row -> {
          if (events.decode(row.value5()).event() instanceof WorkerEvent event) {
            stories
                .computeIfAbsent(row.value1(), _ -> new Story())
                .add(event, row.value3(), row.value4());
          }
        });
    List<Map<String, Object>> workers = new ArrayList<>();
    stories.forEach((worker, story) -> workers.add(shown(worker, story)));
    return workers;
  }

  private static Map<String, Object> shown(String worker, Story story) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("worker", worker);
    out.put("state", story.state());
    story.registered.ifPresent(last -> {
      out.put("workflow", last.event().workflowId());
      out.put("version", last.event().version());
      out.put("environment", last.event().environmentId());
      out.put("registeredAt", last.at());
    });
    story.verified.ifPresent(last -> {
      out.put("verdict", last.event().verdict());
      out.put("measurement", last.event().measurement());
      out.put("attestedAt", last.at());
      last.event().attested().ifPresent(evidence -> evidence(out, evidence));
    });
    story.released.ifPresent(last -> {
      out.put("keys", last.event().keys());
      out.put("epoch", last.event().leaseEpoch());
      out.put("keysUntil", last.event().expiresAt().toEpochMilli());
    });
    story
        .expired
        .filter(last -> last.position() > Story.at(story.released))
        .ifPresent(last -> out.put("expiredAt", last.at()));
    story
        .refused
        .filter(last -> last.position() > Story.at(story.released))
        .ifPresent(last -> out.put("refused", refusal(story, last)));
    story
        .demotion
        .filter(last -> stillAhead(last, story))
        .ifPresent(last -> {
          out.put("nextTcbStatus", last.event().nextStatus());
          out.put("nextAdvisories", last.event().advisories());
          out.put("warnedAt", last.at());
        });
    story.terminated.ifPresent(last -> {
      out.put("endedAt", last.at());
      out.put("endedBecause", last.event().reason());
    });
    return out;
  }

  /// What was ahead is not any more once the evidence is judged by that set or stands so.
  private static boolean stillAhead(Last<PlatformWillBeDemoted> warning, Story story) {
    return story
        .verified
        .flatMap(last -> last.event().attested())
        .filter(evidence ->
            evidence.evaluationNumber() < warning.event().evaluationNumber()
                || warning.event().evaluationNumber() == 0)
        .filter(evidence -> evidence.tcbStatus().equals(warning.event().tcbStatus()))
        .isPresent();
  }

  private static void evidence(Map<String, Object> out, AttestedEvidence evidence) {
    out.put("tee", evidence.tee());
    out.put("trustDomain", evidence.trustDomain());
    out.put("tcbStatus", evidence.tcbStatus());
    out.put("advisories", evidence.advisories());
    out.put("platform", evidence.platform());
    out.put("evidenceUntil", evidence.validUntil().toEpochMilli());
    out.put("collateralSha256", evidence.collateralSha256());
  }

  private static Map<String, Object> refusal(Story story, Last<KeyReleaseRefused> last) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("code", last.event().code());
    story
        .evaluated
        .filter(asked -> asked.position() == last.position() - 1)
        .ifPresent(asked -> out.put("reasons", asked.event().decision().reasons()));
    last.event().measurement().ifPresent(image -> out.put("measurement", image));
    out.put("at", last.at());
    out.put("position", last.position());
    return out;
  }
}
