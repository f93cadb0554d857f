package ai.rails.attestation.verdict;

/// Why evidence is refused. The names are stable: policies, events and scripts compare them.
public enum Reason {
  /// A TDX quote that can not be read, or of a version, key type, TEE, vendor or certification type
  /// that is not supported.
  QUOTE_FORMAT,
  /// A SEV-SNP report that can not be read, or of an unsupported version or algorithm.
  REPORT_FORMAT,
  /// The chain ends in a root that is not configured.
  UNTRUSTED_ROOT,
  /// TDX: length of the chain, names, signatures or CA flags.
  PCK_CHAIN_INVALID,
  /// TDX: the leaf lacks the SGX extension or has another name.
  PCK_CERT_INVALID,
  /// SEV-SNP: names, signatures, CA flags, curve or extensions of the chain.
  CHAIN_INVALID,
  CERT_NOT_YET_VALID,
  CERT_EXPIRED,
  /// A revocation list of another issuer, or whose signature is wrong.
  CRL_INVALID,
  COLLATERAL_NOT_YET_VALID,
  COLLATERAL_EXPIRED,
  PCK_CA_REVOKED,
  PCK_REVOKED,
  /// The certificate that signed TCB info or QE identity is revoked.
  COLLATERAL_SIGNER_REVOKED,
  /// SEV-SNP: the certificate between endorsement key and root is revoked.
  CA_REVOKED,
  /// The chain of the certificate that signed TCB info or QE identity.
  COLLATERAL_CHAIN_INVALID,
  /// Collateral of another kind than the evidence needs.
  COLLATERAL_FORMAT,
  TCB_INFO_SIGNATURE,
  QE_IDENTITY_SIGNATURE,
  /// Signed TCB info of another platform, kind or version.
  TCB_INFO_MISMATCH,
  /// Signed TCB info that can not be read.
  TCB_INFO_INVALID,
  /// The quoting enclave is not the one that Intel describes.
  QE_IDENTITY_MISMATCH,
  /// The TDX module is not one that Intel describes.
  TDX_MODULE_MISMATCH,
  QE_REPORT_SIGNATURE,
  /// The quoting enclave does not vouch for the attestation key.
  QE_REPORT_DATA,
  QUOTE_SIGNATURE,
  REPORT_SIGNATURE,
  /// SEV-SNP: the reported TCB is not the one that the endorsement key was derived for.
  TCB_MISMATCH,
  /// SEV-SNP: the report comes from another chip than the endorsement key.
  CHIP_ID_MISMATCH,
  /// Below every published TCB level.
  TCB_NOT_SUPPORTED,
  TCB_REVOKED,
  /// The TD can be read from outside: debug or profiling attributes.
  TD_DEBUG,
  /// The guest's policy allows debugging.
  DEBUG_POLICY
}
