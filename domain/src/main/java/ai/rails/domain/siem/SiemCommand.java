package ai.rails.domain.siem;

/// What administrators do with a SIEM subscriber.
public sealed interface SiemCommand {
  String tenant();

  /// Its name in the tenant.
  String subscriber();

  record GrantSiem(String tenant, String subscriber) implements SiemCommand {}

  record RotateSiem(String tenant, String subscriber) implements SiemCommand {}

  record RevokeSiem(String tenant, String subscriber) implements SiemCommand {}
}
