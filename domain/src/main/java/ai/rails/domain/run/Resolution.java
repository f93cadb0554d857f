package ai.rails.domain.run;

/// What a person says of an ambiguous call.
public enum Resolution {
  DONE,
  NOT_DONE,
  RUN_AGAIN
}
