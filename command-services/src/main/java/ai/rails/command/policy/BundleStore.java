package ai.rails.command.policy;

import java.util.List;

import ai.rails.command.TransactionPart;

/// Where tenants' policy data and sequence numbers outlive the process.
public interface BundleStore {
  /// Every tenant's data.
  List<TenantData> tenants();

  /// Replaces a tenant's data, as part of the transaction that says so.
  TransactionPart saving(TenantData data, String contentSha256);

  /// The next sequence number of a bundle: higher than any given before.
  long nextSeq(String bundle);

  /// A tenant's policy data.
  ///
  /// @param json canonical JSON
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record TenantData(String tenant, byte[] json) {}
}
