package ai.rails.platform.opa;

/// The names of policy bundles.
public final class Bundles {
  /// All Rego, and what holds for every tenant.
  public static final String PLATFORM = "platform";

  private Bundles() {}

  /// What a tenant granted.
  public static String ofTenant(String tenant) {
    return "t_" + tenant;
  }
}
