package ai.rails.platform.opa;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import com.fasterxml.jackson.databind.JsonNode;

/// Whether OPA's bundles are fresh, from its status API.
///
/// OPA's `last_successful_request` goes on while a bundle that does not compile is refused, and so
/// freshness is a conjunction. Polls every five seconds; the answer of a poll is good for fifteen
/// seconds of monotonic time. Safe for use by several threads.
public final class BundleFreshness implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration MAX_AGE = Duration.ofSeconds(15);
  private static final int STATUS_LIMIT = 4 << 20;

  private final OpaHttp http;
  private final OpaSettings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final ReentrantLock polling = new ReentrantLock();
  private final ScheduledExecutorService poller =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("opa-status-").factory());
  private volatile Snapshot snapshot;

  /// @param nanoTime monotonic clock
  public BundleFreshness(OpaSettings settings, InstantSource clock, LongSupplier nanoTime) {
    this.http = new OpaHttp(settings);
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.snapshot = new Snapshot(0, Map.of(), "pdp_status_unknown");
  }

  /// Starts polling.
  public BundleFreshness start() {
    var _ = poller.scheduleWithFixedDelay(this::poll, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /// Asks OPA now.
  public void poll() {
    polling.lock();
    try {
      long takenAt = nanoTime.getAsLong();
      snapshot = read(takenAt);
    } finally {
      polling.unlock();
    }
  }

  /// Whether the platform's and the tenant's bundle are fresh.
  public boolean fresh(String tenant) {
    return stale(Bundles.PLATFORM).isEmpty() && stale(Bundles.ofTenant(tenant)).isEmpty();
  }

  /// Why a bundle is not fresh; empty if it is.
  public Optional<String> stale(String bundle) {
    Snapshot now = snapshot;
    if (now.failure().isPresent()) {
      return now.failure();
    }
    if (nanoTime.getAsLong() - now.takenAt() > MAX_AGE.toNanos()) {
      return Optional.of("pdp_status_old");
    }
    Status status = now.bundles().get(bundle);
    return status == null
        ? Optional.of("pdp_bundle_missing")
        : status.stale(clock.instant(), settings);
  }

  /// Why decisions of this revision can not be used. A poll may be older than an activation, and so
  /// a difference is asked about once more.
  Optional<String> stale(String bundle, String revision) {
    Optional<String> reason = stale(bundle);
    if (reason.isPresent() || isActive(bundle, revision)) {
      return reason;
    }
    poll();
    reason = stale(bundle);
    return reason.isPresent() || isActive(bundle, revision)
        ? reason
        : Optional.of("pdp_revision_not_active");
  }

  private boolean isActive(String bundle, String revision) {
    Status status = snapshot.bundles().get(bundle);
    return status != null && status.revision().equals(revision);
  }

  private Snapshot read(long takenAt) {
    try {
      JsonNode bundles = http.get("/v1/status", STATUS_LIMIT).path("result").path("bundles");
      Map<String, Status> read = new HashMap<>();
      for (Map.Entry<String, JsonNode> bundle : bundles.properties()) {
        read.put(bundle.getKey(), Status.read(bundle.getValue()));
      }
      return new Snapshot(takenAt, Map.copyOf(read), "");
    } catch (PdpFailure e) {
      return new Snapshot(takenAt, Map.of(), e.code() + "_at_status");
    } catch (DateTimeParseException e) {
      return new Snapshot(takenAt, Map.of(), "pdp_status_malformed");
    }
  }

  @Override
  public void close() {
    poller.shutdownNow();
    http.close();
  }

  private record Snapshot(long takenAt, Map<String, Status> bundles, String code) {
    Optional<String> failure() {
      return code.isEmpty() ? Optional.empty() : Optional.of(code);
    }
  }

  /// What OPA says of one bundle.
  private record Status(String revision, boolean failed, Instant activated, Instant requested) {
    // Go's zero time lies in year 1.
    private static final Instant NEVER = Instant.EPOCH;

    static Status read(JsonNode bundle) {
      boolean failed =
          !bundle.path("code").asText("").isEmpty() || !bundle.path("errors").isEmpty();
      return new Status(
          bundle.path("active_revision").asText(""),
          failed,
          time(bundle.path("last_successful_activation")),
          time(bundle.path("last_successful_request")));
    }

    private static Instant time(JsonNode node) {
      return node.isTextual() ? Instant.parse(node.textValue()) : NEVER;
    }

    Optional<String> stale(Instant now, OpaSettings settings) {
      if (failed) {
        return Optional.of("pdp_bundle_failed");
      }
      if (!activated.isAfter(NEVER) || !requested.isAfter(NEVER)) {
        return Optional.of("pdp_bundle_never_loaded");
      }
      return requested.plus(settings.lease()).isBefore(now)
          ? Optional.of("pdp_bundle_old")
          : Optional.empty();
    }
  }
}
