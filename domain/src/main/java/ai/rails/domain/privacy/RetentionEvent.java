package ai.rails.domain.privacy;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What is said about a tenant's retention.
public sealed interface RetentionEvent extends Event {
  /// From now on these periods hold, for data that exists too.
  ///
  /// @param contentDays sealed content and run keys, from the run's end on
  /// @param traceDays the operational trail that is no evidence
  /// @param auditDays events and leaves; nothing deletes them earlier
  record RetentionSet(int contentDays, int traceDays, int auditDays) implements RetentionEvent {
    @Override
    public EntryType entryType() {
      return EntryType.RETENTION_SET;
    }
  }
}
