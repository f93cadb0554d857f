package ai.rails.command.reveal;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.TransactionPart;
import ai.rails.command.access.AccessEntity;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.access.AccessCommand.GrantReveal;
import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.domain.access.RevealKind;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.keys.RevealKey;
import ai.rails.platform.opa.PolicyDecisionPoint;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

/// Decides who may see sealed content, and keeps what a worker sealed for him. It never has a key
/// that opens any of it. Thread-safe.
public final class Reveals {
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);
  private static final Duration LIFE = Duration.ofMinutes(2);
  private static final EventCodec CODEC = new EventCodec();

  private final Database database;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final Artifacts artifacts;
  private final RevealPolicy policy;
  private final InstantSource clock;

  public Reveals(
      Database database,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      Artifacts artifacts,
      PolicyDecisionPoint policy,
      String cell,
      InstantSource clock) {
    this.database = database;
    this.bus = bus;
    this.runs = runs;
    this.artifacts = artifacts;
    this.policy = new RevealPolicy(policy, cell);
    this.clock = clock;
  }

  /// `POST /v1/runs/{run}/reveals`.
  ///
  /// @param name gate, step or input, as the kind says
  /// @param publicKey P-256, uncompressed, base64
  public record Ask(RevealKind kind, String name, String publicKey) {}

  /// A person's request that policy allows, to be committed before anybody seals anything.
  ///
  /// @param part is written with the command
  public record Grant(RunPlace place, GrantReveal command, TransactionPart part) {
    public RevealGranted granted() {
      return command.granted();
    }
  }

  /// Asks policy.
  ///
  /// @param reveal id of the reveal
  /// @throws Refused with NOT_FOUND, also for another tenant's run; with FORBIDDEN; with RUN_ERASED
  public Grant grant(String tenant, String person, String runId, String reveal, Ask ask) {
    byte[] key = publicKey(ask.publicKey());
    String keySha256 = thumbprint(key);
    Limits.requireId("name", ask.name());
    RunPlace place =
        database
            .inTenant(tenant, c -> RunPlace.find(c, tenant, runId))
            .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + runId));
    Run run = bus.load(tenant, runs, runId);
    Workflow workflow = artifacts.load(tenant, place.artifactDigest());
    RevealTarget target =
        database.inTenant(
            tenant,
            c -> {
              RunPlace.requireKept(c, tenant, runId);
              return RevealTarget.of(c, place, run, workflow, ask.kind(), ask.name());
            });
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Decision decision =
        allowed(
            policy.decide(
                new RevealPolicy.Question(
                    place,
                    workflow,
                    run.trigger().orElseThrow().requester(),
                    person,
                    ask.kind(),
                    ask.name(),
                    target.gate()),
                now));
    var granted =
        new RevealGranted(
            reveal,
            person,
            runId,
            ask.kind(),
            ask.name(),
            target.callDigest(),
            target.refs(),
            keySha256,
            now.plus(LIFE),
            decision);
    String hour = place.workspace() + "/" + HOUR.format(now);
    var row =
        new RevealRows.Row(
            tenant,
            reveal,
            runId,
            person,
            hour,
            key,
            granted.expiresAt(),
            Optional.empty(),
            Optional.empty());
    return new Grant(
        place,
        new GrantReveal(tenant, hour, granted),
        c -> {
          RunPlace.requireKept(c, tenant, runId);
          RevealRows.insert(c, row);
        });
  }

  /// A reveal, with the entry that allowed it.
  ///
  /// @param event the entry's bytes
  @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
  public record Standing(RevealRows.Row row, RevealGranted granted, byte[] event) {}

  /// @throws Refused with NOT_FOUND, also for another tenant's
  RevealRows.Row row(String tenant, String reveal) {
    return database
        .inTenant(tenant, c -> RevealRows.find(c, tenant, reveal))
        .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no reveal " + reveal));
  }

  /// @throws Refused with NOT_FOUND, also for another tenant's
  public Standing standing(String tenant, String reveal) {
    RevealRows.Row row = row(tenant, reveal);
    for (Recorded recorded : bus.history(tenant, AccessEntity.TYPE.streamType(), row.hour())) {
      if (recorded.event() instanceof RevealGranted granted && granted.reveal().equals(reveal)) {
        return new Standing(row, granted, CODEC.encode(recorded.header(), granted));
      }
    }
    throw new IllegalStateException("reveal %s was granted by no entry".formatted(reveal));
  }

  boolean expired(RevealRows.Row row) {
    return !clock.instant().isBefore(row.expiresAt());
  }

  private static Decision allowed(Decision decision) {
    if (decision.unavailable().isPresent()) {
      throw new Unavailable(
          "policy can not be asked now (%s); ask again".formatted(decision.unavailable().get()),
          new IllegalStateException(decision.unavailable().get()));
    }
    if (decision.effect() != Effect.ALLOW) {
      throw new Refused(
          Code.FORBIDDEN,
          "policy does not let you see this: %s".formatted(String.join(", ", decision.reasons())));
    }
    return decision;
  }

  private static byte[] publicKey(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new Refused(Code.INVALID, "publicKey is not base64");
    }
  }

  private static String thumbprint(byte[] key) {
    try {
      return RevealKey.thumbprint(key);
    } catch (GeneralSecurityException e) {
      throw new Refused(
          Code.INVALID, "publicKey is a point of P-256, uncompressed, 65 bytes in base64");
    }
  }
}
