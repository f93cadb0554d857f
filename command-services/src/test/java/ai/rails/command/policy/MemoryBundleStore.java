package ai.rails.command.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

import ai.rails.command.TransactionPart;

/// Policy data and sequence numbers that end with the test.
final class MemoryBundleStore implements BundleStore {
  private final Map<String, TenantData> tenants = new ConcurrentHashMap<>();
  private final Map<String, BundleContent> kept = new ConcurrentHashMap<>();
  private final Map<String, Long> seqs = new ConcurrentHashMap<>();

  @Override
  public List<TenantData> tenants() {
    return List.copyOf(tenants.values());
  }

  @Override
  public TransactionPart saving(TenantData data, String contentSha256) {
    tenants.put(data.tenant(), data);
    return _ -> {};
  }

  @Override
  public void keep(BundleContent content) {
    kept.put(content.name() + "/" + content.sha256(), content);
  }

  @Override
  public Optional<SortedMap<String, byte[]>> kept(String bundle, String digest) {
    return kept.entrySet().stream()
        .filter(each -> each.getKey().startsWith(bundle + "/" + digest))
        .map(each -> each.getValue().files())
        .findFirst();
  }

  @Override
  public long nextSeq(String bundle) {
    return seqs.merge(bundle, 1L, Long::sum);
  }
}
