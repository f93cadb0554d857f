package ai.rails.command.privacy;

import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.http.Writes;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.telemetry.Measure;

/// Erasure, holds and retention of the write side, wired together.
public final class Privacy implements AutoCloseable {
  /// What the command bus has to know.
  public static final List<Entity<?, ?, ?>> ENTITIES =
      List.of(ErasureEntity.TYPE, LegalHoldEntity.TYPE, RetentionEntity.TYPE);

  private final RetentionClock retention;
  private final List<Route> routes;

  /// @param ids gives UUIDs of version 7
  public Privacy(
      Database database, CommandBus bus, Writes writes, InstantSource clock, Supplier<UUID> ids) {
    Erasures erasures = new Erasures(database, bus, ids);
    this.retention = new RetentionClock(database, erasures, clock);
    this.routes =
        Stream.of(
                new ErasureApi(writes, database, erasures).routes(),
                new HoldApi(writes, database).routes(),
                new RetentionApi(writes, clock).routes())
            .flatMap(List::stream)
            .toList();
  }

  public List<Route> routes() {
    return routes;
  }

  public List<Measure> measures() {
    return retention.measures();
  }

  /// Begins to look for what its time is over.
  public Privacy start() {
    retention.start();
    return this;
  }

  /// Applies retention once, now.
  public void sweep() {
    retention.look();
  }

  @Override
  public void close() {
    retention.close();
  }
}
