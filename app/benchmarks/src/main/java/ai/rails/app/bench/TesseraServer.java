package ai.rails.app.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import ai.rails.app.embedded.Unavailable;

/// Tessera's own server for POSIX logs (its conformance binary, as it comes: batches of 256 or a
/// second, a checkpoint each second, no witness), asked over HTTP at an offered rate. What is timed
/// is what our log is timed by: until the entry has its place, and until a published checkpoint
/// covers it.
final class TesseraServer implements AutoCloseable {
  private static final int ENTRY_BYTES = 640;
  private static final int IN_FLIGHT = 2_048;
  private static final Duration TICK = Duration.ofMillis(5);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path storage;
  private final URI add;
  private final URI checkpoint;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TesseraServer(Process process, Path storage, int port) {
    this.process = process;
    this.storage = storage;
    this.add = URI.create("http://127.0.0.1:%s/add".formatted(port));
    this.checkpoint = URI.create("http://127.0.0.1:%s/checkpoint".formatted(port));
  }

  /// @param key signs checkpoints, in the form of Go's note package
  /// @throws Unavailable if it does not come up
  static TesseraServer start(Path binary, Path storage, String key) throws IOException {
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
                binary.toString(), "--storage_dir=" + storage, "--listen=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LOG_PRIVATE_KEY", key);
    var server = new TesseraServer(builder.start(), storage, port);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (server.size() < 0) {
      if (System.nanoTime() > end || !server.process.isAlive()) {
        server.close();
        throw new Unavailable("Tessera's server did not come up within " + PATIENCE);
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return server;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// What one load came to.
  private static final class Load {
    // Index of the entry to when its sending began, and to when the index was answered.
    private final ConcurrentHashMap<Long, Long> began = new ConcurrentHashMap<>();
    private final List<Duration> placed = java.util.Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentNavigableMap<Long, Long> published = new ConcurrentSkipListMap<>();
    private final AtomicInteger failed = new AtomicInteger();
  }

  LedgerFigures.TesseraStreamed measure(int offered, Duration limit) throws IOException {
    var load = new Load();
    long before = bytes();
    long first = System.nanoTime();
    Thread watch = Thread.ofVirtual().start(() -> watch(load));
    int sent = offer(load, offered, limit);
    double seconds = (System.nanoTime() - first) / 1e9;
    await(load);
    watch.interrupt();
    List<Duration> covered = new ArrayList<>();
    load.began.forEach((index, began) -> {
      var at = load.published.higherEntry(index);
      if (at != null) {
        covered.add(Duration.ofNanos(at.getValue() - began));
      }
    });
    return new LedgerFigures.TesseraStreamed(
        offered,
        (sent - load.failed.get()) / seconds,
        load.began.size(),
        Latency.of(List.copyOf(load.placed)),
        Latency.of(covered),
        (bytes() - before) / (double) Math.max(1, load.began.size()));
  }

  /// Sends what is due at each tick; with too many under way the rest waits and counts as reached
  /// later.
  private int offer(Load load, int perSecond, Duration limit) {
    var room = new Semaphore(IN_FLIGHT);
    int sent = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long began = System.nanoTime();
      while (System.nanoTime() - began < limit.toNanos()) {
        long due = (long) ((System.nanoTime() - began) / 1e9 * perSecond);
        while (sent < due && room.tryAcquire()) {
          int number = sent++;
          threads.execute(() -> {
            try {
              add(load, number);
            } finally {
              room.release();
            }
          });
        }
        LockSupport.parkNanos(TICK.toNanos());
      }
    }
    return sent;
  }

  private void add(Load load, int number) {
    byte[] entry = new byte[ENTRY_BYTES];
    Arrays.fill(entry, (byte) 'e');
    byte[] name = "%d-%d".formatted(System.nanoTime(), number).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, entry, 0, name.length);
    long began = System.nanoTime();
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(add)
                  .timeout(PATIENCE)
                  .POST(BodyPublishers.ofByteArray(entry))
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        load.failed.incrementAndGet();
        return;
      }
      load.placed.add(Duration.ofNanos(System.nanoTime() - began));
      load.began.put(Long.parseLong(answer.body().strip()), began);
    } catch (IOException _) {
      load.failed.incrementAndGet();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Notes when each size was first seen.
  private void watch(Load load) {
    while (!Thread.currentThread().isInterrupted()) {
      long size = size();
      if (size > 0) {
        load.published.putIfAbsent(size, System.nanoTime());
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private static void await(Load load) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long last = load.began.keySet().stream().mapToLong(Long::longValue).max().orElse(-1);
    while (load.published.higherKey(last) == null && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /// Of the published checkpoint; -1 if there is none.
  private long size() {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(checkpoint).timeout(PATIENCE).build(),
              BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Long.parseLong(answer.body().lines().skip(1).findFirst().orElse("-1"))
          : -1;
    } catch (IOException _) {
      return -1;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private long bytes() throws IOException {
    try (Stream<Path> files = Files.walk(storage)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += size(file);
      }
      return sum;
    }
  }

  /// A file that was replaced while the directory was read has no size.
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException _) {
      return 0;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    process.destroy();
    try {
      int _ = process.waitFor();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
