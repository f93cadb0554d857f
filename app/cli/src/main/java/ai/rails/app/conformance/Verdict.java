package ai.rails.app.conformance;

/// What is said of a vector.
enum Verdict {
  ACCEPT,
  REJECT
}
