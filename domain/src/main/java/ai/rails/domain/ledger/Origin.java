package ai.rails.domain.ledger;

/// The name of one workspace's log: `ledger.<cell-domain>/t/<tenant>/w/<workspace>/e/<epoch>`.
public record Origin(String cellDomain, String tenant, String workspace, int epoch) {
  /// The epoch that logs are in. Nothing else names it, so that another one can be opened here.
  private static final int EPOCH = 1;

  /// The log that a workspace's events go to.
  public static Origin current(String cellDomain, String tenant, String workspace) {
    return new Origin(cellDomain, tenant, workspace, EPOCH);
  }

  @Override
  public String toString() {
    return "ledger.%s/t/%s/w/%s/e/%s".formatted(cellDomain, tenant, workspace, epoch);
  }
}
