package ai.rails.standin.model;

/// How a generation ends: a 200 is not success by itself.
public enum Outcome {
  COMPLETE,
  LENGTH,
  CONTENT_FILTER,
  REFUSAL
}
