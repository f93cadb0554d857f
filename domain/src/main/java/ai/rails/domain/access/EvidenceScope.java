package ai.rails.domain.access;

/// What evidence was taken of.
public enum EvidenceScope {
  RUN,
  APPROVAL,
  PERIOD,
  WORKSPACE
}
