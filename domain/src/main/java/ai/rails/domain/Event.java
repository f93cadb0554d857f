package ai.rails.domain;

/// Something that happened, as an entity's rules decided it. The header (who, where, when) is added
/// when it is appended.
public interface Event {
  /// What the ledger calls it.
  EntryType entryType();
}
