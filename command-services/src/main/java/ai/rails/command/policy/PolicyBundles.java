package ai.rails.command.policy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.TransactionPart;
import ai.rails.platform.opa.Bundles;

/// Builds, signs, renews and serves the policy bundles of a cell: one platform bundle with all
/// Rego, one data bundle for each tenant, and the discovery bundle that tells OPA which there are.
///
/// Bundles are signed anew after a third of their lease; the discovery bundle only when a tenant
/// comes or goes, for OPA loads everything again then. Safe for use by several threads: one lock
/// owns all bundles.
public final class PolicyBundles implements AutoCloseable {
  /// Most tenants of a cell.
  public static final int MAX_TENANTS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(PolicyBundles.class);
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final Pattern WAIT = Pattern.compile("\\bwait=(\\d{1,4})\\b");

  private final BundleSettings settings;
  private final BundleSigner signer;
  private final BundleStore store;
  private final InstantSource clock;
  private final TenantDataCheck check = new TenantDataCheck();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, BundleContent> contents = new HashMap<>();
  private final Map<String, SignedBundle> signed = new HashMap<>();
  private final Map<String, String> versions = new HashMap<>();
  private boolean ended;
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("policy-renewal-").factory());

  public PolicyBundles(
      BundleSettings settings, BundleSigner signer, BundleStore store, InstantSource clock) {
    this.settings = settings;
    this.signer = signer;
    this.store = store;
    this.clock = clock;
  }

  /// Signs everything, and again after each third of the lease.
  public PolicyBundles start() {
    renew();
    long third = settings.lease().dividedBy(3).toMillis();
    var _ = renewal.scheduleAtFixedRate(this::renewOrLog, third, third, TimeUnit.MILLISECONDS);
    return this;
  }

  /// Signs the platform's and every tenant's bundle with a new sequence number and lease. Tenants'
  /// data is read from the store, so that what other processes published is served here too.
  public void renew() {
    lock.lock();
    try {
      contents.put(Bundles.PLATFORM, BundleContent.platform(PlatformPolicy.files()));
      for (BundleStore.TenantData tenant : store.tenants()) {
        versions.put(Bundles.ofTenant(tenant.tenant()), tenant.version());
        put(BundleContent.tenant(tenant.tenant(), tenant.json()));
      }
      contents
          .values()
          .forEach(content -> {
            store.keep(content);
            sign(content);
          });
      announce();
    } finally {
      lock.unlock();
    }
  }

  /// Gives a tenant new policy data, in effect as soon as OPA has polled it. The same data again is
  /// recorded again, which changes nothing, and is not signed again.
  ///
  /// @param data canonical JSON as [TenantGrants#json()] makes it
  /// @param recorder says it in the tenant's log, in the transaction that stores it
  /// @throws ai.rails.domain.Refused with INVALID if the data does not fit its schema
  public Published publish(String tenant, byte[] data, Recorder recorder) {
    return publish(tenant, data, Optional.empty(), recorder);
  }

  /// The same with another version than before.
  Published publish(
      String tenant, byte[] data, Optional<PolicyVersion> version, Recorder recorder) {
    byte[] canonical = check.requireValid(data);
    BundleContent content = BundleContent.tenant(tenant, canonical);
    lock.lock();
    try {
      requireRoom(content);
      String called = version.map(PolicyVersion::toString).orElseGet(() -> version(content.name()));
      SignedBundle bundle =
          current(content)
              .orElseGet(() ->
                  signer.sign(content, called, store.nextSeq(content.name()), clock.instant()));
      var published = new Published(bundle.name(), bundle.revision(), bundle.contentSha256());
      recorder.record(
          published,
          store.saving(new BundleStore.TenantData(tenant, canonical, called), content.sha256()));
      put(content);
      versions.put(content.name(), called);
      signed.put(bundle.name(), bundle);
      announce();
      return published;
    } finally {
      lock.unlock();
    }
  }

  /// A tenant's policy data as last published.
  public Optional<byte[]> tenantData(String tenant) {
    lock.lock();
    try {
      return Optional.ofNullable(contents.get(Bundles.ofTenant(tenant)))
          .map(content -> content.files().firstEntry().getValue().clone());
    } finally {
      lock.unlock();
    }
  }

  /// Serves a tenant's bundle no more; its row is gone.
  void forget(String tenant) {
    String name = Bundles.ofTenant(tenant);
    lock.lock();
    try {
      contents.remove(name);
      signed.remove(name);
      versions.remove(name);
      announce();
    } finally {
      lock.unlock();
    }
  }

  /// The tenants that have data.
  List<String> tenants() {
    return store.tenants().stream().map(BundleStore.TenantData::tenant).toList();
  }

  /// The revision of a bundle that is served now.
  Optional<String> revision(String name) {
    lock.lock();
    try {
      return Optional.ofNullable(signed.get(name)).map(SignedBundle::revision);
    } finally {
      lock.unlock();
    }
  }

  /// Serves a bundle without waiting.
  public BundleResponse get(String name, Optional<String> etag) {
    return get(name, etag, Duration.ZERO);
  }

  /// Serves a bundle; if the caller has it already, waits for another one, at most 30 s.
  public BundleResponse get(String name, Optional<String> etag, Duration wait) {
    long left = (wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait).toNanos();
    lock.lock();
    try {
      while (true) {
        SignedBundle bundle = signed.get(name);
        if (bundle == null) {
          return BundleResponse.unknown();
        }
        if (etag.isEmpty() || !etag.get().equals(bundle.etag())) {
          return BundleResponse.of(bundle);
        }
        if (left <= 0 || ended) {
          return BundleResponse.unchanged(bundle);
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return BundleResponse.unknown();
    } finally {
      lock.unlock();
    }
  }

  /// How long a caller is willing to wait, from its `Prefer` header (`wait=20`).
  public static Duration waitOf(Optional<String> prefer) {
    Matcher matcher = WAIT.matcher(prefer.orElse(""));
    return matcher.find() ? Duration.ofSeconds(Long.parseLong(matcher.group(1))) : Duration.ZERO;
  }

  /// The version of a tenant's content.
  PolicyVersion versionOf(String tenant) {
    lock.lock();
    try {
      return PolicyVersion.parse(version(Bundles.ofTenant(tenant)));
    } finally {
      lock.unlock();
    }
  }

  private String version(String bundle) {
    String otherwise =
        bundle.startsWith(Bundles.ofTenant(""))
            ? PolicyVersion.FIRST.toString()
            : BundleSettings.POLICY_VERSION;
    return versions.getOrDefault(bundle, otherwise);
  }

  private Optional<SignedBundle> current(BundleContent content) {
    return Optional.ofNullable(signed.get(content.name()))
        .filter(bundle -> bundle.contentSha256().equals(content.sha256()));
  }

  private void put(BundleContent content) {
    requireRoom(content);
    contents.put(content.name(), content);
  }

  private void requireRoom(BundleContent content) {
    if (contents.size() > MAX_TENANTS && !contents.containsKey(content.name())) {
      throw new IllegalStateException(
          "cell %s holds %d tenants; create the tenant in another cell"
              .formatted(settings.cell(), MAX_TENANTS));
    }
  }

  private SignedBundle sign(BundleContent content) {
    SignedBundle bundle =
        signer.sign(
            content, version(content.name()), store.nextSeq(content.name()), clock.instant());
    signed.put(bundle.name(), bundle);
    return bundle;
  }

  private void announce() {
    BundleContent discovery =
        BundleContent.discovery(OpaConfig.bundles(settings, new TreeSet<>(contents.keySet())));
    SignedBundle before = signed.get(BundleContent.DISCOVERY);
    if (before == null || !before.contentSha256().equals(discovery.sha256())) {
      sign(discovery);
    }
    changed.signalAll();
  }

  private void renewOrLog() {
    try {
      renew();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("policy bundles were not renewed; leases end soon");
    }
  }

  /// Answers all who wait for another bundle, and lets nobody wait any longer.
  public void endWaiting() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    endWaiting();
    renewal.shutdownNow();
  }

  /// Says in a tenant's log what is published.
  @FunctionalInterface
  public interface Recorder {
    /// @param saving stores the data; joins the transaction of the event
    void record(Published published, TransactionPart saving);
  }

  /// New content took effect.
  public record Published(String bundle, String revision, String contentSha256) {}
}
