package ai.rails.command.policy;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

import ai.rails.command.TransactionPart;

/// Where tenants' policy data and sequence numbers outlive the process.
public interface BundleStore {
  /// Every tenant's data.
  List<TenantData> tenants();

  /// Replaces a tenant's data, as part of the transaction that says so.
  TransactionPart saving(TenantData data, String contentSha256);

  /// Keeps a content for as long as decisions that came from it. The same again changes nothing.
  void keep(BundleContent content);

  /// A content that was in effect once.
  ///
  /// @param digest its SHA-256, or the beginning of it that revisions show
  /// @return path to bytes
  Optional<SortedMap<String, byte[]>> kept(String bundle, String digest);

  /// The next sequence number of a bundle: higher than any given before.
  long nextSeq(String bundle);

  /// A tenant's policy data.
  ///
  /// @param json canonical JSON
  /// @param version of the content, SemVer
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record TenantData(String tenant, byte[] json, String version) {}
}
