package ai.rails.domain.ledger;

/// The name of one workspace's log: `ledger.<cell-domain>/t/<tenant>/w/<workspace>/e/<epoch>`.
public record Origin(String cellDomain, String tenant, String workspace, int epoch) {
  @Override
  public String toString() {
    return "ledger.%s/t/%s/w/%s/e/%d".formatted(cellDomain, tenant, workspace, epoch);
  }
}
