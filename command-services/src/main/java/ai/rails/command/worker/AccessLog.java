package ai.rails.command.worker;

/// Notes that a principal asked for what is not its own, in its own tenant's log.
@FunctionalInterface
public interface AccessLog {
  /// @param route method and template
  /// @param resource id that was asked for
  /// @param code for example `NOT_FOUND`
  void refused(String tenant, String principal, String route, String resource, String code);
}
