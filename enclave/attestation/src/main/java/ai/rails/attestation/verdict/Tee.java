package ai.rails.attestation.verdict;

/// The kind of trusted execution environment that evidence comes from.
public enum Tee {
  TDX("TDX"),
  SEV_SNP("SEV-SNP");

  private final String label;

  Tee(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
