package ai.rails.app.bench;

/// The peer's workflow. An interface, because DBOS makes workflows durable by proxies.
interface Triage {
  /// Triages one incident and returns its receipt.
  String triage(String sysId);
}
