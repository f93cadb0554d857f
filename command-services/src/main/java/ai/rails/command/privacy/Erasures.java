package ai.rails.command.privacy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.command.reveal.RevealRows;
import ai.rails.command.run.RunPlace;
import ai.rails.command.runner.RunnerCalls;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.privacy.ErasureCommand.EraseRun;
import ai.rails.domain.privacy.ErasureEvent.Cause;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Destroys the content of runs: the wrapped key, the ciphertexts, and the ciphertexts that forks
/// copied. The rows go and the event comes in one transaction. Thread-safe.
final class Erasures {
  private static final int TRIES = 8;

  /// Contents `c` of the run, or of its forks with the same bytes.
  private static final String CONTENT =
      """
      c.tenant = ? AND c.run = f.run AND (f.run = ? OR EXISTS (
        SELECT 1 FROM sealed_content s
         WHERE s.tenant = c.tenant AND s.run = ? AND s.ref = c.ref
           AND s.ciphertext = c.ciphertext))\
      """;

  private static final String COUNT =
      Holds.FAMILY + "SELECT count(*) FROM family f, sealed_content c WHERE " + CONTENT;
  private static final String DELETE =
      Holds.FAMILY + "DELETE FROM sealed_content c USING family f WHERE " + CONTENT;
  private static final String COUNT_KEYS =
      "SELECT count(*) FROM run_key WHERE tenant = ? AND run = ?";
  private static final String DELETE_KEYS = "DELETE FROM run_key WHERE tenant = ? AND run = ?";
  private static final String LIFE =
      """
      SELECT ended_at IS NOT NULL, erased_at IS NOT NULL FROM run_index
       WHERE tenant = ? AND run = ? FOR UPDATE\
      """;
  private static final String MARK =
      "UPDATE run_index SET erased_at = clock_timestamp() WHERE tenant = ? AND run = ?";

  private final Database database;
  private final CommandBus bus;
  private final Supplier<UUID> ids;

  /// @param ids gives UUIDs of version 7
  Erasures(Database database, CommandBus bus, Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.ids = ids;
  }

  /// Who wants a run erased, and why.
  record Ask(Cause cause, String reason, Actor actor, Optional<String> traceparent) {}

  /// What a run has, or had.
  record Content(int keys, int ciphertexts) {}

  /// Where a run is in its life.
  private record Life(boolean ended, boolean erased) {}

  Content content(RunPlace place) {
    String tenant = place.tenant();
    String run = place.run();
    return database.inTenant(
        tenant,
        c ->
            new Content(
                Sql.one(c, COUNT_KEYS, row -> row.getInt(1), tenant, run).orElse(0),
                Sql.one(c, COUNT, row -> row.getInt(1), run, tenant, tenant, run, run).orElse(0)));
  }

  /// Erases a run; a second time changes nothing.
  ///
  /// @param also written in the same transaction
  /// @throws Refused with RUN_NOT_OVER or LEGAL_HOLD
  Receipt erase(RunPlace place, Ask ask, TransactionPart also) {
    for (int tries = 0; tries < TRIES; tries++) {
      Content content = content(place);
      try {
        return bus.dispatch(
            place
                .context(ask.actor(), ids.get().toString(), ask.traceparent())
                .with(c -> destroy(c, place, content))
                .with(also),
            ErasureEntity.TYPE,
            new EraseRun(
                place.tenant(),
                place.run(),
                ask.cause(),
                ask.reason(),
                content.keys(),
                content.ciphertexts()));
      } catch (Changed _) {
        // Counted again: the event says exactly what goes with it.
      }
    }
    throw new Unavailable("the content of run %s changes all the time".formatted(place.run()));
  }

  private static void destroy(Connection c, RunPlace place, Content content) throws SQLException {
    String tenant = place.tenant();
    String run = place.run();
    Holds.lockTogether(c, tenant);
    Life life =
        Sql.one(c, LIFE, row -> new Life(row.getBoolean(1), row.getBoolean(2)), tenant, run)
            .orElseThrow(() -> new Refused(Refused.Code.NOT_FOUND, "there is no run " + run));
    if (!life.ended()) {
      throw new Refused(
          Refused.Code.RUN_NOT_OVER,
          "run %s is not over and needs its content; cancel it first".formatted(run));
    }
    if (life.erased()) {
      return;
    }
    Holds.requireNoneOnRun(c, tenant, run);
    int ciphertexts = Sql.execute(c, DELETE, run, tenant, tenant, run, run);
    int keys = Sql.execute(c, DELETE_KEYS, tenant, run);
    if (ciphertexts != content.ciphertexts() || keys != content.keys()) {
      throw new Changed();
    }
    RevealRows.erase(c, tenant, run);
    RunnerCalls.erase(c, tenant, run);
    Sql.execute(c, MARK, tenant, run);
  }

  /// The rows are not those that were counted; everything is rolled back.
  private static final class Changed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
