package ai.rails.projection.evidence;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.platform.evidence.EvidenceSource;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Unavailable;

/// Makes bundles into files, and keeps the newest for a while: what one request watches in the
/// making, the next one fetches. Few are made at a time. Its monitor guards the builds.
final class Bundles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bundles.class);
  private static final int AT_ONCE = 2;
  private static final int KEPT = 8;
  private static final Duration KEPT_FOR = Duration.ofMinutes(10);

  private final Path directory;
  private final BundleMaker maker;
  private final Map<String, Build> builds = new HashMap<>();

  /// @param directory of its own; what lies there from before is deleted
  Bundles(Path directory, BundleMaker maker) {
    this.directory = directory;
    this.maker = maker;
    try {
      Files.createDirectories(directory);
      try (Stream<Path> left = Files.list(directory)) {
        for (Path file : left.toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bundles can not be made in " + directory, e);
    }
  }

  /// A bundle that is made.
  record Made(Path file, long bytes, BundleMaker.Written written) {}

  /// One making.
  static final class Build {
    private final CompletableFuture<Made> made = new CompletableFuture<>();
    private final long begun = System.nanoTime();
    private volatile String stage = "BEGUN";
    private volatile long done;

    /// What is being done, in the words of the bundle's writer.
    String stage() {
      return stage;
    }

    long done() {
      return done;
    }

    boolean over() {
      return made.isDone();
    }

    /// Waits for the end, but not for long.
    void look(Duration limit) throws InterruptedException {
      try {
        Made _ = made.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException _) {
        // asked again by whoever looks
      }
    }

    /// Waits for the end.
    ///
    /// @throws Problem if it did not come to a bundle
    /// @throws Unavailable if a neighbour is missing
    Made await() throws InterruptedException {
      try {
        return made.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException io) {
          throw new Unavailable("the bundle can not be made: " + io.getMessage(), io);
        }
        if (e.getCause() instanceof RuntimeException own) {
          throw own;
        }
        throw new IllegalStateException("a bundle's making failed", e.getCause());
      }
    }

    private boolean isOld() {
      return System.nanoTime() - begun > KEPT_FOR.toNanos();
    }
  }

  /// The making of a bundle, begun if nobody has begun it.
  ///
  /// @param key names the contents: the same key, the same bundle
  /// @throws Problem with 503 if too many are being made
  synchronized Build build(String key, Supplier<EvidenceSource> source) {
    forget();
    Build known = builds.get(key);
    if (known != null && !known.made.isCompletedExceptionally()) {
      return known;
    }
    if (builds.values().stream().filter(build -> !build.over()).count() >= AT_ONCE) {
      throw new Problem(503, "BUSY", "%d bundles are being made; ask again".formatted(AT_ONCE))
          .with("Retry-After", "2");
    }
    Build build = new Build();
    builds.put(key, build);
    Thread.ofVirtual().name("bundle").start(() -> make(build, source));
    return build;
  }

  private void make(Build build, Supplier<EvidenceSource> source) {
    Path file = null;
    try {
      file = Files.createTempFile(directory, "bundle-", ".zip");
      BundleMaker.Written written;
      try (OutputStream out = Files.newOutputStream(file)) {
        written =
            maker.make(
                source.get(),
                out,
                (stage, done) -> {
                  build.stage = stage;
                  build.done = done;
                });
      }
      build.made.complete(new Made(file, Files.size(file), written));
    } catch (IOException | RuntimeException | Error e) {
      LOG.atError().setCause(e).log("a bundle was not made");
      delete(file);
      build.made.completeExceptionally(e);
    }
  }

  /// What is old, and what is more than is kept.
  private void forget() {
    List<Map.Entry<String, Build>> over = new ArrayList<>();
    builds.entrySet().stream().filter(e -> e.getValue().over()).forEach(over::add);
    over.sort((a, b) -> Long.compare(a.getValue().begun, b.getValue().begun));
    Iterator<Map.Entry<String, Build>> oldest = over.iterator();
    int left = over.size();
    while (oldest.hasNext()) {
      Map.Entry<String, Build> each = oldest.next();
      if (each.getValue().isOld() || left > KEPT) {
        builds.remove(each.getKey());
        left--;
        CompletableFuture<Void> _ = each.getValue().made.thenAccept(made -> delete(made.file()));
      }
    }
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("a bundle's file stays");
    }
  }

  @Override
  public synchronized void close() {
    for (Build build : builds.values()) {
      CompletableFuture<Void> _ = build.made.thenAccept(made -> delete(made.file()));
    }
    builds.clear();
  }
}
