package ai.rails.command.policy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.http.Writes;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Shadows, as the write side starts and ends them.
public final class ShadowPart implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowPart.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Optional<Shadows> shadows;
  private final ShadowApi api;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("policy-shadows-").factory());

  /// @param opa OPA's binary; without one there are no shadows
  /// @param ids gives UUIDs of version 7
  public ShadowPart(
      Optional<Path> opa,
      Database database,
      BundleStore contents,
      Writes writes,
      Supplier<UUID> ids) {
    this.shadows = opa.map(binary -> new Shadows(binary, database, contents, writes.bus(), ids));
    this.api = new ShadowApi(writes, database, shadows);
  }

  public List<Route> routes() {
    return api.routes();
  }

  /// Asks the candidates about what is decided, from now on.
  public ShadowPart start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  private void look() {
    try {
      shadows.ifPresent(Shadows::look);
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("shadows were not followed; they are tried again");
    }
  }

  @Override
  public void close() {
    thread.close();
    shadows.ifPresent(Shadows::close);
  }
}
