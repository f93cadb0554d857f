package ai.rails.platform.evidence;

/// The name of a bundle: what it is evidence of. The same scope of the same log has the same name.
public final class BundleId {
  private BundleId() {}

  /// @param size of the checkpoint's tree
  /// @throws IllegalArgumentException if an id in the scope could not name a file
  public static String of(Scope scope, long size) {
    BagNames.requireId("the tenant's id", scope.tenant());
    String workspace = BagNames.requireId("the workspace's id", scope.workspace());
    return switch (scope) {
      case Scope.OfRun of -> BagNames.requireId("the run's id", of.run());
      case Scope.OfApproval of ->
          BagNames.requireId("the run's id", of.run())
              + "-"
              + BagNames.requireId("the gate's id", of.gate());
      case Scope.OfPeriod of -> "%s-%s-%s".formatted(workspace, of.from(), of.to());
      case Scope.OfWorkspace of -> "%s-%s".formatted(workspace, size);
    };
  }

  /// The directory in the archive.
  public static String directory(Scope scope, long size) {
    return "evidence-" + of(scope, size);
  }

  /// The archive's own name.
  public static String fileName(Scope scope, long size) {
    return directory(scope, size) + ".zip";
  }
}
