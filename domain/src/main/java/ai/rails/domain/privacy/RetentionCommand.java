package ai.rails.domain.privacy;

/// What can be said about a tenant's retention.
public sealed interface RetentionCommand {
  String tenant();

  /// From now on these periods hold, for data that exists too.
  record SetRetention(String tenant, Retention retention) implements RetentionCommand {}
}
