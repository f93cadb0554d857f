package ai.rails.attestation.verdict;

/// What a check looks at, so that a refusal names the part to look into.
public enum Component {
  QUOTE("quote"),
  PCK_CHAIN("PCK certificate chain"),
  PCK_CERTIFICATE("PCK certificate"),
  REVOCATION("revocation lists"),
  COLLATERAL("collateral"),
  TCB_INFO("TCB info"),
  QE_IDENTITY("QE identity"),
  TDX_MODULE("TDX module"),
  QE_REPORT("quoting enclave report"),
  TCB("TCB level"),
  TD_REPORT("TD report"),
  REPORT("report"),
  ENDORSEMENT_CHAIN("endorsement key chain"),
  ENDORSEMENT_KEY("endorsement key"),
  GUEST_POLICY("guest policy");

  private final String label;

  Component(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
