package ai.rails.command.runner;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.worker.RunnerProtocol.Note;
import ai.rails.schema.worker.RunnerProtocol.SealedOutcome;
import ai.rails.schema.worker.RunnerProtocol.Take;
import ai.rails.schema.worker.RunnerProtocol.Taken;

/// What runners ask, over mutual TLS: calls that wait for them, and to hand over outcomes.
public final class RunnerGate {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerGate.class);
  private static final int MAX_BODY_BYTES = 18 << 20;
  private static final int MAX_SEALED_BYTES = 12 << 20;
  private static final int NOTES_MOST = 256;
  private static final int KNOWN_MOST = 256;
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
  private static final Pattern SPOOL = Pattern.compile("[0-9a-f]{32}");

  private final Database database;
  private final Predicate<String> policyIsFresh;
  private final Duration policyLives;
  private final InstantSource clock;

  /// @param policyIsFresh whether policy can be asked about a tenant now
  /// @param policyLives how long a runner may go on after it was fresh
  public RunnerGate(
      Database database,
      Predicate<String> policyIsFresh,
      Duration policyLives,
      InstantSource clock) {
    this.database = database;
    this.policyIsFresh = policyIsFresh;
    this.policyLives = policyLives;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/runner/calls/take", Label.STRONG, Access.runner(), this::take),
        new Route(
            "POST",
            "/v1/runner/calls/{callId}/outcome",
            Label.STRONG,
            Access.runner(),
            this::outcome,
            MAX_BODY_BYTES));
  }

  /// With a policy that can not be asked nothing is given, and the runner's time is not lengthened.
  private Answer take(Request request) {
    RunnerIdentity who = request.runner();
    Take asked = request.json(Take.class);
    check(asked);
    boolean fresh = policyIsFresh.test(who.tenant());
    Taken taken =
        database.inTenant(
            who.tenant(),
            c -> {
              requireAdmitted(RunnerRows.admitted(c, who, request.clientKeySha256()), who);
              RunnerRows.seen(c, who);
              return fresh
                  ? new Taken(
                      clock.millis(),
                      clock.millis() + policyLives.toMillis(),
                      RunnerCalls.take(c, who, asked))
                  : new Taken(clock.millis(), 0, List.of());
            });
    note(who, asked);
    return Answer.ok(taken);
  }

  private Answer outcome(Request request) {
    RunnerIdentity who = request.runner();
    String callId = Limits.requireId("callId", request.path("callId"));
    SealedOutcome told = request.json(SealedOutcome.class);
    byte[] sealed = sealed(told.sealed());
    boolean awaited =
        database.inTenant(
            who.tenant(),
            c -> {
              requireAdmitted(RunnerRows.admitted(c, who, request.clientKeySha256()), who);
              return RunnerCalls.answer(c, who, callId, told.epoch(), sealed);
            });
    if (!awaited) {
      LOG.atInfo()
          .addKeyValue("tenant", who.tenant())
          .addKeyValue("runner", who.runner())
          .addKeyValue("call", callId)
          .log("an outcome came that nobody waits for");
    }
    return Answer.empty(204);
  }

  private static void check(Take asked) {
    if (!SPOOL.matcher(asked.spool()).matches()) {
      throw Problem.invalid("a spool's id has 32 hex digits");
    }
    if (asked.known().size() > KNOWN_MOST || asked.notes().size() > NOTES_MOST) {
      throw Problem.invalid(
          "a request names at most %d known calls and %d notes".formatted(KNOWN_MOST, NOTES_MOST));
    }
    for (Note each : asked.notes()) {
      if (!CODE.matcher(each.code()).matches()) {
        throw Problem.invalid("a note's code must be one");
      }
    }
  }

  /// What a runner says of itself is its word alone, and goes to the log.
  private static void note(RunnerIdentity who, Take asked) {
    for (Note each : asked.notes()) {
      LOG.atInfo()
          .addKeyValue("tenant", who.tenant())
          .addKeyValue("runner", who.runner())
          .addKeyValue("at", each.at())
          .addKeyValue("code", each.code())
          .addKeyValue("count", each.count())
          .log("a runner says");
    }
  }

  private static void requireAdmitted(boolean admitted, RunnerIdentity who) {
    if (!admitted) {
      throw new Refused(
          Refused.Code.FORBIDDEN,
          "runner %s is not registered with this key, or was revoked".formatted(who.runner()));
    }
  }

  private static byte[] sealed(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length > 0 && bytes.length <= MAX_SEALED_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("sealed must be base64");
    }
    throw Problem.invalid("sealed has 1 to %d bytes".formatted(MAX_SEALED_BYTES));
  }
}
