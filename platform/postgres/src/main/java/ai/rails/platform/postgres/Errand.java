package ai.rails.platform.postgres;

import java.util.Locale;

/// Work that has to look at the rows of more than one tenant. What each errand may read and write
/// is a row-level policy of its own, in the migrations: an errand that is not named there sees
/// nothing.
public enum Errand {
  /// Claims timers that are due.
  TIMERS,
  /// Claims schedules that are due.
  SCHEDULES,
  /// Claims tenants whose retention is to be swept.
  RETENTION,
  /// Counts what waits, for metrics.
  MEASURES,
  /// Lists what is to be done at the brokers for SIEM subscribers.
  SUBSCRIBERS,
  /// Reads policy data of all tenants, to sign it.
  BUNDLES,
  /// Finds whose a program's key is.
  KEYS,
  /// Lists active workflow versions and workers whose time is over, for whoever runs the workers.
  WORKERS,
  /// Lists connector instances whose breaker has changed.
  BREAKERS,
  /// Lists instances of connector versions that were revoked.
  REVOCATIONS,
  /// Lists the Slack apps whose socket is to be held open.
  SOCKETS,
  /// Lists auditors from outside whose time is over.
  AUDITS,
  /// Forgets old answers under idempotency keys, old charges and reveals that are over.
  SWEEP,
  /// Reads how far each log is folded.
  FOLLOW,
  /// Reads all views, to compare them with what is folded anew.
  REBUILD,
  /// Changes rows of all tenants as a migration, which the owner alone may.
  MIGRATION;

  /// As the policies have it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
