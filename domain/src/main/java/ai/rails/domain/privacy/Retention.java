package ai.rails.domain.privacy;

/// How long a tenant's data is kept, by class.
///
/// @param contentDays sealed content and run keys, from the run's end on
/// @param traceDays the operational trail that is no evidence, from the run's end on
/// @param auditDays events and leaves; nothing deletes them earlier
public record Retention(int contentDays, int traceDays, int auditDays) {
  /// What holds for a tenant that has set nothing: the audit trail stays seven years.
  public static final Retention DEFAULT = new Retention(30, 14, 2_557);
}
